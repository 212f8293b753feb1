/** The guard on the real engine: what would lock a protected identity out is refused, and nothing has changed. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { derOf } from "../../provider/pki/pem";
import { outscale, type AccountMfaArgs } from "../../sdk";
import type { UpResult } from "../../tools/pulumi/engine";
import { makeAuthority, makeClient, type ClientShape } from "../oracles/certificates";
import { ACCOUNT, accountProgram, certificatesOf, EC } from "../support/account-program";
import {
    openDeployment,
    OPENING,
    OUTSIDE,
    skipWherePlain,
    type Checkpoint,
    type Deployment,
} from "../support/deployment";
import { failureOf } from "../support/secrets";

const REMEDY = new RegExp(
    'Declare a rule that admits ("(operator|ci|visitor)"(, )?)+ and keep it, wait with this change until .*, or, if it may ' +
        "lose its access, take it out of `protect`\\. (Nothing has been changed|This call was not made|Nothing that waits for this proof has been done)\\.",
);
/** Of the last proof, of which no deletion is done without. */
const HELD =
    /'account-settled' has a problem: rules: Lock-out refused: with the certificate that it holds now, the protected identity "operator"/;
const DAY = 86_400_000;

describe("refusals on the real engine", function () {
    this.timeout(180_000);

    let deployment: Deployment;
    let untouched: Checkpoint;

    before(async function () {
        this.timeout(OPENING);
        deployment = await openDeployment({ program: accountProgram() });
        untouched = await deployment.checkpoint();
    });

    after(() => deployment.close());

    /** Previews the change and applies it: both are refused by that resource. Gives what the update said. */
    async function refusedTwice(by: string, change: Partial<AccountMfaArgs>): Promise<string> {
        const { account, stack } = deployment;
        const found = account.snapshot();
        const program = accountProgram(change);
        const refusal = new RegExp(`'${by}' has a problem: rules: Lock-out refused: `);
        const preview = await failureOf(stack.preview({ program }));
        assert.match(preview.message, refusal);
        assert.match(preview.message, REMEDY);
        assert.deepEqual(account.snapshot(), found, "a preview changes nothing");
        const { message } = await failureOf(stack.up({ program }));
        assert.match(message, refusal);
        assert.match(message, REMEDY);
        return message;
    }

    /** As `refusedTwice`, and the account is what it was, to the letter: no call was made that changes anything. */
    async function refusedUntouched(change: Partial<AccountMfaArgs>): Promise<string> {
        const found = deployment.account.snapshot();
        const said = await refusedTwice("account-plan", change);
        assert.deepEqual(deployment.account.snapshot(), found, "nothing has changed on the account");
        return said;
    }

    describe("of changes to a deployed account", () => {
        let base: Checkpoint;
        let deployed: UpResult;

        before(async () => {
            deployed = await deployment.stack.up();
            base = await deployment.checkpoint();
        });

        beforeEach(() => deployment.restore(base));

        it("refuses to remove the rule that admits a protected identity", async () => {
            const said = await refusedUntouched({ rules: {} });
            assert.match(
                said,
                /the protected identity "operator" \(from any IPv4 address, with its client certificate\) would no longer be admitted \("backup": from 198\.51\.100\.7\/32 only\)\. Rules as planned: "backup" \[IP 198\.51\.100\.7\/32\]\./,
            );
        });

        it("refuses to narrow it to other common names", async () => {
            const said = await refusedUntouched({ rules: { certificate: { cns: ["operator"] } } });
            assert.match(said, /the protected identity "ci" \(from any IPv4 address, with its client/);
            assert.match(said, /the certificate's CN ci is not among operator/);
            assert.match(said, /"certificate-1" \[CA authority 1, CN operator\]/);
        });

        it("refuses to narrow it to some addresses", async () => {
            const said = await refusedUntouched({ rules: { certificate: { ipRanges: ["192.0.2.0/24"] } } });
            assert.match(said, /"operator" \(from any IPv4 address, with its client certificate\)/);
            assert.match(said, /"certificate-1" \[CA authority 1, IP 192\.0\.2\.0\/24\]/);
        });

        it("refuses another authority that the holders have no certificate of", async () => {
            const { pem } = await makeAuthority({ name: "Another authority" });
            const held = Object.entries(certificatesOf(deployed));
            const clients = Object.fromEntries(held);
            const said = await refusedUntouched({ authority: { certificates: { other: pem } }, clients });
            assert.match(said, /was not issued by the authority "Another authority"/);
        });

        it("refuses at preview to leave holders behind whose new certificates are known", async () => {
            const other = await makeAuthority({ name: "Another authority" });
            const clients = Object.fromEntries(
                await Promise.all(
                    Object.keys(ACCOUNT.clients).map(async (commonName) => {
                        const { pem, keyPem } = await makeClient(other, { commonName });
                        return [commonName, { certificatePem: pem, privateKeyPem: keyPem }] as const;
                    }),
                ),
            );
            const program = accountProgram({ authority: { certificates: { other: other.pem } }, clients });
            const { message } = await failureOf(deployment.stack.preview({ program }));
            assert.match(message, HELD);
            assert.match(message, REMEDY);
        });

        it("refuses a rotation without overlap; nothing is taken away, and it can be taken back", async () => {
            const { account, stack } = deployment;
            const [rules, cas] = [account.rules(), account.cas()];
            const program = accountProgram({ authority: { ...EC, generation: 2, keepPrevious: false } });
            const { message } = await failureOf(stack.up({ program }));
            assert.match(message, HELD);
            assert.match(message, REMEDY);
            assert.deepEqual(account.rules().slice(0, rules.length), rules);
            assert.deepEqual(account.cas().slice(0, cas.length), cas);
            assert.equal(account.rules().length, rules.length + 1, "what only adds was done");

            await stack.up({ outputs: false });
            assert.deepEqual([account.rules(), account.cas()], [rules, cas]);
            assert.deepEqual(Object.keys((await stack.preview()).changes), ["same"]);
        });

        it("refuses another kind of key for an authority that stands, and takes it for the next generation", async () => {
            const { account, stack } = deployment;
            const [rules, cas] = [account.rules(), account.cas()];
            const authority = { keyAlgorithm: "EC-P384" } as const;
            const { message } = await failureOf(stack.preview({ program: accountProgram({ authority }) }));
            assert.match(
                message,
                /'account-authority-1' has a problem: keyAlgorithm: It would make another authority, .*raise `authority\.generation`/,
            );
            const next = accountProgram({ authority: { ...authority, generation: 2 } });
            const up = await stack.up({ program: next });
            assert.deepEqual(account.cas().slice(0, cas.length), cas);
            assert.deepEqual(account.rules().slice(0, rules.length), rules);
            assert.equal(account.rules().length, rules.length + 1);
            for (const { certificatePem } of Object.values(certificatesOf(up))) {
                const certificate = derOf(certificatePem);
                assert.equal(account.admits({ sourceAddress: OUTSIDE, certificate }), true);
            }
            assert.deepEqual(Object.keys((await stack.preview({ program: next })).changes), ["same"]);
        });

        it("allows what takes nothing from those protected, and what is no longer protected", async () => {
            const { stack } = deployment;
            const both = { rules: { certificate: { cns: ["operator", "ci"] } } };
            await stack.preview({ program: accountProgram(both) });
            const fewer = { ...ACCOUNT, rules: { certificate: { cns: ["operator"] } } };
            const protect =
                ACCOUNT.protect?.filter((each) => !("client" in each && each.client === "ci")) ?? [];
            await stack.preview({ program: accountProgram({ ...fewer, protect }) });
        });
    });

    describe("of certificates that would not open the gate", () => {
        beforeEach(() => deployment.restore(untouched));

        async function refusedFor(shape: ClientShape, issuedBy?: string): Promise<string> {
            const authority = await makeAuthority({ name: "Gate authority" });
            const issuer = issuedBy === undefined ? authority : await makeAuthority({ name: issuedBy });
            const { pem, keyPem } = await makeClient(issuer, { commonName: "visitor", ...shape });
            return refusedUntouched({
                authority: { certificates: { gate: authority.pem } },
                clients: { visitor: { certificatePem: pem, privateKeyPem: keyPem } },
                protect: [{ client: "visitor" }],
            });
        }

        it("refuses an expired client certificate", async () => {
            const notAfter = new Date(Date.now() - DAY);
            const said = await refusedFor({ notBefore: new Date(Date.now() - 2 * DAY), notAfter });
            assert.match(said, /the protected identity "visitor" \(from any IPv4 address, with its client/);
            assert.match(said, /The client certificate "visitor" expired on \d{4}-/);
            assert.match(said, /Rules as planned: "certificate-gate" \[CA authority 1\]; "backup" \[IP/);
        });

        it("refuses a certificate for servers", async () => {
            const said = await refusedFor({ usages: ["1.3.6.1.5.5.7.3.1"] });
            assert.match(said, /"visitor" is not for TLS clients: its extendedKeyUsage lacks clientAuth/);
        });

        it("refuses a certificate of another authority", async () => {
            const said = await refusedFor({}, "Other authority");
            assert.match(
                said,
                /"visitor" was not issued by the authority "Gate authority": it names another/,
            );
        });

        it("refuses a certificate of another authority of the same name", async () => {
            const said = await refusedFor({}, "Gate authority");
            assert.match(said, /"visitor" was not issued by the authority "Gate authority": its signature/);
        });
    });

    describe("of single rules, without a proof", () => {
        let pem: string;
        let base: Checkpoint;
        let authorityPem: string;

        /** Retires the world, so that everybody hangs on the one rule; or leaves that rule out. */
        const program = (rule: Partial<outscale.ApiAccessRuleArgs> | undefined) => () => {
            const protect = [{ name: "visitor", certificatePem: pem, authorityPems: [authorityPem] }];
            const clientCertificates = [{ certificatePem: pem, privateKeyPem: key }];
            const ca = new outscale.Ca("gate", { caPem: authorityPem, clientCertificates });
            const kept = new outscale.ApiAccessRule("kept", { ipRanges: ["192.0.2.1"], clientCertificates });
            if (rule === undefined) return Promise.resolve({});
            const gate = new outscale.ApiAccessRule(
                "gate",
                { caIds: [ca.caId], protect, clientCertificates, ...rule },
                { dependsOn: kept },
            );
            const retired = { clientCertificates, protect };
            for (const ipRange of ["0.0.0.0/0", "46.231.144.177/32"]) {
                new outscale.RetiredApiAccessRule(
                    ipRange.replaceAll(/\W/g, "-"),
                    { ipRanges: [ipRange], proof: gate.id, ...retired },
                    { retainOnDelete: true },
                );
            }
            return Promise.resolve({});
        };
        let key: string;

        before(async function () {
            skipWherePlain(this);
            const authority = await makeAuthority();
            const visitor = await makeClient(authority, { commonName: "visitor" });
            [pem, key, authorityPem] = [visitor.pem, visitor.keyPem, authority.pem];
            await deployment.restore(untouched);
            await deployment.stack.up({ program: program({}), outputs: false });
            base = await deployment.checkpoint();
            assert.equal(deployment.account.rules().length, 2);
        });

        beforeEach(() => deployment.restore(base));

        async function refusedAtApply(
            rule: Partial<outscale.ApiAccessRuleArgs> | undefined,
        ): Promise<string> {
            const { message } = await failureOf(
                deployment.stack.up({ program: program(rule), outputs: false }),
            );
            assert.deepEqual(deployment.account.snapshot(), base.account, "nothing has changed");
            assert.match(
                message,
                /the protected identity "visitor" \(from any IPv4 address, with its client/,
            );
            assert.match(
                message,
                /Rules that would remain: aar-[0-9a-f]{32} "gatehouse\/test kept" \[IP 192/,
            );
            assert.match(message, REMEDY);
            return message;
        }

        it("refuses to delete the rule that left the program", async () => {
            assert.match(
                await refusedAtApply(undefined),
                /Refused to delete the access rule aar-[0-9a-f]{32}: the protected/,
            );
        });

        it("refuses to narrow it to other common names", async () => {
            assert.match(
                await refusedAtApply({ cns: ["somebody else"] }),
                /Refused to change the access rule aar-[0-9a-f]{32}: .*CN visitor is not among somebody else/,
            );
        });

        it("refuses to narrow it to an address", async () => {
            await refusedAtApply({ ipRanges: ["192.0.2.9"] });
        });
    });
});
