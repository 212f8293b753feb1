/** The check of a snapshot's archive as it streams past: gzip, tar, members and digests, in bounded memory. */
import { createHash, type Hash } from "node:crypto";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { openFeed } from "./feed";
import { systemCodeOf } from "../../system-code";
import {
    AGAIN,
    isMemberName,
    judgeMembers,
    LARGEST_SMALL_MEMBER,
    type Member,
    type MemberName,
    type SnapshotMeta,
} from "./members";
import { SnapshotRefused } from "./refuse";

/** What is known of an archive that is whole. */
export interface ArchiveFacts extends SnapshotMeta {
    /** Bytes of the archive as it is stored: compressed. */
    readonly size: number;
    /** SHA-256 of these bytes, hexadecimal in small letters. */
    readonly sha256: string;
}

export interface ArchiveCheck {
    /**
     * Takes the next bytes; resolves once they are copied, and more may come.
     * @throws SnapshotRefused as soon as the archive is seen not to be whole
     */
    write(chunk: Uint8Array): Promise<void>;
    /**
     * Ends the archive.
     * @throws SnapshotRefused where it is not whole
     */
    end(): Promise<ArchiveFacts>;
    /** Gives the check up. */
    stop(): void;
}

const BLOCK = 512;
/** A tar ends with two blocks of zeros. */
const TAR_END = 2 * BLOCK;
/** Magic number, deflate, and none of the optional fields: what servers write. */
const GZIP_START = Buffer.from([0x1f, 0x8b, 8, 0]);

/** What is inflated at once, in bytes: each time costs a turn of another thread. */
const INFLATED_BYTES = 128 * 1024;

/** Begins the check of one archive. Nothing of its data is kept but the three small members. */
export function openArchiveCheck(): ArchiveCheck {
    const whole = createHash("sha256");
    const gunzip = createGunzip({ chunkSize: INFLATED_BYTES });
    const tar = extract();
    const members = new Map<MemberName, Member>();
    let size = 0;
    let start = Buffer.alloc(0);
    /** The last eight bytes: where gzip keeps the checksum and the size of what it compressed. */
    let tail = Buffer.alloc(0);
    let inflated = 0;
    let membersSize = 0;
    const seen: { failure?: Error } = {};

    const fail = (error: Error): void => {
        seen.failure ??= error instanceof SnapshotRefused ? error : notWhole(error);
        gunzip.destroy();
        tar.destroy();
    };
    const finished = new Promise<void>((resolve) => {
        tar.on("finish", resolve);
        tar.on("close", resolve);
    });
    gunzip.on("error", fail);
    tar.on("error", fail);
    gunzip.on("data", (chunk: Buffer) => {
        inflated += chunk.length;
    });
    gunzip.pipe(tar);
    tar.on("entry", (headers, entry, next) => {
        membersSize += BLOCK + Math.ceil(headers.size / BLOCK) * BLOCK;
        readMember(headers, entry, members).then(() => {
            next();
        }, fail);
    });

    const feed = openFeed(gunzip, (piece) => {
        size += piece.length;
        if (start.length < GZIP_START.length) {
            start = Buffer.concat([start, piece]).subarray(0, GZIP_START.length);
            if (!start.equals(GZIP_START.subarray(0, start.length))) {
                fail(new SnapshotRefused("The archive does not begin as one does (gzip).", AGAIN));
            }
        }
        tail = Buffer.concat([tail, piece.subarray(-8)]).subarray(-8);
        whole.update(piece);
    });

    return {
        async write(chunk) {
            for (let from = 0; from < chunk.length;) {
                while (feed.isBusy() && seen.failure === undefined) await feed.progress();
                throwIf(seen.failure);
                from += feed.take(chunk.subarray(from));
            }
            throwIf(seen.failure);
        },
        async end() {
            feed.flush();
            throwIf(seen.failure);
            if (size === 0) {
                throw new SnapshotRefused("The archive is empty: not one byte came.", AGAIN);
            }
            gunzip.end();
            await finished;
            throwIf(seen.failure);
            // A second gzip stream behind the first has a size of its own; zeros behind it are not read at all.
            if (gunzip.bytesWritten !== size || tail.readUInt32LE(4) !== inflated % 2 ** 32) {
                throw new SnapshotRefused("Something stands behind the end of the archive.", AGAIN);
            }
            if (inflated < membersSize + TAR_END) {
                throw new SnapshotRefused("The archive's tar has no end.", AGAIN);
            }
            const meta = judgeMembers(members);
            return { ...meta, size, sha256: whole.digest("hex") };
        },
        stop() {
            gunzip.destroy();
            tar.destroy();
        },
    };
}

/**
 * Checks an archive that comes in chunks.
 * @throws SnapshotRefused where it is not whole, and whatever its source throws
 */
export async function checkArchive(chunks: AsyncIterable<Uint8Array>): Promise<ArchiveFacts> {
    const check = openArchiveCheck();
    try {
        for await (const chunk of chunks) await check.write(chunk);
        return await check.end();
    } finally {
        check.stop();
    }
}

async function readMember(
    { name, type, size }: Header,
    entry: AsyncIterable<unknown>,
    members: Map<MemberName, Member>,
): Promise<void> {
    if (!isMemberName(name) || type !== "file") {
        throw new SnapshotRefused("The archive holds something that no snapshot holds.", AGAIN);
    }
    if (members.has(name)) throw new SnapshotRefused(`The archive holds ${name} twice.`, AGAIN);
    if (name !== "state.bin" && size > LARGEST_SMALL_MEMBER) {
        throw new SnapshotRefused(`The archive's ${name} is larger than any snapshot's.`, AGAIN);
    }
    const hash: Hash = createHash("sha256");
    const kept: Buffer[] = [];
    for await (const chunk of entry) {
        // Entries of tar-stream are made of buffers.
        const bytes = chunk as Buffer;
        hash.update(bytes);
        if (name !== "state.bin") kept.push(bytes);
    }
    members.set(name, { size, sha256: hash.digest("hex"), content: Buffer.concat(kept) });
}

function notWhole(error: Error): SnapshotRefused {
    const why = systemCodeOf(error) ?? error.message;
    return new SnapshotRefused(`The archive is damaged or was cut short (${why}).`, AGAIN, error);
}

function throwIf(failure: Error | undefined): void {
    if (failure !== undefined) throw failure;
}
