/** The node service on nodes of the real server: when it has its node replaced, and when it keeps still. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { until } from "../../tools/services/vault-cluster";
import { agentClusterOrSkip, type AgentCluster, type ServedNode } from "../support/vault-agents";

describe("the node service, about its node's replacement", function () {
    this.timeout(120_000);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-agents-"));
    let agents: AgentCluster;

    before(async function () {
        // A look at the members every second: three of them decide.
        agents = await agentClusterOrSkip(this, { directory, nodes: 3, pace: 20 });
    });

    after(async () => {
        await (agents as AgentCluster | undefined)?.close();
        rmSync(directory, { recursive: true, force: true });
    });

    const reported = ({ node }: ServedNode): boolean =>
        agents.scaling
            .calls()
            .some((call) => call.action === "SetInstanceHealth" && call.parameters.InstanceId === node.id);

    it("finds nothing wrong with members, whoever asks over TLS, and answers nothing else", async () => {
        for (const served of agents.served()) assert.equal(await served.replacement(), 200);
        await sleep(5_000);
        assert.deepEqual(agents.scaling.calls(), []);
        assert.deepEqual(agents.scaling.refusals(), []);
    });

    it("keeps still about a sealed node and one that is down, as long as Raft counts it", async () => {
        const [sealed, down] = await agents.followers();
        assert.ok(sealed && down);
        await sealed.node.ask("PUT", "sys/seal", { token: agents.cluster.token });
        await sleep(5_000);
        assert.equal(await sealed.replacement(), 200);
        await sealed.node.kill();
        await sleep(5_000);
        assert.equal(await sealed.replacement(), 200);
        await sealed.startServer();
        await agents.cluster.settled();
        assert.deepEqual(agents.scaling.calls(), []);
    });

    it("keeps still where the cluster has no quorum, whatever it was told before", async () => {
        const [one, other] = await agents.followers();
        assert.ok(one && other);
        await one.node.kill();
        await other.node.kill();
        await sleep(6_000);
        for (const served of agents.served()) assert.equal(await served.replacement(), 200);
        assert.deepEqual(agents.scaling.calls(), []);
        await one.startServer();
        await other.startServer();
        await agents.cluster.settled();
    });

    it("reports a node that Raft has removed, once, and stops its server, which answers as a standby", async () => {
        await agents.add();
        const [removed] = await agents.followers();
        assert.ok(removed);
        // The first reports are lost: until one is heard the server stays up, for a service that starts anew to see it.
        agents.scaling.fail(true);
        await agents.cluster.remove(removed.node.id);
        assert.equal(await removed.node.health(), 429);
        await until("a report is lost", 30_000, () => Promise.resolve(agents.scaling.refusals().length > 0));
        assert.equal(await removed.node.health(), 429);
        agents.scaling.fail(false);
        await until(`it is reported: ${removed.log()}`, 30_000, () => Promise.resolve(reported(removed)));
        await until("its server is down", 30_000, () => Promise.resolve(!removed.node.isRunning()));
        assert.equal(await removed.replacement(), 503);
        await sleep(3_000);
        assert.deepEqual(
            agents.scaling.calls().map(({ action, parameters }) => [action, parameters]),
            [
                [
                    "SetInstanceHealth",
                    {
                        InstanceId: removed.node.id,
                        HealthStatus: "Unhealthy",
                        ShouldRespectGracePeriod: "false",
                    },
                ],
            ],
        );
        assert.match(removed.log(), /Raft has removed this node/);
        for (const served of await agents.followers()) assert.equal(await served.replacement(), 200);
    });

    it("reports a node that was removed while it was down, and leaves a sealed one alone", async () => {
        while (agents.cluster.nodes().filter((node) => node.isRunning()).length < 5) await agents.add();
        const [down, sealed] = await agents.followers();
        assert.ok(down && sealed);
        await down.node.kill();
        await sealed.node.ask("PUT", "sys/seal", { token: agents.cluster.token });
        await until("it is sealed", 10_000, async () => (await sealed.node.health()) === 503);
        await agents.cluster.remove(down.node.id);
        await agents.cluster.remove(sealed.node.id);
        await until(`it is reported: ${down.log()}`, 30_000, () => Promise.resolve(reported(down)));
        await sleep(5_000);
        assert.equal(reported(sealed), false);
        assert.equal(await sealed.replacement(), 200);
    });
});
