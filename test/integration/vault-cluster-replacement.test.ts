/** Nodes that come and go, as spot instances do: the voters stay five, and the data stays. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { decideAutopilot } from "../../provider/vault/autopilot";
import { autopilotBody } from "../../provider/vault/configuring";
import { until, type VaultCluster } from "../../tools/services/vault-cluster";
import { ground, lost, startWriter, type Ground, type Writer } from "../support/vault-clusters";
import { foundOrSkip } from "../support/skip";

describe("a cluster whose nodes are replaced", function () {
    this.timeout(180_000);
    let at: Ground;
    let told: VaultCluster;
    let untold: VaultCluster;
    let drought: VaultCluster;
    const writers: Writer[] = [];

    const killTwo = async (cluster: VaultCluster): Promise<void> => {
        const leader = await cluster.leader();
        const other = cluster.nodes().filter((node) => node !== leader);
        await Promise.all([leader, ...other.slice(0, 1)].map((node) => cluster.destroy(node)));
    };

    before(async function () {
        at = foundOrSkip(this, await ground());
        const decision = decideAutopilot(5);
        assert(decision.accepted);
        const autopilot = {
            ...autopilotBody(decision.configuration),
            // The least that the server takes: with five minutes, the default, the later tests would wait for as long.
            dead_server_last_contact_threshold: "60s",
            server_stabilization_time: "1s",
        };
        [told, untold, drought] = await Promise.all([
            at.cluster(),
            at.cluster({ autopilot }),
            at.cluster({ autopilot }),
        ]);
        // The later tests begin here, so that their minute passes during the first.
        writers.push(startWriter(untold, "untold"), startWriter(drought, "drought"));
        await Promise.all([killTwo(untold), killTwo(drought)]);
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
        await killTwo(untold);
        await until("writes go on", 30_000, () => untold.write("after", "written"));
        await writer.stop();
        assert.deepEqual(await lost(untold, writer), []);
    });

    it("lives on where two are killed, nothing replaces them, and a third is killed", async () => {
        // Five voters would need three: the dead are to be out of the count, which a larger minimum forbids.
        await drought.settled(120_000);
        assert.equal((await drought.servers()).length, 3);
        const [, writer] = writers;
        assert(writer);
        await drought.destroy(await drought.leader());
        await until("writes go on", 30_000, () => drought.write("after", "written"));
        await writer.stop();
        assert.deepEqual(await lost(drought, writer), []);
    });
});
