/** `snapshot save` against a cluster of three: through any node, to the one that leads, and what its death means. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { CREDENTIALS, REGION } from "../../tools/services/moto-calls";
import type { VaultCluster } from "../../tools/services/vault-cluster";
import { createBucket, objectKeys, prepareRole, s3Call, type AppRole } from "../support/snapshot-ground";
import { snapshotProgram, type SnapshotProgram, type SnapshotRun } from "../support/snapshot-program";
import { ground, type Ground } from "../support/vault-clusters";
import { foundOrSkip } from "../support/skip";

const BUCKET = "snapshots-of-a-cluster";

describe("a snapshot of a cluster", function () {
    this.timeout(240_000);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-snapshots-"));
    let at: Ground;
    let cluster: VaultCluster;
    let program: SnapshotProgram;
    let role: AppRole;
    const save = (
        address: string,
        watch?: Parameters<SnapshotProgram["run"]>[2],
        more: Readonly<Record<string, string>> = {},
    ): Promise<SnapshotRun> =>
        program.run(
            ["save"],
            {
                ...CREDENTIALS,
                VAULT_ADDR: address,
                VAULT_CACERT: cluster.tls.paths.authorities,
                VAULT_TLS_SERVER_NAME: cluster.tls.serverName,
                PORTCULLIS_SNAPSHOT_ROLE_ID_FILE: role.roleIdFile,
                PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: role.secretIdFile,
                PORTCULLIS_SNAPSHOT_BUCKET: BUCKET,
                PORTCULLIS_SNAPSHOT_CLUSTER: "main",
                PORTCULLIS_SNAPSHOT_S3_ENDPOINT: at.moto.url,
                ...more,
            },
            watch,
        );
    const uploads = async (): Promise<number> =>
        (await s3Call(at.moto.url, "GET", `/${BUCKET}?uploads`)).split("<UploadId>").length - 1;

    before(async function () {
        at = foundOrSkip(this, await ground());
        cluster = await at.cluster({ nodes: 3 });
        program = snapshotProgram(directory);
        await createBucket(at.moto.url, BUCKET, REGION);
        role = await prepareRole(directory, async (method, path, body) => {
            const { text } = await cluster.call(method, path, body === undefined ? {} : { body });
            return text === "" ? undefined : (JSON.parse(text) as unknown);
        });
    });
    after(async () => {
        await (at as Ground | undefined)?.close();
        rmSync(directory, { recursive: true, force: true });
    });

    it("comes from the node that leads, whichever was asked, under the one name of all certificates", async () => {
        const leader = await cluster.leader();
        for (const node of cluster.nodes()) {
            const run = await save(node.url);
            assert.equal(run.code, 0, run.err);
            assert.equal(run.events[0]?.address, leader.url);
        }
        assert.equal((await objectKeys(at.moto.url, BUCKET)).length, 6);
        // Names hold at the leader too: that it is called by its address makes no other name good.
        const [standby] = cluster.nodes().filter((node) => node !== leader);
        const wrong = await save(standby?.url ?? "", undefined, { VAULT_TLS_SERVER_NAME: "other.test" });
        assert.equal(wrong.code, 1);
        assert.match(String(wrong.events.at(-1)?.problem), /TLS certificate of .* could not be verified/);
    });

    it("is restored into its own cluster, and into no other of several nodes", async () => {
        const restore = async () => {
            const run = await program.run(["restore", "latest", "--confirm", "main"], {
                ...CREDENTIALS,
                VAULT_ADDR: (await cluster.leader()).url,
                VAULT_CACERT: cluster.tls.paths.authorities,
                VAULT_TLS_SERVER_NAME: cluster.tls.serverName,
                VAULT_TOKEN: cluster.token,
                PORTCULLIS_SNAPSHOT_BUCKET: BUCKET,
                PORTCULLIS_SNAPSHOT_CLUSTER: "main",
                PORTCULLIS_SNAPSHOT_S3_ENDPOINT: at.moto.url,
            });
            return { ...run, last: run.events.at(-1) };
        };
        const own = await restore();
        assert.equal(own.code, 0, own.err);
        const manifest = `/${BUCKET}/${[...(await objectKeys(at.moto.url, BUCKET))].sort().at(-1) ?? ""}`;
        const text = await s3Call(at.moto.url, "GET", manifest);
        await s3Call(at.moto.url, "PUT", manifest, text.replace(/("clusterId": ")[^"]{8}/, "$100000000"));
        try {
            const foreign = await restore();
            assert.equal(foreign.code, 1, foreign.err);
            assert.match(
                String(foreign.last?.problem),
                /another cluster's, and this one has 3 nodes.*Nothing was sent\./,
            );
            const names = foreign.events.map(({ event }) => event);
            assert.deepEqual(names, ["active-node", "failed"]);
        } finally {
            await s3Call(at.moto.url, "PUT", manifest, text);
        }
    });

    it("is none where the leader dies under it; the next one is the new leader's", async () => {
        await cluster.call("PUT", "sys/mounts/bulk", { body: { type: "kv", options: { version: "1" } } });
        const value = randomBytes(384 * 1024).toString("base64");
        for (let index = 0; index < 90; index += 1) {
            await cluster.call("PUT", `bulk/${index}`, {
                body: { value: `${index}${value.slice(index * 7)}` },
            });
        }
        const before = await objectKeys(at.moto.url, BUCKET);
        const leader = await cluster.leader();
        let killed = false;
        const run = await save(leader.url, (text) => {
            if (killed || !text.includes('"streaming"')) return;
            killed = true;
            leader.process().signal("SIGKILL");
        });
        assert.equal(killed, true);
        assert.equal(run.code, 1, run.err);
        assert.match(String(run.events.at(-1)?.problem), /No answer to GET sys\/storage\/raft\/snapshot/);
        assert.deepEqual(await objectKeys(at.moto.url, BUCKET), before);
        assert.equal(await uploads(), 0);

        const [other] = cluster.nodes().filter((node) => node.isRunning());
        const next = await save(other?.url ?? "");
        assert.equal(next.code, 0, next.err);
        assert.notEqual(next.events[0]?.address, leader.url);
        assert.equal((await objectKeys(at.moto.url, BUCKET)).length, before.length + 2);
    });
});
