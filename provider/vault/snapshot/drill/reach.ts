/** Which parts of a snapshot would make a restored server act at other systems: leases that it revokes, passwords that it rotates. */
import type { InventorySpan } from "../inventory";
import { SnapshotRefused } from "../refuse";

/**
 * Secrets engines that keep to Vault's own storage. `ssh` is here, for its keys on other machines are gone since Vault
 * 1.13 and never were in OpenBao.
 */
const KEPT_TO_ITSELF: ReadonlySet<string> = new Set([
    ...[
        "cubbyhole",
        "generic",
        "identity",
        "kmip",
        "kv",
        "pki",
        "ssh",
        "system",
        "totp",
        "transform",
        "transit",
    ],
    ...["ns_cubbyhole", "ns_identity", "ns_system"],
]);

/**
 * What may act at other systems, as "database/ (database)": every secrets engine that is not known to keep to itself, and
 * every namespace, for what is mounted in it is not recorded.
 */
export function reachingOut(span: InventorySpan): readonly string[] {
    const found = span.flatMap(({ mounts, namespaces }) => [
        ...Object.entries(mounts)
            .filter(([, type]) => !KEPT_TO_ITSELF.has(type))
            .map(([path, type]) => `${path} (${type})`),
        ...namespaces.map((name) => `${name} (namespace)`),
    ]);
    return [...new Set(found)].sort();
}

/**
 * Refuses a drill that could end what production uses: a restored server counts leases that ended since the save as
 * expired, and revokes them at the systems that they are for, where production may have renewed them.
 * @param span what the manifest records; undefined where it records nothing
 * @param isolated whether the user says that the server reaches nothing but S3, STS and KMS
 * @throws SnapshotRefused
 */
export function refuseReach(span: InventorySpan | undefined, isolated: boolean): void {
    if (isolated) return;
    const remedy =
        "Run the drill where the network lets it reach S3, STS and KMS alone, and say so by --isolated.";
    if (span === undefined) {
        throw new SnapshotRefused(
            "The snapshot's manifest does not record what is mounted: among it may be secrets engines whose leases a restored server would revoke at other systems. Nothing was started.",
            `${remedy} A save whose role may read \`sys/mounts\` and so on records it.`,
        );
    }
    const found = reachingOut(span);
    if (found.length === 0) return;
    throw new SnapshotRefused(
        `The snapshot holds what acts at other systems: ${found.join(", ")}. A restored server would revoke leases there that ended since the save, where production may have renewed them, and rotate passwords that production knows. Nothing was started.`,
        remedy,
    );
}
