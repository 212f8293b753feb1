/** Archives as Vault's snapshots are, made here, whole or wrong in chosen ways. */
import { createHash } from "node:crypto";
import { createGzip, gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export interface MadeArchive {
    /** Content of `state.bin`. */
    readonly state?: Buffer;
    readonly index?: number;
    /** Changes the members before they are packed. */
    readonly change?: (members: readonly MadeMember[]) => readonly MadeMember[];
    /** Changes meta.json before it is hashed. */
    readonly meta?: Readonly<Record<string, unknown>>;
}

export interface MadeMember {
    readonly name: string;
    readonly content: Buffer;
    readonly type?: "file" | "directory" | "symlink";
}

/** The archive's bytes, compressed as servers do it. */
export async function madeArchive(made: MadeArchive = {}): Promise<Buffer> {
    return gzipSync(await madeTar(made));
}

/** The same before it is compressed. */
export async function madeTar({
    state = Buffer.from("state"),
    index = 42,
    change = (members) => members,
    meta = {},
}: MadeArchive = {}): Promise<Buffer> {
    const metaJson = Buffer.from(
        JSON.stringify({
            Version: 1,
            ID: "bolt-snapshot",
            Index: index,
            Term: 3,
            Size: state.length,
            ...meta,
        }),
    );
    const digest = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
    const members = change([
        { name: "meta.json", content: metaJson },
        { name: "state.bin", content: state },
        {
            name: "SHA256SUMS",
            content: Buffer.from(`${digest(state)}  state.bin\n${digest(metaJson)}  meta.json\n`),
        },
        { name: "SHA256SUMS.sealed", content: Buffer.from("sealed") },
    ]);
    const tar = pack();
    for (const { name, content, type = "file" } of members) {
        if (type === "file") tar.entry({ name, mode: 0o600 }, content);
        else tar.entry({ name, type, linkname: "/" });
    }
    tar.finalize();
    const parts: Buffer[] = [];
    for await (const part of tar) parts.push(part as Buffer);
    return Buffer.concat(parts);
}

/** An archive of so many MiB of zeros, made without ever holding them. */
export async function largeArchive(mebibytes: number): Promise<Buffer> {
    const chunk = Buffer.alloc(1024 * 1024);
    const hash = createHash("sha256");
    for (let count = 0; count < mebibytes; count += 1) hash.update(chunk);
    const size = mebibytes * chunk.length;
    const meta = JSON.stringify({ Version: 1, Index: 42, Term: 3, Size: size });
    const metaDigest = createHash("sha256").update(meta).digest("hex");
    const tar = pack();
    const write = async (): Promise<void> => {
        tar.entry({ name: "meta.json" }, meta);
        const state = tar.entry({ name: "state.bin", size });
        for (let count = 0; count < mebibytes; count += 1) {
            if (!state.write(chunk)) {
                await new Promise<void>((resolve) => {
                    state.once("drain", () => {
                        resolve();
                    });
                });
            }
        }
        state.end(null);
        tar.entry({ name: "SHA256SUMS" }, `${hash.digest("hex")}  state.bin\n${metaDigest}  meta.json\n`);
        tar.entry({ name: "SHA256SUMS.sealed" }, "sealed");
        tar.finalize();
    };
    const parts: Buffer[] = [];
    const gzip = createGzip();
    tar.pipe(gzip);
    void write();
    for await (const part of gzip) parts.push(part as Buffer);
    return Buffer.concat(parts);
}

/** The bytes in chunks of these sizes, over and over. */
export async function* inChunks(
    bytes: Uint8Array,
    sizes: readonly number[] = [65_536],
): AsyncGenerator<Uint8Array> {
    let from = 0;
    for (let turn = 0; from < bytes.length; turn += 1) {
        const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
        yield await Promise.resolve(bytes.subarray(from, from + size));
        from += size;
    }
}
