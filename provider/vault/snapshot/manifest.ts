/** The manifest beside a snapshot: written last, so that a snapshot without one does not count. */
import { z } from "zod";
import { inventorySchema, type InventorySpan } from "./inventory";
import { CANARY_KEY } from "./canary-path";
import { parseId, snapshotId } from "./names";
import { SnapshotRefused } from "./refuse";
import { jsonOf } from "../../json";
import { isMountPath } from "../mount-path";

const manifestSchema = z.object({
    /** Of this form. */
    version: z.literal(1),
    /** Its name in the bucket, without place and ending. */
    id: z.string(),
    /** As users call it. */
    cluster: z.string(),
    /** As the server calls itself. */
    clusterId: z.string().min(1),
    serverVersion: z.string(),
    /** Bytes of the archive. */
    size: z.int().positive(),
    /** SHA-256 of the archive, hexadecimal in small letters. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    index: z.int().positive(),
    term: z.int().positive(),
    savedAt: z.iso.datetime(),
    /** What a restored server must have at this place. The nonce is random and no secret. */
    canary: z.object({
        mount: z.string().refine(isMountPath),
        key: z.literal(CANARY_KEY),
        nonce: z.string().min(1),
    }),
    /** The key of S3's encryption, where one was named. */
    kmsKeyId: z.string().optional(),
    /** What the server had before the snapshot was taken, where whoever saved it may list that. */
    inventory: inventorySchema.optional(),
    /** What it had once the snapshot was taken, where that is not the same. */
    inventoryAfter: inventorySchema.optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What a restored server must have; undefined where the manifest does not say. */
export function inventoryOf({ inventory, inventoryAfter }: Manifest): InventorySpan | undefined {
    return inventory === undefined ? undefined : [inventory, inventoryAfter ?? inventory];
}

export function manifestText(manifest: Manifest): string {
    return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Reads a manifest. What it says again has to be what its name and its place say: else an old state could pass for
 * today's, and one cluster's for another's.
 * @param id of the snapshot that it stands beside
 * @param cluster in whose folder it is
 * @throws SnapshotRefused where it is none, or another snapshot's
 */
export function parseManifest(text: string, id: string, cluster: string): Manifest {
    const parsed = manifestSchema.safeParse(jsonOf(text));
    const remedy =
        "Choose another snapshot, and see who else can write to the bucket: no snapshot is saved like this.";
    if (!parsed.success) throw new SnapshotRefused(`The manifest of ${id} cannot be read as one.`, remedy);
    const { savedAt, index } = parsed.data;
    // The name has the index that the node had before the snapshot was taken.
    const least = parseId(id)?.index;
    const isOwn =
        least !== undefined &&
        parsed.data.id === id &&
        parsed.data.cluster === cluster &&
        snapshotId(new Date(savedAt), least) === id &&
        index >= least;
    if (isOwn) return parsed.data;
    throw new SnapshotRefused(`The manifest beside ${id} is that of another snapshot.`, remedy);
}
