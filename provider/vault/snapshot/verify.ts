/** Reads a snapshot back: its digest against its manifest, and its archive against itself. */
import { createHash } from "node:crypto";
import { checkArchive, type ArchiveFacts } from "./archive";
import { catalogueOf, lastSaved, type Catalogue } from "./catalogue";
import { parseManifest, type Manifest } from "./manifest";
import { checkPlace, folderOf, manifestKey, parseId, snapshotKey, type SnapshotPlace } from "./names";
import { SnapshotRefused } from "./refuse";
import type { SnapshotStore } from "./store";

export interface Verified {
    readonly key: string;
    readonly manifest: Manifest;
}

/** What is in the bucket for a cluster. @throws StoreFailed where the list is not complete */
export async function listSnapshots(store: SnapshotStore, place: SnapshotPlace): Promise<Catalogue> {
    checkPlace(place);
    return catalogueOf(await store.list(folderOf(place)), place);
}

/**
 * Finds a snapshot with its manifest; its bytes are not read yet.
 * @param wanted its name in the bucket, without place and ending; or "latest", the newest good one
 * @throws SnapshotRefused where there is none, StoreFailed
 */
export async function findSnapshot(
    store: SnapshotStore,
    place: SnapshotPlace,
    wanted: string,
): Promise<Verified> {
    checkPlace(place);
    const id = wanted === "latest" ? await newest(store, place) : wanted;
    if (parseId(id) === undefined) {
        throw new SnapshotRefused(
            `${JSON.stringify(id.slice(0, 80))} is no snapshot's name.`,
            'Give one of those that `portcullis snapshot list` shows, or "latest".',
        );
    }
    const text = await store.getText(manifestKey(place, id));
    if (text === undefined) {
        throw new SnapshotRefused(
            `The bucket has no manifest of ${id}: there is no such snapshot, or its save did not end well.`,
            "Choose one of those that `portcullis snapshot list` shows as good.",
        );
    }
    return { key: snapshotKey(place, id), manifest: parseManifest(text, id, place.cluster) };
}

/**
 * Reads a snapshot back whole.
 * @param watch is given each chunk after it was checked, and is waited for
 * @throws SnapshotRefused, StoreFailed
 */
export async function verifySnapshot(
    store: SnapshotStore,
    { key, manifest }: Verified,
    watch: (chunk: Uint8Array) => Promise<void> | void = () => undefined,
): Promise<ArchiveFacts> {
    const hash = createHash("sha256");
    const watched = async function* (): AsyncGenerator<Uint8Array> {
        let size = 0;
        for await (const chunk of store.get(key)) {
            hash.update(chunk);
            if ((size += chunk.length) > manifest.size) break;
            yield chunk;
            await watch(chunk);
        }
        // The digest is compared first: it tells a changed object from one that never was whole.
        if (size !== manifest.size || hash.digest("hex") !== manifest.sha256) throw changed(manifest.id);
    };
    const facts = await checkArchive(watched()).catch((error: unknown) => {
        // What is damaged stops the check on its way: the manifest says that it was whole once.
        throw error instanceof SnapshotRefused ? changed(manifest.id, error) : error;
    });
    if (facts.index !== manifest.index || facts.term !== manifest.term) throw changed(manifest.id);
    return facts;
}

/**
 * The bytes of a snapshot that was verified, read once more. The last of them come only where all are the same as then,
 * so that whoever sends them on never sends another object whole.
 * @throws SnapshotRefused, StoreFailed
 */
export async function* unchangedBytes(
    store: SnapshotStore,
    { key, manifest }: Verified,
): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    let size = 0;
    let held: Uint8Array | undefined;
    for await (const chunk of store.get(key)) {
        if (chunk.length === 0) continue;
        if ((size += chunk.length) > manifest.size) throw changed(manifest.id);
        hash.update(chunk);
        if (held !== undefined) yield held;
        held = chunk;
    }
    if (held === undefined || hash.digest("hex") !== manifest.sha256) throw changed(manifest.id);
    yield held;
}

async function newest(store: SnapshotStore, place: SnapshotPlace): Promise<string> {
    const { good, emptied } = await listSnapshots(store, place);
    const [first] = good;
    const lost = emptied.find(({ savedAt }) => first === undefined || savedAt >= first.savedAt);
    if (lost !== undefined) throw changed(lost.id);
    const last = lastSaved(good);
    if (first !== undefined && last !== undefined) {
        if (first.id === last.id) return first.id;
        throw new SnapshotRefused(
            `Which snapshot is the latest is not clear: ${first.id} was written to the bucket last, and ${last.id} has the later name.`,
            "Give the name of the one that is meant. Objects that were copied or restored have new times; if none were, find out who writes to the bucket.",
        );
    }
    throw new SnapshotRefused(
        `The bucket has no good snapshot of ${place.cluster}.`,
        "Check bucket, prefix and cluster; else save one now, by `portcullis snapshot save`.",
    );
}

function changed(id: string, cause?: unknown): SnapshotRefused {
    return new SnapshotRefused(
        `The snapshot ${id} is not what its manifest says: it was changed after it was saved.`,
        "Restore another one, or an older version of this object where the bucket keeps versions; and find out who wrote to it.",
        cause,
    );
}
