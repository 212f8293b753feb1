/** Deletes the good snapshots beyond the newest so many, in an order that leaves nothing that only looks good. */
import { pruningOf, type Pruning } from "./catalogue";
import type { SnapshotPlace } from "./names";
import { refuseSetting } from "./refuse";
import type { SnapshotStore } from "./store";
import { listSnapshots } from "./verify";

/**
 * Keeps exactly the newest `keepLast` good snapshots, by the bucket's clock, or all where there are fewer. Snapshots
 * without a manifest, and what is none of them, stay. Nothing is deleted where the list is not complete.
 *
 * Snapshots go before their manifests: a prune that is killed leaves manifests without a snapshot, which never count
 * and which the next prune removes; in the other order large objects would stay for ever.
 * @throws StoreFailed, PortcullisError `InvalidConfiguration`
 */
export async function pruneSnapshots(
    store: SnapshotStore,
    place: SnapshotPlace,
    keepLast: number,
    dryRun = false,
): Promise<Pruning> {
    if (!Number.isInteger(keepLast) || keepLast < 1) {
        throw refuseSetting(
            "keepLast",
            "Not even the last good snapshot would be kept.",
            "Keep a whole number of them, 1 at least.",
        );
    }
    const pruning = pruningOf(await listSnapshots(store, place), keepLast);
    if (dryRun) return pruning;
    await store.delete(pruning.drop.map(({ key }) => key));
    await store.delete([
        ...pruning.drop.map(({ manifestKey }) => manifestKey),
        ...pruning.orphans.map(({ key }) => key),
    ]);
    return pruning;
}
