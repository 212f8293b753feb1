/** What a bucket's list of objects says of a cluster's snapshots, and which of them are too many: pure decisions. */
import { parseKey, type SnapshotName, type SnapshotPlace } from "./names";

/** An object as a bucket lists it. */
export interface StoredObject {
    readonly key: string;
    /** Bytes. */
    readonly size: number;
    /** By the bucket's clock. */
    readonly lastModified: Date;
}

/** A snapshot that has its manifest. */
export interface StoredSnapshot extends SnapshotName {
    readonly size: number;
    readonly lastModified: Date;
    readonly key: string;
    readonly manifestKey: string;
}

export interface Catalogue {
    /** The newest first, by the bucket's clock. */
    readonly good: readonly StoredSnapshot[];
    /** Keys of snapshots without a manifest: a save under way, or one that failed. */
    readonly incomplete: readonly string[];
    /** Those with a manifest, and nothing in one of the two objects: somebody wrote over them. */
    readonly emptied: readonly SnapshotName[];
    /** Manifests whose snapshot is gone: a prune left them. */
    readonly orphans: readonly StoredObject[];
}

/** Sorts a complete list of objects; what is no snapshot of the place is left out. */
export function catalogueOf(objects: readonly StoredObject[], place: SnapshotPlace): Catalogue {
    const parsed = objects.flatMap((object) => {
        const known = parseKey(place, object.key);
        return known === undefined ? [] : [{ object, ...known }];
    });
    const manifests = new Map(
        parsed.filter(({ kind }) => kind === "manifest").map(({ object, name }) => [name.id, object]),
    );
    const snapshots = parsed.filter(({ kind }) => kind === "snapshot");
    const ids = new Set(snapshots.map(({ name }) => name.id));
    const pairs = snapshots.flatMap(({ object, name }) => {
        const manifest = manifests.get(name.id);
        if (manifest === undefined) return [];
        const isEmpty = object.size === 0 || manifest.size === 0;
        return [{ isEmpty, name, snapshot: { ...name, ...object, manifestKey: manifest.key } }];
    });
    return {
        good: pairs.flatMap(({ isEmpty, snapshot }) => (isEmpty ? [] : [snapshot])).sort(newestFirst),
        incomplete: snapshots.filter(({ name }) => !manifests.has(name.id)).map(({ object }) => object.key),
        emptied: pairs.flatMap(({ isEmpty, name }) => (isEmpty ? [name] : [])),
        orphans: [...manifests].filter(([id]) => !ids.has(id)).map(([, object]) => object),
    };
}

/** By the bucket's clock, then by index, then by name: two lists of the same objects are in the same order. */
function newestFirst(one: StoredSnapshot, other: StoredSnapshot): number {
    return (
        other.lastModified.getTime() - one.lastModified.getTime() ||
        other.index - one.index ||
        (one.id < other.id ? 1 : -1)
    );
}

/** The one that was saved last by its name; undefined where there is none. */
export function lastSaved(good: readonly StoredSnapshot[]): StoredSnapshot | undefined {
    return [...good].sort(lastSavedFirst)[0];
}

/** By the time in their names, and as in `newestFirst` from there on. */
function lastSavedFirst(one: StoredSnapshot, other: StoredSnapshot): number {
    return other.savedAt.getTime() - one.savedAt.getTime() || newestFirst(one, other);
}

/** What a prune deletes, and in what order. */
export interface Pruning {
    readonly keep: readonly StoredSnapshot[];
    readonly drop: readonly StoredSnapshot[];
    /** Manifests of snapshots that earlier prunes deleted. */
    readonly orphans: readonly StoredObject[];
}

/**
 * All but the newest `keepLast` good snapshots, by the bucket's clock and by the times in their names alike: objects that
 * were copied have new times, and a name may say anything. Where the two agree, as they do unless somebody meddled,
 * exactly so many stay; where they do not, more do. A manifest without its snapshot goes too, where it is older than
 * what is kept: one that is newer may belong to a save that ended while the list was made.
 * @param keepLast 1 at least, so that the last good one always stays
 */
export function pruningOf({ good, orphans }: Catalogue, keepLast: number): Pruning {
    if (!Number.isInteger(keepLast) || keepLast < 1) throw new RangeError("at least one snapshot is kept");
    const named = new Set([...good].sort(lastSavedFirst).slice(0, keepLast));
    const keep = good.filter((snapshot, place) => place < keepLast || named.has(snapshot));
    const kept = new Set(keep);
    const oldest = good[keepLast - 1] ?? good.at(-1);
    return {
        keep,
        drop: good.filter((snapshot) => !kept.has(snapshot)),
        orphans: orphans.filter(
            ({ lastModified }) => oldest !== undefined && lastModified < oldest.lastModified,
        ),
    };
}
