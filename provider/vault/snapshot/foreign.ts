/**
 * Keeps the snapshot of one cluster from several nodes of another: the restored data names the peers of its own cluster,
 * and the active node may be left out of it. Source: openbao/openbao#2455.
 */
import { z } from "zod";
import type { VaultServer } from "../client";
import { VaultRefusal } from "../errors";
import type { Manifest } from "./manifest";
import { SnapshotRefused } from "./refuse";

const healthSchema = z.object({ cluster_id: z.string().default("") });
const raftSchema = z.object({
    data: z.object({ config: z.object({ servers: z.array(z.object({ node_id: z.string() })) }) }),
});

/**
 * Sees that a snapshot is restored into the cluster that it was taken of, or into a single node.
 *
 * @param server the active node's
 * @throws SnapshotRefused where it is another cluster's, and there are several nodes, or the token may not see how many
 */
export async function refuseForeign(
    server: VaultServer,
    token: string,
    { clusterId, id }: Pick<Manifest, "clusterId" | "id">,
): Promise<void> {
    const { data: health } = await server.call("GET", "sys/health", healthSchema, { accept: [429] });
    if (health.cluster_id === clusterId) return;
    try {
        const { data } = await server.call("GET", "sys/storage/raft/configuration", raftSchema, { token });
        const { length: nodes } = data.data.config.servers;
        if (nodes === 1) return;
        throw new SnapshotRefused(
            `The snapshot ${id} is another cluster's, and this one has ${nodes} nodes: its active node may be left out of what is restored. Nothing was sent.`,
            "Restore it into a cluster of one node, and let the others join afterwards, each with an empty folder.",
        );
    } catch (error) {
        if (!(error instanceof VaultRefusal) || error.status !== 403) throw error;
        throw new SnapshotRefused(
            `The snapshot ${id} is another cluster's, and the token may not see how many nodes this one has: into several, it must not be restored. Nothing was sent.`,
            "Restore with a token that may read sys/storage/raft/configuration too.",
            error,
        );
    }
}
