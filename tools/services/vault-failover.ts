/** How long a cluster takes no writes after its leader was killed. */
import { setTimeout as sleep } from "node:timers/promises";
import type { VaultCluster } from "./vault-cluster";

/** Kills the leader and gives the milliseconds until a write is acknowledged; then starts the node again. */
export async function failoverGap(cluster: VaultCluster): Promise<number> {
    const leader = await cluster.leader();
    await leader.kill();
    const killed = performance.now();
    const body = { data: { value: "after the leader" } };
    // A call that hangs is given up soon: it would hide when writes go on.
    const write = () => cluster.call("PUT", "secret/data/failover", { body, limit: 1_000 });
    for (;;) {
        const done = await write().then(
            () => true,
            () => false,
        );
        const gap = performance.now() - killed;
        if (done) {
            await leader.start();
            await cluster.settled();
            return gap;
        }
        if (gap > 120_000) throw new Error("no write was acknowledged for two minutes");
        await sleep(10);
    }
}
