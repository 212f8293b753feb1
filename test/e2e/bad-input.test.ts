/** Bad input and bad settings on the real engine: an error that names the culprit and the remedy, soon, and no change. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { AccountMfa, outscale, pki } from "../../sdk";
import type { RunningEmulator } from "../../emulators/outscale";
import type { StackConfig } from "../../tools/pulumi/config";
import { makeAuthority, makeClient } from "../oracles/certificates";
import { ACCOUNT, accountProgram } from "../support/account-program";
import { configFor, openDeployment, OPENING, type Deployment } from "../support/deployment";
import { assertHidden, failureOf, linesOf, toldBy } from "../support/secrets";

/** Milliseconds within which a run has to say what is wrong, on a busy machine too. */
const SOON = 30_000;

const GARBAGE = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";

/** Runs it, and gives what it said; fails where it took too long to say so. */
async function said(run: () => Promise<unknown>): Promise<string> {
    const started = Date.now();
    const { message } = await failureOf(run());
    assert.ok(Date.now() - started < SOON, `it took ${Date.now() - started} ms to say: ${message}`);
    return message;
}

describe("bad input on the real engine", function () {
    this.timeout(180_000);

    let deployment: Deployment;

    before(async function () {
        this.timeout(OPENING);
        deployment = await openDeployment({ program: accountProgram() });
    });

    after(() => deployment.close());

    /** What the preview says of the program; what `up` would say is the same, for both ask the same function first. */
    async function previewSays(declare: () => unknown): Promise<string> {
        const program = () => {
            declare();
            return Promise.resolve({});
        };
        const message = await said(() => deployment.stack.preview({ program }));
        assert.deepEqual(deployment.emulator.calls, [], "no call was made");
        return message;
    }

    it("names a malformed certificate", async () => {
        const message = await previewSays(() => new outscale.Ca("gate", { caPem: GARBAGE }));
        assert.match(message, /Ca resource 'gate' has a problem: caPem: .*certificate.*\. [A-Z][a-z]+ /);
    });

    it("names what is no PEM at all, in what is given to AccountMfa", async () => {
        const { pem } = await makeAuthority();
        const given = (certificate: string, visitor: string) => () =>
            new AccountMfa("account", {
                ...ACCOUNT,
                authority: { certificates: { old: certificate } },
                clients: { visitor: { certificatePem: visitor } },
                protect: [{ client: "visitor" }],
            });
        assert.match(
            await previewSays(given("gate.pem", pem)),
            /'account-plan' has a problem: rules\[0\] "certificate-old"\.authorityPems\[0\]: The text is no PEM certificate, it looks/,
        );
        assert.match(
            await previewSays(given(pem, GARBAGE)),
            /'account-plan' has a problem: protect\[0\] "visitor"\.certificatePem: .*certificate.*\. [A-Z]/,
        );
    });

    it("names a range that is none, by its place in the list", async () => {
        const message = await previewSays(
            () => new outscale.ApiAccessRule("gate", { ipRanges: ["192.0.2.0/24", "300.0.0.1/40"] }),
        );
        assert.match(
            message,
            /ApiAccessRule resource 'gate' has a problem: ipRanges\[1\]: Not an IP address or CIDR range\. Write it as "192\.0\.2\.7"/,
        );
    });

    it("refuses common names without an authority", async () => {
        const message = await previewSays(
            () => new outscale.ApiAccessRule("gate", { cns: ["operator"], ipRanges: ["192.0.2.7"] }),
        );
        assert.match(
            message,
            /'gate' has a problem: cns: Common names need an authority.*give `caIds` too\./,
        );
    });

    it("names every wrong input at once", async () => {
        const message = await previewSays(
            () => new outscale.ApiAccessRule("gate", { ipRanges: ["nowhere"], protect: [{ name: "" }] }),
        );
        assert.match(message, /ipRanges\[0\]: /);
        assert.match(message, /protect\[0\]\.name: Give the identity a name/);
    });

    it("names a malformed private key without showing it", async () => {
        const { pem } = await makeAuthority();
        const wrong = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZZZZ";
        const authorityPrivateKeyPem = `-----BEGIN PRIVATE KEY-----\n${wrong}\n-----END PRIVATE KEY-----\n`;
        const program = () => {
            new pki.ClientCertificate("client", {
                commonName: "client",
                authorityCertificatePem: pem,
                authorityPrivateKeyPem,
            });
            return Promise.resolve({});
        };
        const failure = await failureOf(deployment.stack.preview({ program }));
        assert.match(
            failure.message,
            /'client' has a problem: authorityPrivateKeyPem: .*key.*\. [A-Z][a-z]+ /,
        );
        assertHidden([wrong], [["the refusal", toldBy(failure)]]);
    });

    it("names a private key that is another certificate's, without showing it", async () => {
        const authority = await makeAuthority();
        const visitor = await makeClient(authority, { commonName: "visitor" });
        const other = await makeClient(authority, { commonName: "other" });
        const program = () => {
            new outscale.Ca("gate", {
                caPem: authority.pem,
                clientCertificates: [{ certificatePem: visitor.pem, privateKeyPem: other.keyPem }],
            });
            return Promise.resolve({});
        };
        const failure = await failureOf(deployment.stack.preview({ program }));
        assert.match(failure.message, /clientCertificates\[0\]\.privateKeyPem: /);
        assertHidden(linesOf(other.keyPem), [["the refusal", toldBy(failure)]]);
    });

    it("says what is wrong with arguments of the component", async () => {
        const generation = await previewSays(
            () => new AccountMfa("account", { ...ACCOUNT, authority: { generation: 0 } }),
        );
        assert.match(generation, /authority\.generation is 0, .*Start with 1 and raise it/);
        const client = await previewSays(
            () => new AccountMfa("account", { ...ACCOUNT, protect: [{ client: "nobody" }] }),
        );
        assert.match(client, /`protect` names the client "nobody", .*Use one of: operator, ci\./);
    });
});

describe("bad settings on the real engine", function () {
    this.timeout(180_000);

    let authorityPem: string;

    before(async function () {
        this.timeout(OPENING);
        authorityPem = (await makeAuthority()).pem;
    });

    /** What `up` says under these settings; the account stays as it was. */
    async function upSays(
        settings: (emulator: RunningEmulator) => StackConfig,
        prepare: (deployment: Deployment) => void = () => undefined,
    ): Promise<string> {
        const program = () => {
            new outscale.Ca("gate", { caPem: authorityPem });
            return Promise.resolve({});
        };
        const deployment = await openDeployment({ program, config: settings });
        try {
            prepare(deployment);
            const found = deployment.account.snapshot();
            await deployment.stack.preview();
            const message = await said(() => deployment.stack.up());
            assert.deepEqual(deployment.account.snapshot(), found);
            assertHidden([deployment.emulator.secretKey], [["the error", message]]);
            return message;
        } finally {
            await deployment.close();
        }
    }

    it("says where to put credentials where there are none", async () => {
        const message = await upSays(() => ({}));
        assert.match(message, /access key.*(OSC_ACCESS_KEY|outscale:accessKeyId)/);
    });

    it("names a profile that does not exist, and those that do", async () => {
        const message = await upSays(
            () => ({ "outscale:profile": "nowhere" }),
            ({ home }) => {
                mkdirSync(join(home, ".osc"));
                writeFileSync(join(home, ".osc", "config.json"), '{"default": {}, "production": {}}');
            },
        );
        assert.match(
            message,
            /There is no profile "nowhere", named by (outscale:)?profile, in .*config\.json/,
        );
        assert.match(message, /Use one that exists \("default", "production"\), or add it there\./);
    });

    it("names a file that cannot be read, and the setting that names it", async () => {
        const missing = await upSays((emulator) => ({
            ...configFor(emulator),
            "outscale:caFile": "/no/such/authority.pem",
        }));
        assert.match(
            missing,
            /The file \/no\/such\/authority\.pem, named by (outscale:)?caFile, does not exist\. Correct/,
        );
        const folder = await upSays((emulator) => ({
            ...configFor(emulator),
            "outscale:x509CertPath": __dirname,
            "outscale:x509KeyPath": __dirname,
        }));
        assert.match(folder, /named by (outscale:)?x509CertPath, cannot be read \(EISDIR\)\. Correct/);
    });

    it("names an endpoint that nothing answers at", async () => {
        const message = await upSays((emulator) => ({
            ...configFor(emulator),
            "outscale:endpoint": "https://127.0.0.1:9/api/v1",
        }));
        assert.match(
            message,
            /ReadCas could not be made: nothing accepts connections at 127\.0\.0\.1:9 \(ECONNREFUSED\)\. Check the `endpoint` and the `region`/,
        );
    });

    it("names the setting where the endpoint's certificate is not trusted", async () => {
        const message = await upSays((emulator) => {
            const { "outscale:caFile": _caFile, ...rest } = configFor(emulator);
            return rest;
        });
        assert.match(message, /could not be verified .*name its PEM file in `caFile`/);
    });

    it("says that an access key may have expired", async () => {
        const message = await upSays(configFor, ({ account }) => {
            const state = account.snapshot();
            const keys = state.keys.map((key) => ({ ...key, ExpirationDate: account.now() - 1_000 }));
            account.restore({ ...state, keys });
        });
        assert.match(message, /OUTSCALE refused ReadCas \(HTTP 401, code 1, .*has not expired/);
    });

    it("says that the secret key is not the access key's, after one try", async () => {
        const message = await upSays((emulator) => ({
            ...configFor(emulator),
            "outscale:secretKeyId": { secret: "A".repeat(40) },
        }));
        assert.match(message, /HTTP 401, code 1.*Check that the access key and secret key belong together/);
        assert.doesNotMatch(message, /A{40}/);
    });
});
