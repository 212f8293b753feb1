/** Names of snapshots in a bucket: `<prefix><cluster>/<time>-<index>.snap`, and a manifest beside each. */
import { refuseSetting } from "./refuse";

/** Where one cluster's snapshots are. */
export interface SnapshotPlace {
    /** What every name begins with, as "vault/"; may be empty. */
    readonly prefix: string;
    /** The cluster's name, as users call it. */
    readonly cluster: string;
}

export interface SnapshotName {
    /** Without place and ending, as "20261122T173000Z-4711". */
    readonly id: string;
    readonly savedAt: Date;
    readonly index: number;
}

const SNAPSHOT = ".snap";
const MANIFEST = ".snap.json";

/** @throws PortcullisError `InvalidConfiguration` where a name would not tell clusters or folders apart */
export function checkPlace({ prefix, cluster }: SnapshotPlace): void {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(cluster)) {
        throw refuseSetting(
            "cluster",
            `${JSON.stringify(cluster.slice(0, 120))} cannot name a cluster's snapshots.`,
            "Give 1 to 100 letters, digits, dots, dashes or underscores, the first a letter or a digit.",
        );
    }
    if (!/^([A-Za-z0-9!_.'()-]+\/)*$/.test(prefix) || /(^|\/)\.{1,2}\//.test(prefix) || prefix.length > 500) {
        throw refuseSetting(
            "prefix",
            `${JSON.stringify(prefix.slice(0, 120))} is no prefix of objects.`,
            'Give folders, each ended by a slash, as "vault/"; or nothing.',
        );
    }
}

export function folderOf({ prefix, cluster }: SnapshotPlace): string {
    return `${prefix}${cluster}/`;
}

/** The name of a snapshot, by its UTC second and its index. */
export function snapshotId(savedAt: Date, index: number): string {
    return `${savedAt.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z-${index}`;
}

export function snapshotKey(place: SnapshotPlace, id: string): string {
    return `${folderOf(place)}${id}${SNAPSHOT}`;
}

export function manifestKey(place: SnapshotPlace, id: string): string {
    return `${folderOf(place)}${id}${MANIFEST}`;
}

/** What an object's key is the key of; undefined for what is none of these snapshots'. */
export function parseKey(
    place: SnapshotPlace,
    key: string,
): { readonly kind: "snapshot" | "manifest"; readonly name: SnapshotName } | undefined {
    const folder = folderOf(place);
    if (!key.startsWith(folder)) return undefined;
    const match = /^([^/]*?)\.snap(\.json)?$/.exec(key.slice(folder.length));
    const name = parseId(match?.[1] ?? "");
    if (match === null || name === undefined) return undefined;
    return { kind: match[2] === undefined ? "snapshot" : "manifest", name };
}

/** Undefined where the text is none, or not as `snapshotId` would write it. */
export function parseId(id: string): SnapshotName | undefined {
    const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{1,16})$/.exec(id);
    if (match === null) return undefined;
    const [, year, month, day, hour, minute, second, index] = match;
    const savedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (Number.isNaN(savedAt.getTime())) return undefined;
    return snapshotId(savedAt, Number(index)) === id ? { id, savedAt, index: Number(index) } : undefined;
}
