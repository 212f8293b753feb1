/** The node service on five nodes of the real server: what it does when the instance is to be ended. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../tools/services/vault-cluster";
import { AGENT, agentClusterOrSkip, type AgentCluster, type ServedNode } from "../support/vault-agents";
import { startWriter } from "../support/vault-clusters";

describe("the node service, when its instance is to be ended", function () {
    this.timeout(300_000);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-agents-"));
    let agents: AgentCluster;

    before(async function () {
        // A look at the notices every second, and turns of a second.
        agents = await agentClusterOrSkip(this, { directory, pace: 2 });
    });

    after(async () => {
        await (agents as AgentCluster | undefined)?.close();
        rmSync(directory, { recursive: true, force: true });
    });

    afterEach(function () {
        if (this.currentTest?.state !== "failed") return;
        // The next ones are not to fail by it.
        agents.scaling.fail(false);
        for (const { node, log } of agents.served()) console.log(`${node.id}\n${log()}`);
    });

    /** Actions on a node's hook that were accepted, in their order. */
    const actions = ({ node }: ServedNode): readonly string[] =>
        agents.scaling
            .calls()
            .filter(({ parameters }) => parameters.InstanceId === node.id)
            .map(({ action }) => action);
    const members = async (): Promise<readonly string[]> =>
        (await agents.cluster.servers()).map((server) => server.node_id);
    /** Waits until a node has left, its server is down and its hook completed; gives the milliseconds. */
    const drained = async (served: ServedNode): Promise<number> => {
        const start = performance.now();
        await until(`${served.node.id} is drained`, 60_000, async () => {
            const done = actions(served).includes("CompleteLifecycleAction") && !served.node.isRunning();
            return done && !(await members()).includes(served.node.id);
        });
        return performance.now() - start;
    };
    /** Replaces nodes that left or are dead, so that there are five voters again. */
    const refill = async (): Promise<void> => {
        const counted = await members();
        for (const node of agents.cluster.nodes().filter((each) => !each.isRunning()))
            if (counted.includes(node.id)) await agents.cluster.remove(node.id);
        const lacking = 5 - (await members()).length;
        await Promise.all(Array.from({ length: lacking }, () => agents.add()));
        await agents.cluster.settled();
    };

    it("drains the leader in under 30 seconds, and writes pause for less than one", async () => {
        const gaps: number[] = [];
        // What else the machine does can only make the pause longer: of three tries one has to do.
        do {
            await refill();
            const leader = await agents.leader();
            const writer = startWriter(agents.cluster, `steady-${gaps.length}`, 0);
            await sleep(1_000);
            leader.metadata.announce({ targetState: "Terminated" });
            const took = await drained(leader);
            await writer.stop();
            const [gap, count] = [writer.longestPause(), writer.acknowledged().size];
            gaps.push(gap);
            console.log(
                `      drained in ${(took / 1_000).toFixed(1)} s; longest pause of ${count} writes ${gap.toFixed(0)} ms`,
            );
            assert.ok(took < 30_000);
            assert.ok(count > 100);
            assert.deepEqual(actions(leader), ["CompleteLifecycleAction"]);
            assert.deepEqual(agents.scaling.calls().at(-1)?.parameters, {
                AutoScalingGroupName: agents.cluster.name,
                LifecycleHookName: "leave",
                LifecycleActionResult: "CONTINUE",
                InstanceId: leader.node.id,
            });
            assert.equal((await members()).length, 4);
            assert.equal(await leader.replacement(), 503);
        } while (Math.min(...gaps) >= 1_000 && gaps.length < 3);
        assert.ok(Math.min(...gaps) < 1_000, `writes paused for ${gaps.join(" and ")} ms`);
    });

    it("hands over the lead on a rebalance recommendation, and stays until its hook is there", async () => {
        await refill();
        const leader = await agents.leader();
        leader.metadata.announce({ rebalance: new Date() });
        await until("another node leads", 30_000, async () => (await agents.leader()) !== leader);
        // Some looks at the notices.
        await sleep(2_500);
        assert.deepEqual(
            (await members()).toSorted(),
            agents.cluster
                .nodes()
                .filter((node) => node.isRunning())
                .map(({ id }) => id)
                .toSorted(),
        );
        assert.deepEqual(actions(leader), []);
        assert.equal(await leader.replacement(), 200);
        leader.metadata.announce({ rebalance: new Date(), targetState: "Terminated" });
        await drained(leader);
        assert.deepEqual(actions(leader), ["CompleteLifecycleAction"]);
    });

    it("leaves on the interruption notice alone, and completes the hook when there is one", async () => {
        await refill();
        const [follower] = await agents.followers();
        assert.ok(follower);
        follower.metadata.announce({ interruption: new Date(Date.now() + 120_000) });
        await until("it has left", 60_000, async () => !(await members()).includes(follower.node.id));
        await until("its server is down", 60_000, () => Promise.resolve(!follower.node.isRunning()));
        assert.deepEqual(actions(follower), []);
        follower.metadata.announce({ interruption: new Date(), targetState: "Terminated" });
        await drained(follower);
    });

    it("finishes what a killed service began, by asking the others about a server that is stopped", async () => {
        await refill();
        const leader = await agents.leader();
        agents.scaling.fail(true);
        leader.metadata.announce({ targetState: "Terminated" });
        await until("it leads no more", 30_000, async () => (await agents.leader()) !== leader);
        await leader.agent().end("SIGKILL");
        await leader.startAgent();
        await until("its server is down", 60_000, () => Promise.resolve(!leader.node.isRunning()));
        await until("it has tried its hook", 30_000, () =>
            Promise.resolve(agents.scaling.refusals().length > 0),
        );
        assert.match(leader.log(), /autoscaling answered HTTP 500 InternalFailure/);
        agents.scaling.fail(false);
        await drained(leader);
        assert.deepEqual(actions(leader), ["CompleteLifecycleAction"]);
    });

    it("leaves through the others where its server is sealed, and where it is down", async () => {
        await refill();
        const [sealed, down] = await agents.followers();
        assert.ok(sealed && down);
        // Each has seen the others by now.
        await sleep(3_000);
        await sealed.node.ask("PUT", "sys/seal", { token: agents.cluster.token });
        await until("it is sealed", 10_000, async () => (await sealed.node.health()) === 503);
        assert.equal(await sealed.replacement(), 200);
        sealed.metadata.announce({ targetState: "Terminated" });
        await drained(sealed);
        await refill();
        await down.node.kill();
        down.metadata.announce({ targetState: "Terminated" });
        await drained(down);
    });

    it("lets a turn pass that it slept through, in which another may have left", async () => {
        await refill();
        // Of four, one may leave.
        const [first, paused, other] = await agents.followers();
        assert.ok(first && paused && other);
        await agents.cluster.remove(first.node.id);
        await agents.cluster.destroy(first.node);
        const stopped = join(directory, "stopped");
        const program = join(directory, "stopping.py");
        writeFileSync(program, stoppingAgent(stopped));
        await paused.agent().end("SIGKILL");
        await paused.startAgent(program);
        paused.metadata.announce({ targetState: "Terminated" });
        await until("it is stopped in its turn", 60_000, () => Promise.resolve(existsSync(stopped)));
        other.metadata.announce({ targetState: "Terminated" });
        await drained(other);
        paused.agent().signal("SIGCONT");
        await until("it stays", 60_000, () =>
            Promise.resolve(paused.log().includes("stays in Raft: 2 voters would remain of a cluster of 5")),
        );
        assert.match(paused.log(), /the turn to leave is over/);
        assert.ok((await members()).includes(paused.node.id));
        assert.equal((await members()).length, 3);
        await agents.add();
        await drained(paused);
    });

    it("lets two of three leave that are noticed at once, and holds the third until there are others", async () => {
        await refill();
        const three = [await agents.leader(), ...(await agents.followers()).slice(0, 2)];
        for (const { metadata } of three) metadata.announce({ targetState: "Terminated" });
        const held = (): readonly ServedNode[] => three.filter((each) => each.node.isRunning());
        await until("two are drained", 60_000, () => Promise.resolve(held().length === 1));
        const [last] = held();
        assert.ok(last);
        await until("the last one stays", 60_000, () =>
            Promise.resolve(last.log().includes("stays in Raft: 2 voters would remain of a cluster of 5")),
        );
        // Longer than a round of turns.
        await sleep(4_000);
        assert.equal((await members()).length, 3);
        assert.equal(await agents.cluster.write("three", "1"), true);
        await agents.add();
        await drained(last);
    });

    it("stays, and holds its hook, where quorum would break; and leaves once a node is back", async () => {
        await refill();
        const [back, gone, noticed] = await agents.followers();
        assert.ok(back && gone && noticed);
        await back.node.kill();
        await gone.node.kill();
        noticed.metadata.announce({ interruption: new Date(), targetState: "Terminated" });
        await until("it has spoken", 20_000, () => Promise.resolve(noticed.log().includes("stays in Raft")));
        await until("its hook is held", 30_000, () => Promise.resolve(actions(noticed).length > 0));
        assert.match(noticed.log(), /stays in Raft: 2 of the 4 other voters are alive, and 3 are needed/);
        assert.deepEqual(actions(noticed), ["RecordLifecycleActionHeartbeat"]);
        assert.equal((await members()).length, 5);
        assert.ok(noticed.node.isRunning());
        assert.equal(await agents.cluster.write("held", "1"), true);
        await back.startServer();
        await drained(noticed);
        assert.deepEqual(actions(noticed), ["RecordLifecycleActionHeartbeat", "CompleteLifecycleAction"]);
        assert.equal(await agents.cluster.write("held", "2"), true);
    });

    it("holds its hook where it may not even sign in, and leaves once it may", async () => {
        await refill();
        const role = "auth/cert/certs/node";
        const { text } = await agents.cluster.call("GET", role);
        // What the role is made of, as the server answers it.
        const { data } = JSON.parse(text) as { data: Readonly<Record<string, unknown>> };
        await agents.cluster.call("DELETE", role);
        // Its service is new, and has no token of before.
        const added = await agents.add();
        added.metadata.announce({ targetState: "Terminated" });
        await until("its hook is held", 60_000, () => Promise.resolve(actions(added).length > 0));
        assert.match(added.log(), /signing in to the cluster: HTTP 400/);
        assert.deepEqual([...new Set(actions(added))], ["RecordLifecycleActionHeartbeat"]);
        assert.ok((await members()).includes(added.node.id));
        await agents.cluster.call("PUT", role, { body: data });
        await drained(added);
    });

    it("logged neither the role's key nor a token of any kind", () => {
        const log = agents
            .served()
            .map((each) => each.log())
            .join("");
        assert.match(log, /hands over the lead/);
        for (const secret of ["ASIATEST", "BEGIN ", "hvb.", "b.AAAA", agents.cluster.token])
            assert.ok(!log.includes(secret), `${secret} in ${log}`);
    });
});

/** The service, stopped once by a signal to itself when it is about to leave: as a machine that stands still. */
function stoppingAgent(mark: string): string {
    return `
import os, signal, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(dirname(AGENT))})
import agent

ask = agent.Cluster.ask

def asking(self, host, method, path, *rest):
    if path.endswith("remove-peer") and not os.path.exists(${JSON.stringify(mark)}):
        open(${JSON.stringify(mark)}, "w").close()
        os.kill(os.getpid(), signal.SIGSTOP)
    return ask(self, host, method, path, *rest)

agent.Cluster.ask = asking
agent.main()
`;
}
