/** VaultPki on the real engine and a real server: its stages, what is refused at preview, rotation, drift, destroy. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { EngineStack, ProgramRunOptions, UpResult } from "../../tools/pulumi/engine";
import { CANARY_MOUNT } from "../../provider/vault/snapshot/canary-path";
import { findOpenBao } from "../../tools/services/openbao";
import type { VaultPkiArgs } from "../../sdk/vault";
import { OPENING } from "../support/deployment";
import { offlineTiers, otherRequest, type OfflineTiers } from "../support/openssl-authority";
import { assertHidden, failureOf, filesBelow, linesOf, toldBy } from "../support/secrets";
import { VaultApi } from "../support/vault-api";
import { DOMAIN, outputOf, vaultPkiProgram } from "../support/vault-pki-program";
import { openVault, openVaultStack, type RunningSingle } from "../support/vault-stack";
import { foundOrSkip } from "../support/skip";

describe("VaultPki on the real engine", function () {
    this.timeout(300_000);

    let vault: RunningSingle;
    let stack: EngineStack;
    let api: VaultApi;
    let tiers: OfflineTiers;
    let unsigned: UpResult;
    let up: UpResult;
    /** Everything that any run told. */
    const told: [string, string][] = [];
    const program = (args: Partial<VaultPkiArgs> = {}) => vaultPkiProgram(vault, args);

    before(async function () {
        this.timeout(OPENING);
        const found = foundOrSkip(this, await findOpenBao());
        vault = await openVault(found);
        api = new VaultApi(vault.server.url, vault.token);
        tiers = offlineTiers(join(vault.directory, "offline"), DOMAIN);
        stack = await openVaultStack(program(), vault);
    });

    after(() => (vault as RunningSingle | undefined)?.close());

    const remember = <T extends UpResult | Awaited<ReturnType<EngineStack["preview"]>>>(
        name: string,
        run: T,
    ): T => {
        // The outputs are what the caller asked for, in clear.
        told.push([name, JSON.stringify({ ...run, outputs: undefined })]);
        return run;
    };
    const refused = async (args: Partial<VaultPkiArgs>): Promise<string> => {
        const error = await failureOf(stack.preview({ program: program(args) }));
        told.push([`the refusal of ${Object.keys(args).join()}`, toldBy(error)]);
        return error.message;
    };
    const signedBy = (issuer: string) => ({ issuer, intermediate: tiers.intermediate, root: tiers.root });
    const signed = (issuer: string, more: Partial<VaultPkiArgs> = {}): ProgramRunOptions => ({
        program: program({ signed: signedBy(issuer), ...more }),
    });
    const issuers = async () =>
        Object.keys((await api.call("LIST", "pki_private_issuer/issuers")).data.key_info ?? {});
    let issuer: string;

    it("refuses bad arguments before anything is there", async () => {
        const world = { boundCidrs: ["0.0.0.0/0"] };
        assert.match(await refused({ country: "France" }), /country: .*no country's code\. Write "FR"/);
        assert.match(
            await refused({ certManager: world }),
            /certManager\.boundCidrs: 0\.0\.0\.0\/0 is open to the world/,
        );
        assert.match(
            await refused({ address: `https://vault.${DOMAIN}:8200` }),
            /domains: Leaves below .* could be for .*whoever may have them signed could pass for Vault\. Give Vault a name outside/,
        );
        assert.match(await refused({ leafLifetime: "1095d" }), /leafLifetime: .*not within 1h and 397d/);
        assert.match(
            await refused({ signed: signedBy(tiers.keys[0] ?? "") }),
            /signed\.issuer: There is a private key in it/,
        );
        assert.deepEqual(
            Object.keys(await api.ok("GET", "sys/mounts")).includes("pki_private_issuer/"),
            false,
        );
    });

    it("makes everything but the issuer, gives its request, and says what to sign with which command", async () => {
        unsigned = remember("the first update", await stack.up());
        assert.deepEqual(unsigned.changes, { create: 22 });
        assert.match(outputOf(unsigned.outputs, "request"), /^-----BEGIN CERTIFICATE REQUEST-----/);
        assert.equal(outputOf(unsigned.outputs, "issued"), "unsigned");
        assert.equal(outputOf(unsigned.outputs, "signPath"), "pki_private_issuer/sign/server");
        assert.deepEqual(
            unsigned.diagnostics.map(
                ({ message }) =>
                    /sign it .*: (portcullis sign csr --tier issuer .*?)\. Then/.exec(message)?.[1],
            ),
            [
                "portcullis sign csr --tier issuer --csr issuer.csr --ca intermediate-ca.pem --key intermediate-ca-key.pem --out issuer.pem",
            ],
        );
        assert.equal(unsigned.outputs.certManagerToken?.secret, true);
        assert.deepEqual((await stack.preview()).changes, { same: 22 });
    });

    it("refuses at preview what is not the request's certificate, with the remedy", async () => {
        const request = outputOf(unsigned.outputs, "request");
        const other = offlineTiers(join(vault.directory, "other"), DOMAIN);
        const cases: [Partial<VaultPkiArgs>, RegExp][] = [
            [
                { signed: signedBy(other.signIssuer(request)) },
                /signed\.issuer: It was not issued by signed\.intermediate.* Sign the request again: portcullis sign csr --tier issuer/,
            ],
            [
                { signed: signedBy(tiers.signIssuer(otherRequest(join(vault.directory, "other")))) },
                /'pki-certificates' has a problem: signed\.issuer: It is for another key than the request's\. Sign the request again: portcullis sign csr --tier issuer/,
            ],
            [
                {
                    signed: signedBy(
                        tiers.signIssuer(request, { basicConstraints: "critical,CA:TRUE,pathlen:1" }),
                    ),
                },
                /signed\.issuer: Its path length is 1; it must be 0/,
            ],
            [
                { signed: signedBy(tiers.signIssuer(request)), domains: [DOMAIN, "example.com"] },
                /signed\.issuer: It is to issue for names outside the constraints of signed\.intermediate: "example\.com"/,
            ],
        ];
        for (const [args, message] of cases) assert.match(await refused(args), message);
        assert.deepEqual(await issuers(), []);
    });

    it("takes the signed issuer, and nothing changes from then on", async () => {
        issuer = tiers.signIssuer(outputOf(unsigned.outputs, "request"));
        assert.deepEqual((await stack.preview(signed(issuer))).changes, { create: 5, same: 22 });
        up = remember("the update with the issuer", await stack.up(signed(issuer)));
        assert.deepEqual(up.changes, { create: 5, same: 22 });
        assert.deepEqual(up.diagnostics, []);
        assert.match(outputOf(up.outputs, "issued"), /^pki_private_issuer\/issuer\/[0-9a-f-]{36}$/);
        assert.equal((await issuers()).length, 3);
        assert.deepEqual((await stack.preview(signed(issuer))).changes, { same: 27 });
        assert.deepEqual((await stack.refresh()).changes, { same: 27 });
        assert.deepEqual((await stack.preview(signed(issuer))).changes, { same: 27 });
    });

    it("finds what somebody changed by hand, and puts it back", async () => {
        await api.ok("POST", "pki_private_issuer/roles/server", { allow_any_name: true, max_ttl: "26280h" });
        await api.ok("POST", "auth/approle/role/cert-manager", { token_bound_cidrs: "0.0.0.0/0" });
        const drift = await stack.preview({ ...signed(issuer), refresh: true });
        assert.deepEqual(drift.changes, { same: 25, update: 2 });
        await stack.up({ ...signed(issuer), refresh: true });
        const role = await api.ok("GET", "pki_private_issuer/roles/server");
        assert.deepEqual(
            [role.allow_any_name, role.max_ttl, role.allow_subdomains],
            [false, 7_776_000, true],
        );
        const { token_bound_cidrs: bound } = await api.ok("GET", "auth/approle/role/cert-manager");
        assert.deepEqual(bound, ["127.0.0.1"]);
    });

    it("keeps a delivered secret id, also after it was opened, and makes another one when asked", async () => {
        const before = outputOf(up.outputs, "certManagerAccessor");
        await api.as(outputOf(up.outputs, "certManagerToken")).ok("POST", "sys/wrapping/unwrap");
        assert.deepEqual((await stack.preview({ ...signed(issuer), refresh: true })).changes, { same: 27 });
        const again = { boundCidrs: ["127.0.0.1"], secretIdGeneration: 2 };
        up = await stack.up(signed(issuer, { certManager: again }));
        assert.deepEqual(up.changes, { replace: 1, same: 26 });
        const ids = await api.ok("LIST", "auth/approle/role/cert-manager/secret-id");
        assert.deepEqual(
            [...(ids.keys as string[])].sort(),
            [before, outputOf(up.outputs, "certManagerAccessor")].sort(),
        );
    });

    it("rotates: the former issuer works until the new one is signed, and its list stays after that", async () => {
        const certManager = { boundCidrs: ["127.0.0.1"], secretIdGeneration: 2 };
        const next = await stack.up(
            signed(issuer, { certManager, generation: 2, commonName: "Ogenki Vault Issuer 2" }),
        );
        assert.deepEqual(next.changes, { create: 1, same: 26, update: 1 });
        assert.match(
            next.diagnostics.map(({ message }) => message).join(),
            /signed\.issuer answers the request before; sign the output request/,
        );
        const former = await api.ok("GET", "pki_private_issuer/issuer/default");
        const second = tiers.signIssuer(outputOf(next.outputs, "request"));
        const done = await stack.up(
            signed(second, { certManager, generation: 2, commonName: "Ogenki Vault Issuer 2" }),
        );
        assert.deepEqual(done.changes, { replace: 2, same: 24, update: 2 });
        const present = await api.ok("GET", "pki_private_issuer/issuer/default");
        assert.notEqual(present.issuer_id, former.issuer_id);
        assert.equal((await issuers()).length, 4);
        const list = await api.bytes(`pki_private_issuer/issuer/${String(former.issuer_id)}/crl/der`);
        assert.ok(list.length > 100, "the former issuer's list is still served");
        assert.deepEqual(
            (await stack.preview(signed(second, { certManager, generation: 2, commonName: "Other" })))
                .changes,
            { same: 28 },
        );
    });

    it("holds no private key, token or secret id in state, files or output", async () => {
        const secretIds = ["certManagerToken", "snapshotToken"].map((name) =>
            outputOf(unsigned.outputs, name),
        );
        const token = outputOf(up.outputs, "certManagerToken");
        const { secret_id: secretId } = await api.as(token).ok("POST", "sys/wrapping/unwrap");
        const secrets = [vault.token, token, ...secretIds, String(secretId), ...tiers.keys.flatMap(linesOf)];
        const files = [...filesBelow(join(vault.directory, "stack"))];
        assertHidden(secrets, [...told, ...files, ["the state", JSON.stringify(await stack.exportState())]]);
        // The search would find them: the request, which is public, is there.
        const request = outputOf(unsigned.outputs, "request").split("\n")[1] ?? "none";
        assert.ok(files.some(([, text]) => text.includes(request)));
    });

    it("leaves the engine when it is destroyed, with its lists, and nobody who could have it issue", async () => {
        await stack.destroy();
        const { issuer_id: id } = await api.ok("GET", "pki_private_issuer/issuer/default");
        const list = await api.bytes(`pki_private_issuer/issuer/${String(id)}/crl/der`);
        assert.ok(list.length > 100);
        assert.equal((await api.call("LIST", "pki_private_issuer/roles")).status, 404);
        assert.equal((await api.call("GET", "sys/policies/acl/pki_private_issuer-cert-manager")).status, 404);
        assert.equal(Object.keys(await api.ok("GET", "sys/auth")).includes("approle/"), false);
        assert.equal(Object.keys(await api.ok("GET", "sys/mounts")).includes(`${CANARY_MOUNT}/`), false);
    });

    it("takes the engine along where it was told to", async () => {
        const whole = { mount: "pki_whole", keepOnDestroy: false };
        await stack.up({ program: program(whole) });
        await stack.destroy();
        assert.equal(Object.keys(await api.ok("GET", "sys/mounts")).includes("pki_whole/"), false);
    });
});
