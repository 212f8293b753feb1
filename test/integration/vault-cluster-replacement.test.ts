/** Nodes that come and go, as spot instances do: the voters stay five, and the data stays. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { until, type VaultCluster } from "../../tools/services/vault-cluster";
import { ground, lost, startWriter, type Ground, type Writer } from "../support/vault-clusters";

describe("a cluster whose nodes are replaced", function () {
    this.timeout(180_000);
    let at: Ground;
    let told: VaultCluster;
    let untold: VaultCluster;
    const writers: Writer[] = [];

    const killTwo = async (): Promise<void> => {
        const leader = await untold.leader();
        const other = untold.nodes().filter((node) => node !== leader);
        await Promise.all([leader, ...other.slice(0, 1)].map((node) => untold.destroy(node)));
    };

    before(async function () {
        const found = await ground();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        at = found;
        // The least that the server takes: with five minutes, the default, the second test would wait for as long.
        const autopilot = {
            ...{ cleanup_dead_servers: true, dead_server_last_contact_threshold: "60s", min_quorum: 3 },
            server_stabilization_time: "1s",
        };
        [told, untold] = await Promise.all([at.cluster(), at.cluster({ autopilot })]);
        // The second test begins here, so that its minute passes during the first.
        writers.push(startWriter(untold, "untold"));
        await killTwo();
        await Promise.all([untold.add(), untold.add()]);
    });
    after(async () => {
        await Promise.all(writers.map((writer) => writer.stop()));
        await (at as Ground | undefined)?.close();
    });

    it("has five voters and all data after ten replacements, of every node twice", async () => {
        const writer = startWriter(told, "told");
        writers.push(writer);
        const gone: string[] = [];
        for (let round = 0; round < 5; round++) {
            // Replacements are started first, and each node leaves Raft before it is ended: as its service does it.
            await Promise.all([told.add(), told.add()]);
            await told.settled();
            for (const node of told.nodes().slice(0, 2)) {
                await told.remove(node.id);
                await told.destroy(node);
                await told.settled();
                gone.push(node.id);
            }
        }
        await writer.stop();
        const servers = await told.servers();
        assert.equal(gone.length, 10);
        assert.equal(servers.filter(({ voter }) => voter).length, 5);
        assert.deepEqual(
            servers.filter(({ node_id: id }) => gone.includes(id)),
            [],
        );
        assert(writer.acknowledged().size > 100);
        assert.deepEqual(await lost(told, writer), []);
    });

    it("lives on where two are killed, replaced without a word to Raft, and two more are killed", async () => {
        // Seven voters would need four: with the dead among them, another two would end the cluster.
        await untold.settled(120_000);
        assert.equal((await untold.servers()).length, 5);
        const [writer] = writers;
        assert(writer);
        await killTwo();
        await until("writes go on", 30_000, () => untold.write("after", "written"));
        await writer.stop();
        assert.deepEqual(await lost(untold, writer), []);
    });
});
