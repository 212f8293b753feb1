/** `snapshot drill`, as the bundled program, with real servers: what passes, what fails and why, and that nothing stays. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import { withNode, type NodeOptions } from "../../provider/vault/snapshot/drill/node";
import { parseSealBlock } from "../../provider/vault/snapshot/drill/seal-block";
import { call, staticSeal } from "../../tools/services/openbao";
import { Drills, eventsOf, leftIn, processesOf, type SeenProcess } from "../support/drills";
import { snapshotGround, type SnapshotGround } from "../support/snapshot-ground";
import { snapshotProgram } from "../support/snapshot-program";
import { foundOrSkip } from "../support/skip";

const WHOLE_WAY = ["whole", "starting", "started", "taken", "answering"];

// A restored server takes five seconds of its own until it answers: what does not touch the same things runs side by side.
describe("a snapshot that is drilled", function () {
    this.timeout(120_000);
    let at: SnapshotGround;
    let drills: Drills;
    before(async function () {
        at = foundOrSkip(this, await snapshotGround());
        drills = await Drills.prepare(at, snapshotProgram(at.directory));
    });
    after(async () => {
        await (at as SnapshotGround | undefined)?.close();
    });

    it("passes where all is there; nothing is left of the node, and production is as it was", async () => {
        const servers = async (): Promise<unknown> => {
            const answer = await call(at.bao.url, "GET", "sys/storage/raft/configuration", {
                token: at.rootToken,
            });
            const config = z.object({ servers: z.array(z.unknown()) });
            return z.object({ data: z.object({ config }) }).parse(answer).data.config.servers;
        };
        const before = await servers();
        const seen: SeenProcess[] = [];
        const run = await drills.run({
            args: ["latest"],
            watch: (text, _child, work) => {
                if (text.includes('"event":"started"')) seen.push(...processesOf(work));
            },
        });
        assert.equal(run.code, 0, run.err);
        const { saved, manifest } = drills.saved;
        const { inventory } = manifest;
        assert.equal(inventory.issuers["pki/"]?.length, 1);
        assert.equal(inventory.mounts["team/kv/"], "kv");
        const { restoredIn, durationMs, ...result } = z
            .looseObject({ restoredIn: z.int().positive(), durationMs: z.int().positive() })
            .parse(JSON.parse(run.out));
        assert.ok(restoredIn < durationMs);
        assert.deepEqual(result, {
            ...{ drilled: saved, id: manifest.id, savedAt: manifest.savedAt },
            ...{ canary: "same", compared: "inventory" },
            mounts: Object.keys(inventory.mounts).length,
            auth: Object.keys(inventory.auth).length,
            policies: inventory.policies.length,
            issuers: 1,
        });
        assert.deepEqual(eventsOf(run), WHOLE_WAY);
        drills.nothingLeft(run);
        assert.deepEqual(await servers(), before);
        // While it ran: a node and its guard, whose arguments and environments hold nothing secret, and nothing of Vault's.
        assert.equal(seen.length, 2);
        const told = JSON.stringify(seen);
        for (const secret of [...drills.secrets, at.bao.url]) assert.equal(told.includes(secret), false);
        assert.equal(/VAULT_|BAO_|PORTCULLIS_/.test(told), false);
        assert.match(told, /AWS_ACCESS_KEY_ID=/);
    });

    it("passes by its canary alone where its manifest is an older one, and says so; and fails by it", async () => {
        const older = await drills.copy(({ inventory: _inventory, ...manifest }) => manifest);
        const other = await drills.copy((manifest) => {
            return { ...manifest, canary: { ...manifest.canary, nonce: "0".repeat(32) } };
        });
        const [passed, failed, unsure] = await Promise.all([
            drills.run({ args: [older, "--isolated"] }),
            drills.run({ args: [other] }),
            drills.run({ args: [older] }),
        ]);
        assert.equal(passed.code, 0, passed.err);
        const result = z.looseObject({ compared: z.string() }).parse(JSON.parse(passed.out));
        assert.equal(result.compared, "canary");
        assert.equal("mounts" in result, false);
        drills.nothingLeft(passed);
        drills.refused(failed, /is not what the snapshot's manifest says: its canary is another\.$/);
        assert.deepEqual(eventsOf(failed), [...WHOLE_WAY, "failed"]);
        drills.refused(unsure, /does not record what is mounted: .* Nothing was started/);
        assert.deepEqual(eventsOf(unsure), ["failed"]);
    });

    it("fails where what it has is not what was recorded, and names it; and where its role cannot sign in", async () => {
        const { "team/kv/": _kv, ...mounts } = drills.saved.manifest.inventory.mounts;
        const changed = await drills.copy(({ inventory, ...manifest }) => ({
            ...manifest,
            inventory: {
                ...inventory,
                mounts: { ...mounts, "shop/": "database", "pki/": "transit" },
                auth: { ...inventory.auth, "userpass/": "userpass" },
                policies: [...inventory.policies.filter((name) => name !== "drill"), "operators"],
                issuers: { "pki/": ["another"] },
            },
        }));
        await call(at.bao.url, "DELETE", "auth/approle/role/drill", { token: at.rootToken });
        const without = await drills.save();
        const [compared, shut] = await Promise.all([
            drills.run({ args: [changed], environment: { PORTCULLIS_SNAPSHOT_ISOLATED: "true" } }),
            drills.run({ args: [without.manifest.id] }),
        ]);
        const [issuer = ""] = drills.saved.manifest.inventory.issuers["pki/"] ?? [];
        drills.refused(compared, /is not what the snapshot's manifest says: /);
        const problem = String(compared.events.at(-1)?.problem);
        // In the order of names, and an issuer has a random one.
        const differences = problem.slice(problem.indexOf("says: ") + 6, -1).split("; ");
        assert.deepEqual(
            differences.sort(),
            [
                "the auth method userpass/ is missing",
                "the issuer another of pki/ is missing",
                `the issuer ${issuer} of pki/ is there, and was not when the snapshot was taken`,
                "the mount pki/ is of type pki, and was of type transit",
                "the mount shop/ is missing",
                "the mount team/kv/ is there, and was not when the snapshot was taken",
                "the policy drill is there, and was not when the snapshot was taken",
                "the policy operators is missing",
            ].sort(),
        );
        drills.refused(shut, /The restored server does not let the drill sign in\. .*HTTP 400/);
    });

    it("starts nothing where a restored server would act at other systems, or the archive was damaged", async () => {
        const reaching = await drills.copy(({ inventory, ...manifest }) => ({
            ...manifest,
            inventory: {
                ...inventory,
                mounts: { ...inventory.mounts, "shop/": "database", "x/": "unheard-of" },
            },
        }));
        const damaged = await drills.copy(
            (manifest) => manifest,
            (bytes) => {
                bytes.writeUInt8(bytes.readUInt8(bytes.length - 1_000) ^ 1, bytes.length - 1_000);
                return bytes;
            },
        );
        const [refused, changed] = await Promise.all([
            drills.run({ args: [reaching] }),
            drills.run({ args: [damaged] }),
        ]);
        drills.refused(
            refused,
            /holds what acts at other systems: shop\/ \(database\), x\/ \(unheard-of\)\./,
        );
        assert.deepEqual(eventsOf(refused), ["failed"]);
        drills.refused(changed, /is not what its manifest says/);
        assert.deepEqual(eventsOf(changed), ["failed"]);
    });

    it("fails under another seal key, with a seal that cannot be used, and with a file that holds more", async () => {
        const directory = join(at.directory, "other");
        mkdirSync(directory);
        const withSeal = (name: string, text: string) => {
            const file = join(directory, name);
            writeFileSync(file, text);
            return drills.run({ environment: { PORTCULLIS_SNAPSHOT_SEAL_FILE: file } });
        };
        const secret = "no key, and a secret";
        const [other, unusable, more] = await Promise.all([
            withSeal("other.hcl", staticSeal(directory)),
            withSeal(
                "unusable.hcl",
                `seal "static" {\n  current_key_id = "test"\n  current_key = "${secret}"\n}\n`,
            ),
            withSeal("more.hcl", `${staticSeal(directory)}\nlistener "tcp" {}\n`),
        ]);
        drills.refused(other, /its seal has another key than the one under which it was taken/);
        assert.deepEqual(eventsOf(other), ["whole", "starting", "started", "failed"]);
        drills.refused(unusable, /The server that was started ended by itself \(1\)\. It says: .*seal/i);
        assert.equal(unusable.err.includes(secret), false);
        drills.refused(more, /holds something behind its seal block/);
    });

    it("fails where the program cannot be started, ends by itself, never answers or does not heed its end", async () => {
        const script = (name: string, text: string): string => {
            const file = join(at.directory, name);
            writeFileSync(file, `#!/bin/sh\n${text}\n`);
            chmodSync(file, 0o755);
            return file;
        };
        const started = (server: string) =>
            drills.run({ environment: { PORTCULLIS_SNAPSHOT_SERVER: server } });
        const nowhere = await started("/nowhere/bao");
        drills.refused(nowhere, /\/nowhere\/bao, named by --server, cannot be started \(ENOENT\)/);
        const ends = await started(script("ends", "echo error: no such key; exit 7"));
        drills.refused(
            ends,
            /The server that was started ended by itself \(7\)\. It says: error: no such key/,
        );

        const workDir = join(at.directory, "hanging");
        mkdirSync(workDir);
        const options = { seal: parseSealBlock(staticSeal(directoryOf(at))), workDir, environment: {} };
        const hang = (more: Pick<NodeOptions, "program" | "startMs" | "endMs">) =>
            withNode({ ...options, ...more }, () => Promise.resolve(), new Promise<never>(() => undefined));
        const hangs = script("hangs", "exec sleep 600");
        await assert.rejects(hang({ program: hangs, startMs: 800 }), /did not answer within 800 ms/);
        assert.deepEqual(leftIn(workDir), []);
        const deaf = script("deaf", "trap '' TERM\nwhile :; do sleep 0.1; done");
        await assert.rejects(
            hang({ program: deaf, startMs: 500, endMs: 500 }),
            /did not answer within 500 ms/,
        );
        assert.deepEqual(leftIn(workDir), []);
    });

    it("leaves nothing where it is told to end, and says so; and nothing where it is killed", async () => {
        const told = (signal: NodeJS.Signals) =>
            drills.run({
                watch: (text, child) => {
                    if (text.includes('"event":"started"')) child.kill(signal);
                },
            });
        // One that writes nothing is not ended by the loss of whoever reads it, as a real server is.
        const silent = join(at.directory, "silent");
        writeFileSync(silent, "#!/bin/sh\nwhile :; do sleep 0.1; done\n", { mode: 0o755 });
        const [ended, ...killed] = await Promise.all([
            told("SIGTERM"),
            told("SIGKILL"),
            drills.run({
                environment: { PORTCULLIS_SNAPSHOT_SERVER: silent },
                watch: (text, child, work) => {
                    if (!text.includes('"event":"starting"')) return;
                    const look = setInterval(() => {
                        if (!processesOf(work).some(({ command }) => command.includes(silent))) return;
                        clearInterval(look);
                        setTimeout(() => child.kill("SIGKILL"), 200);
                    }, 50);
                },
            }),
        ]);
        drills.refused(ended, /The drill was told to end before it was done/);
        for (const run of killed) {
            assert.equal(run.code, null);
            const end = Date.now() + 10_000;
            while (Date.now() < end && leftIn(run.work).length > 0)
                await new Promise((resolve) => setTimeout(resolve, 50));
            drills.nothingLeft(run);
        }
    });
});

/** Where the server has its seal's key. */
function directoryOf(at: SnapshotGround): string {
    return join(at.directory, "bao");
}
