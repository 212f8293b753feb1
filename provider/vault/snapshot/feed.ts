/** Feeds a stream with large pieces made of small ones, from memory that is used again and again. */
import type { Writable } from "node:stream";

/** Bytes of a piece: TLS gives 16 KiB at once, and each write to a gunzip costs a turn of another thread. */
const PIECE_BYTES = 256 * 1024;
/** While one is filled, others are worked on. */
const PIECES = 4;

export interface Feed {
    /** Whether all of the memory is in use. */
    isBusy(): boolean;
    /** Until some of it may be free, or the stream is closed. */
    progress(): Promise<void>;
    /** Copies what fits into the piece that is filled now, and writes it once it is full; gives the bytes copied. */
    take(chunk: Uint8Array): number;
    /** Writes what is left. */
    flush(): void;
}

/** `watch` sees each piece while the stream works on it, and must not keep it. */
export function openFeed(stream: Writable, watch: (piece: Buffer) => void): Feed {
    const free: Buffer[] = [];
    let made = 0;
    let filling: Buffer | undefined;
    let filled = 0;
    const write = (piece: Buffer, memory: Buffer): void => {
        stream.write(piece, () => {
            free.push(memory);
            stream.emit("fed");
        });
        watch(piece);
    };
    const flush = (): void => {
        if (filling !== undefined) write(filling.subarray(0, filled), filling);
        filling = undefined;
        filled = 0;
    };
    return {
        isBusy: () => filling === undefined && free.length === 0 && made === PIECES,
        progress: () =>
            new Promise((resolve) => {
                const done = (): void => {
                    stream.off("fed", done).off("close", done);
                    resolve();
                };
                stream.on("fed", done).on("close", done);
            }),
        take(chunk) {
            if (filling === undefined) {
                filling = free.pop();
                if (filling === undefined) {
                    filling = Buffer.allocUnsafeSlow(PIECE_BYTES);
                    made += 1;
                }
            }
            const part = chunk.subarray(0, PIECE_BYTES - filled);
            filling.set(part, filled);
            filled += part.length;
            if (filled === PIECE_BYTES) flush();
            return part.length;
        },
        flush,
    };
}
