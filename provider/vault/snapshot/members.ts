/** What is inside a snapshot's archive, and whether its parts agree: pure decisions over names, sizes and digests. */
import { z } from "zod";
import { SnapshotRefused } from "./refuse";
import { jsonOf } from "../../json";

/** The members of an archive as OpenBao 2.6 and Vault write it, in whatever order. */
export const MEMBERS = ["meta.json", "state.bin", "SHA256SUMS", "SHA256SUMS.sealed"] as const;
export type MemberName = (typeof MEMBERS)[number];

/** The largest that a member other than the data may be, in bytes: it is held in memory. */
export const LARGEST_SMALL_MEMBER = 1024 * 1024;

/** One member as it was read. */
export interface Member {
    /** Bytes. */
    readonly size: number;
    /** SHA-256, hexadecimal in small letters. */
    readonly sha256: string;
    /** The content; empty for `state.bin`, which is only hashed. */
    readonly content: Buffer;
}

/** What an archive says of itself. */
export interface SnapshotMeta {
    /** Raft's index of the last entry in it. */
    readonly index: number;
    /** Raft's term of that entry. */
    readonly term: number;
    /** The form of the archive. */
    readonly formatVersion: number;
    /** Bytes of `state.bin`. */
    readonly stateSize: number;
}

/** What to do where an archive is not whole. */
export const AGAIN = "Take a new snapshot; this one cannot be restored and does not count.";

const metaSchema = z.object({
    Version: z.int().nonnegative(),
    Index: z.int().positive(),
    Term: z.int().positive(),
    Size: z.int().nonnegative(),
});

export function isMemberName(name: string): name is MemberName {
    return (MEMBERS as readonly string[]).includes(name);
}

/**
 * Judges the members of one archive.
 * @throws SnapshotRefused naming the member at fault
 */
export function judgeMembers(members: ReadonlyMap<MemberName, Member>): SnapshotMeta {
    const member = (name: MemberName): Member => {
        const found = members.get(name);
        if (found === undefined) throw new SnapshotRefused(`The archive has no ${name}.`, AGAIN);
        return found;
    };
    const meta = readMeta(member("meta.json").content);
    const state = member("state.bin");
    const sums = readSums(member("SHA256SUMS").content.toString("utf8"));
    for (const name of ["meta.json", "state.bin"] as const) {
        if (sums.get(name) === member(name).sha256) continue;
        throw new SnapshotRefused(`The archive's ${name} does not have the digest in SHA256SUMS.`, AGAIN);
    }
    if (member("SHA256SUMS.sealed").size === 0) {
        throw new SnapshotRefused(
            "The archive's SHA256SUMS.sealed is empty, and no server would restore it.",
            AGAIN,
        );
    }
    if (meta.stateSize !== state.size) {
        throw new SnapshotRefused(
            `The archive's state.bin has ${state.size} bytes, and its meta.json says ${meta.stateSize}.`,
            AGAIN,
        );
    }
    return meta;
}

function readMeta(content: Buffer): SnapshotMeta {
    const parsed = metaSchema.safeParse(jsonOf(content.toString("utf8")));
    if (!parsed.success) {
        throw new SnapshotRefused("The archive's meta.json is not that of a Raft snapshot.", AGAIN);
    }
    const { Version, Index, Term, Size } = parsed.data;
    return { formatVersion: Version, index: Index, term: Term, stateSize: Size };
}

/** Reads lines of `<digest>  <name>`: each of the two members once, and no other. */
function readSums(text: string): ReadonlyMap<string, string> {
    const lines = text.split("\n").filter((line) => line !== "");
    const pairs = lines.map((line) => /^([0-9a-f]{64}) [ *](meta\.json|state\.bin)$/.exec(line));
    const sums = new Map(pairs.map((pair) => [pair?.[2] ?? "", pair?.[1] ?? ""]));
    if (pairs.length !== 2 || sums.size !== 2 || sums.has("")) {
        throw new SnapshotRefused(
            "The archive's SHA256SUMS does not name meta.json and state.bin, each once.",
            AGAIN,
        );
    }
    return sums;
}
