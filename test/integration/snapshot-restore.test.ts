/** `snapshot restore`, as the bundled program, into real servers: what comes back, and whatever leaves them as they are. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { z } from "zod";
import { CANARY_MOUNT, canaryPath } from "../../provider/vault/snapshot/canary-path";
import { call, initialise, startSingle, type RunningVault } from "../../tools/services/openbao";
import {
    bodyOf,
    fill,
    s3Answer,
    s3Call,
    snapshotGround,
    startGate,
    type Gate,
    type SnapshotGround,
} from "../support/snapshot-ground";
import { snapshotProgram, type SnapshotProgram, type SnapshotRun } from "../support/snapshot-program";
import { onTerminal } from "../support/terminal";
import { foundOrSkip } from "../support/skip";

const manifestSchema = z.looseObject({
    id: z.string(),
    size: z.number(),
    canary: z.object({ nonce: z.string() }),
});
const savedSchema = z.object({ saved: z.string(), manifest: manifestSchema });
const restoredSchema = z.object({
    restored: z.string(),
    address: z.string(),
    canary: z.string(),
    manifest: manifestSchema,
});
const entrySchema = z.object({ data: z.record(z.string(), z.string()) });
const SNAPSHOT = "/v1/sys/storage/raft/snapshot";

/** A server that has nothing of the snapshot yet, and data of its own. */
interface Target {
    readonly server: RunningVault;
    readonly token: string;
    /** Stands before it. */
    readonly gate: Gate;
    /** How many snapshots were sent to it, whole or not. */
    readonly sent: () => number;
}

describe("a snapshot that is restored", function () {
    this.timeout(180_000);
    let at: SnapshotGround;
    let program: SnapshotProgram;
    let saved: z.infer<typeof savedSchema>;
    /** Begun here, ended last. */
    const targets: Target[] = [];
    const entry = async (url: string, path: string, token: string) =>
        entrySchema.parse(await call(url, "GET", path, { token })).data;

    async function target(name: string, seal: "same seal" | "other seal"): Promise<Target> {
        const directory = join(at.directory, name);
        mkdirSync(directory);
        if (seal === "same seal")
            copyFileSync(join(at.directory, "bao", "seal.key"), join(directory, "seal.key"));
        const server = await startSingle({ program: at.program, directory, tls: at.certificate });
        const token = await initialise(server.url);
        await call(server.url, "PUT", "sys/mounts/own", { token, body: { type: "kv" } });
        await call(server.url, "PUT", "own/data", { token, body: { of: name } });
        const gate = await startGate(server.url, at.certificate);
        let count = 0;
        gate.meddle(({ method, url }) => {
            if (method === "POST" && url === SNAPSHOT) count += 1;
            return undefined;
        });
        const made = { server, token, gate, sent: () => count };
        targets.push(made);
        return made;
    }

    const restore = (
        { gate, token }: Pick<Target, "gate" | "token">,
        args: readonly string[] = ["latest", "--confirm", "main"],
        environment: Readonly<Record<string, string>> = {},
    ): Promise<SnapshotRun> =>
        program.run(["restore", ...args], {
            ...at.environment,
            VAULT_ADDR: gate.url,
            VAULT_TOKEN: token,
            ...environment,
        });

    before(async function () {
        at = foundOrSkip(this, await snapshotGround());
        program = snapshotProgram(at.directory);
        await call(at.bao.url, "PUT", "sys/mounts/kv", { token: at.rootToken, body: { type: "kv" } });
        await call(at.bao.url, "PUT", "kv/database", { token: at.rootToken, body: { password: "then" } });
        await fill(at.bao.url, at.rootToken, 6);
        const run = await program.run(["save"], at.environment);
        assert.equal(run.code, 0, run.err);
        saved = savedSchema.parse(JSON.parse(run.out));
    });
    afterEach(() => {
        (at as SnapshotGround | undefined)?.s3.meddle();
    });
    after(async () => {
        for (const { gate, server } of targets) {
            await gate.close();
            await server.end("SIGKILL");
        }
        await (at as SnapshotGround | undefined)?.close();
    });

    it("is there on a fresh server with the same seal: data, canary, tokens; what the server had is gone", async () => {
        const fresh = await target("fresh", "same seal");
        const run = await restore(fresh);
        assert.equal(run.code, 0, run.err);
        const result = restoredSchema.parse(JSON.parse(run.out));
        assert.deepEqual(
            [result.restored, result.address, result.canary, result.manifest],
            [saved.saved, fresh.gate.url, "not-read", saved.manifest],
        );
        const moving: readonly unknown[] = ["reading", "restoring"];
        const events = run.events.map(({ event }) => event).filter((event) => !moving.includes(event));
        assert.deepEqual(events, ["active-node", "whole", "taken"]);
        assert.equal(fresh.sent(), 1);
        const { url } = fresh.server;
        const { nonce } = await entry(url, canaryPath(CANARY_MOUNT), at.rootToken);
        assert.equal(nonce, saved.manifest.canary.nonce);
        assert.deepEqual(await entry(url, "kv/database", at.rootToken), { password: "then" });
        await assert.rejects(entry(url, "own/data", fresh.token), /HTTP 403/);
        await assert.rejects(entry(url, "own/data", at.rootToken), /HTTP 404/);
        for (const token of [fresh.token, at.rootToken])
            assert.equal(`${run.out}${run.err}`.includes(token), false);

        // Again, by a token that it holds: what was written since is as it was then, and the canary is read.
        await call(url, "PUT", "kv/database", { token: at.rootToken, body: { password: "since" } });
        const tokenFile = join(at.directory, "token");
        writeFileSync(tokenFile, `${at.rootToken}\n`, { mode: 0o600 });
        const again = await restore({ ...fresh, token: "" }, [
            saved.manifest.id,
            "--confirm",
            "main",
            "--token-file",
            tokenFile,
        ]);
        assert.equal(again.code, 0, again.err);
        assert.equal(restoredSchema.parse(JSON.parse(again.out)).canary, "read");
        assert.deepEqual(await entry(url, "kv/database", at.rootToken), { password: "then" });

        // And on a terminal, where the name is asked for, and what is true afterwards is told.
        const asked = await onTerminal([process.execPath, program.file, "restore", "latest"], {
            cwd: at.directory,
            env: { ...at.environment, VAULT_ADDR: fresh.gate.url, VAULT_TOKEN: at.rootToken },
            answers: [["name to restore: ", "main"]],
        });
        assert.equal(asked.status, 0, asked.stdout);
        assert.match(asked.stdout, /Its canary was read there\./);
        assert.match(asked.stdout, /tokens, secret ids, policies and recovery keys are those of then/);
    });

    describe("leaves a server as it is", () => {
        let same: Target;
        let other: Target;
        before(async () => {
            same = await target("same", "same seal");
            other = await target("other", "other seal");
        });

        /** Ends non-zero with a reason, and the server has its own data and its own token. */
        const refused = async (run: SnapshotRun, why: RegExp, by: Target, name: string): Promise<void> => {
            assert.equal(run.code, 1, run.err);
            assert.equal(run.out, "");
            const { event, problem } = run.events.at(-1) ?? {};
            assert.equal(event, "failed", run.err);
            assert.match(String(problem), why);
            assert.equal(run.err.includes(by.token), false);
            assert.deepEqual(await entry(by.server.url, "own/data", by.token), { of: name });
        };
        const object = async (): Promise<Buffer> =>
            Buffer.from(
                await (await s3Answer(at.moto.url, "GET", `/${at.bucket}/${saved.saved}`)).arrayBuffer(),
            );
        const flip = (bytes: Buffer): Buffer => {
            const changed = Buffer.from(bytes);
            changed[bytes.length - 1_000] = (changed[bytes.length - 1_000] ?? 0) ^ 1;
            return changed;
        };

        it("with another seal key, and forces nothing", async () => {
            const run = await restore(other);
            await refused(
                run,
                /its seal has another key than the one under which it was taken/,
                other,
                "other",
            );
            assert.equal(other.sent(), 1);
            assert.match(String(run.events.at(-1)?.remedy), /Do not force it/);
        });

        it("where the object is damaged: not a byte is sent", async () => {
            const bytes = await object();
            for (const changed of [flip(bytes), bytes.subarray(0, -1), Buffer.alloc(0)]) {
                await s3Call(at.moto.url, "PUT", `/${at.bucket}/${saved.saved}`, changed);
                await refused(await restore(same), /is not what its manifest says/, same, "same");
            }
            await s3Call(at.moto.url, "PUT", `/${at.bucket}/${saved.saved}`, bytes);
            assert.equal(same.sent(), 0);
        });

        it("where the object changes after it was read, or the bucket fails half way: it gets no whole one", async () => {
            const second = (change: (bytes: Buffer) => Buffer, cut = false): void => {
                let reads = 0;
                at.s3.meddle(({ method, url = "" }) => {
                    if (method !== "GET" || !url.includes(".snap?") || (reads += 1) < 2) return undefined;
                    return (answer, outgoing) => {
                        void bodyOf(answer).then((bytes) => {
                            outgoing.writeHead(200, { "content-length": String(bytes.length) });
                            outgoing.write(change(bytes), () => (cut ? outgoing.destroy() : outgoing.end()));
                        });
                    };
                });
            };
            second(flip);
            const before = same.sent();
            await refused(await restore(same), /is not what its manifest says/, same, "same");
            second((bytes) => bytes.subarray(0, bytes.length / 2), true);
            await refused(await restore(same), /S3 did not do GetObject/, same, "same");
            assert.equal(same.sent(), before + 2);
        });

        it("without the cluster's name, or with another", async () => {
            const before = same.sent();
            const wrong = await restore(same, ["latest", "--confirm", "staging"]);
            await refused(wrong, /Nothing was restored: the snapshot is one of "main"/, same, "same");
            await refused(await restore(same, ["latest"]), /There is no terminal to ask on/, same, "same");
            assert.equal(same.sent(), before);
        });

        it("where another name is typed on the terminal, which says what would be replaced by what", async () => {
            const before = same.sent();
            const { status, stdout } = await onTerminal(
                [process.execPath, program.file, "restore", "latest"],
                {
                    cwd: at.directory,
                    env: { ...at.environment, VAULT_ADDR: same.gate.url, VAULT_TOKEN: same.token },
                    answers: [["name to restore: ", "staging"]],
                },
            );
            assert.equal(status, 1, stdout);
            assert.match(stdout, /About to replace all data of https:\/\/\S+ by the snapshot \S+ of main: /);
            assert.match(stdout, /Nothing was restored: the snapshot is one of "main"/);
            assert.equal(same.sent(), before);
            assert.deepEqual(await entry(same.server.url, "own/data", same.token), { of: "same" });
        });

        it("without a token, or with one that may not", async () => {
            await refused(
                await restore(same, undefined, { VAULT_TOKEN: "" }),
                /There is no token to restore with/,
                same,
                "same",
            );
            const may = {
                nodes: 'path "sys/storage/raft/configuration" { capabilities = ["read"] }',
                canary: `path "${canaryPath(CANARY_MOUNT)}" { capabilities = ["read"] }`,
            };
            for (const [rights, why] of [
                [[], /the token may not see how many nodes this one has/],
                [[may.nodes], /The token may not read portcullis-canary\/snapshot/],
                [[may.nodes, may.canary], /refused POST sys\/storage\/raft\/snapshot: HTTP 403/],
            ] as const) {
                await call(same.server.url, "PUT", "sys/policies/acl/some", {
                    token: same.token,
                    body: { policy: rights.join("\n") || 'path "none" { capabilities = ["deny"] }' },
                });
                const made = (await call(same.server.url, "POST", "auth/token/create", {
                    token: same.token,
                    body: { policies: ["some"] },
                })) as { auth: { client_token: string } };
                // Straight to the server: what stands before it sends the archive on, asked for or not.
                const run = await restore({ ...same, token: made.auth.client_token }, undefined, {
                    VAULT_ADDR: same.server.url,
                });
                await refused(run, why, same, "same");
                assert.equal(run.err.includes(made.auth.client_token), false);
            }
        });

        it("that is sealed, or was never initialised", async () => {
            const before = same.sent();
            const empty = await startSingle({
                ...{ program: at.program, directory: join(at.directory, "empty"), tls: at.certificate },
            });
            const gate = await startGate(empty.url, at.certificate);
            targets.push({ server: empty, token: "", gate, sent: () => 0 });
            const run = await restore({ gate, token: same.token });
            assert.equal(run.code, 1, run.err);
            assert.match(String(run.events.at(-1)?.problem), /The server is not initialised/);

            await call(same.server.url, "PUT", "sys/seal", { token: same.token });
            const sealed = await restore(same);
            assert.equal(sealed.code, 1, sealed.err);
            assert.match(String(sealed.events.at(-1)?.problem), /The server is sealed/);
            assert.equal(same.sent(), before);
        });
    });
});
