/** VaultInitialization on the real engine and the real OpenBao: continued after a failure, and nothing secret in the clear. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { VaultInitialization, type VaultInitializationArgs } from "../../sdk/vault";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack } from "../../tools/pulumi/engine";
import { call } from "../../tools/services/openbao";
import { changesOf, OPENING, skipWherePlain } from "../support/deployment";
import { assertHidden, failureOf, filesBelow, linesOf, toldBy } from "../support/secrets";
import type { VaultGate } from "../support/vault-gate";
import { signedIn } from "../support/vault-root";
import { VaultScene } from "../support/vault-scene";
import { foundOrSkip } from "../support/skip";

const WORK_DIR = resolve(__dirname, "..", "..");

describe("VaultInitialization on the real engine", function () {
    this.timeout(300_000);
    let scene: VaultScene;
    let directory: string;
    let gate: VaultGate;
    let stack: EngineStack;

    const program =
        (more: Partial<VaultInitializationArgs> = {}) =>
        (): Promise<Record<string, unknown>> => {
            const vault = new VaultInitialization("vault", {
                address: gate.url,
                caCertificatePem: scene.authority.certificatePem,
                pgpKeys: scene.pgp.holders.map(({ publicKey }) => publicKey),
                administrators: [{ name: "alice", certificatePem: scene.alice.certificatePem }],
                ...more,
            });
            return Promise.resolve({ shares: vault.encryptedShares, condition: vault.condition });
        };

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        const set = foundOrSkip(this, await VaultScene.set(3));
        scene = set;
        // It presents nobody's certificate to begin with, so that no administrator can sign in.
        gate = await scene.gate((await scene.emptyNode()).server.url, []);
        directory = mkdtempSync(join(tmpdir(), "portcullis-e2e-vault-"));
        stack = await openStack({
            project: "gatehouse",
            stack: "test",
            program: program(),
            directory,
            workDir: WORK_DIR,
            cli: await findPulumi(),
            environment: {
                VAULT_CLIENT_CERT: scene.alice.certificate,
                VAULT_CLIENT_KEY: scene.alice.privateKey,
                VAULT_CACERT: "",
                PORTCULLIS_VAULT_RECOVERY_TOKEN: "",
            },
        });
    });
    after(async () => {
        await (scene as VaultScene | undefined)?.close();
        if ((directory as string | undefined) !== undefined)
            rmSync(directory, { recursive: true, force: true });
    });

    it("keeps what it made through a failure, goes on from there, and shows nothing secret on the way", async () => {
        const refused = await failureOf(stack.preview({ program: program({ administrators: [] }) }));
        assert.match(toldBy(refused), /at least one administrator: the root token is revoked at the end/);

        const failed = await failureOf(stack.up());
        assert.match(toldBy(failed), /The root token was not revoked/);
        const halfway = filesBelow(directory);
        const { root_token: root = "", recovery_keys_base64: encrypted = [] } = JSON.parse(
            gate.calls.find(({ path }) => path === "/v1/sys/init")?.answer ?? "{}",
        ) as { root_token?: string; recovery_keys_base64?: string[] };
        assert.equal(encrypted.length, 3);
        await call(gate.target, "GET", "auth/token/lookup-self", { token: root });

        // From here on the gate passes alice's certificate on.
        const open = await scene.gate(gate.target);
        const failedCalls = gate.calls;
        gate = open;
        const { outputs, ...up } = await stack.up();
        assert.deepEqual(changesOf(up), { update: 1 });
        assert.deepEqual(outputs.shares, { value: encrypted, secret: true });
        assert.equal(outputs.condition?.value, "ready");
        await assert.rejects(call(gate.target, "GET", "auth/token/lookup-self", { token: root }), /HTTP 403/);

        const preview = await stack.preview({ diff: true });
        assert.deepEqual(changesOf(preview), {});
        const refresh = await stack.refresh({ diff: true });
        assert.deepEqual(changesOf(refresh), {});

        const shares = await scene.sharesOf({ encryptedShares: encrypted } as never);
        const tokens = [...failedCalls, ...open.calls].flatMap(
            ({ answer }) => /"client_token":"([^"]+)"/.exec(answer)?.[1] ?? [],
        );
        assert.ok(tokens.length > 0);
        assertHidden(
            [root, ...encrypted, ...shares, ...tokens, ...linesOf(scene.alice.privateKeyPem)],
            [
                ["the refused preview's output", toldBy(refused)],
                ["the failed update's output", toldBy(failed)],
                ["the second update's output", toldBy(up)],
                ["the preview's output", toldBy(preview)],
                ["the refresh's output", toldBy(refresh)],
                ["the exported state", JSON.stringify(await stack.exportState())],
                ...halfway,
                ...filesBelow(directory),
            ],
        );
    });

    it("is forgotten by destroy, and goes on living", async () => {
        await stack.destroy();
        await signedIn(gate.target, scene.authority, scene.alice, "administrator-alice");
        // As this program's own, it is known again by the cluster's record.
        const { changes } = await stack.up();
        assert.equal(changes.create, 2);
    });
});
