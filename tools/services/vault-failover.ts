/** How long a cluster takes no writes after two of its nodes were killed, the leader among them. */
import { setTimeout as sleep } from "node:timers/promises";
import { until, type VaultCluster } from "./vault-cluster";
import type { ClusterNode } from "./vault-node";

/** Kills the leader and another node, and gives the milliseconds until a write is acknowledged; then starts both again. */
export async function failoverGap(cluster: VaultCluster): Promise<number> {
    const leader = await leaderOf(cluster);
    const other = cluster.nodes().find((node) => node !== leader && node.isRunning());
    if (other === undefined) throw new Error("There is no second node to kill.");
    const lost = [leader, other];
    await Promise.all(lost.map((node) => node.kill()));
    const killed = performance.now();
    for (;;) {
        // A call that hangs is given up soon: it would hide when writes go on.
        const done = await cluster.write("failover", "after the leader", 1_000);
        const gap = performance.now() - killed;
        if (done) {
            await Promise.all(lost.map((node) => node.start()));
            await cluster.settled();
            return gap;
        }
        if (gap > 120_000) throw new Error("no write was acknowledged for two minutes");
        await sleep(10);
    }
}

/** The node that leads, as soon as one does: nodes that came back may have called for an election. */
async function leaderOf(cluster: VaultCluster): Promise<ClusterNode> {
    await until("a node leads", 60_000, () => cluster.leader().then(() => true));
    return cluster.leader();
}
