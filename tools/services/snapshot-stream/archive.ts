/** A snapshot's archive of any size in a file: valid members around data that does not compress, made as a stream. */
import { createCipheriv, createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";

/** An archive in a file. */
export interface ArchiveFile {
    readonly path: string;
    /** Bytes. */
    readonly size: number;
    /** SHA-256, hexadecimal in small letters. */
    readonly sha256: string;
}

/** Raft's index of every archive that is made here. */
export const INDEX = 4711;
const CHUNK = 1024 * 1024;

/**
 * Writes an archive whose `state.bin` has so many MiB. As Vault's own data, which is encrypted, it does not compress, so
 * that gzip stores it: it is only wrapped here, for trying to compress it would take minutes.
 */
export async function writeArchive(path: string, mebibytes: number): Promise<ArchiveFile> {
    const tar = pack();
    const whole = createHash("sha256");
    let size = 0;
    const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            whole.update(chunk);
            size += chunk.length;
            done(null, chunk);
        },
    });
    const gzip = createGzip({ level: 0, chunkSize: CHUNK });
    await Promise.all([pipeline(tar, gzip, counted, createWriteStream(path)), fill(tar, mebibytes)]);
    return { path, size, sha256: whole.digest("hex") };
}

async function fill(tar: ReturnType<typeof pack>, mebibytes: number): Promise<void> {
    const size = mebibytes * CHUNK;
    const meta = JSON.stringify({ Version: 1, ID: "bolt-snapshot", Index: INDEX, Term: 3, Size: size });
    tar.entry({ name: "meta.json", mode: 0o600 }, meta);
    // A cipher's stream is as good as random, and the same in every run.
    const random = createCipheriv("aes-256-ctr", Buffer.alloc(32), Buffer.alloc(16));
    const zeros = Buffer.alloc(CHUNK);
    const hash = createHash("sha256");
    const state = tar.entry({ name: "state.bin", mode: 0o600, size });
    for (let written = 0; written < mebibytes; written += 1) {
        const chunk = random.update(zeros);
        hash.update(chunk);
        if (!state.write(chunk)) await once(state, "drain");
    }
    state.end(null);
    const line = (name: string, digest: Hash): string => `${digest.digest("hex")}  ${name}\n`;
    const sums = line("state.bin", hash) + line("meta.json", createHash("sha256").update(meta));
    tar.entry({ name: "SHA256SUMS", mode: 0o600 }, sums);
    tar.entry({ name: "SHA256SUMS.sealed", mode: 0o600 }, "sealed");
    tar.finalize();
}
