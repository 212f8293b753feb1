/** Feeding a stream from memory that is used again: the bytes arrive as they were, and a slow stream is waited for. */
import { Writable } from "node:stream";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { openFeed } from "../../../../../provider/vault/snapshot/feed";

const PIECE = 256 * 1024;

/** Takes each piece late, and copies it only then, as a thread does that works on it meanwhile. */
function slowStream(): {
    readonly stream: Writable;
    readonly bytes: () => Buffer;
    readonly pieces: number[];
} {
    const taken: Buffer[] = [];
    const pieces: number[] = [];
    const stream = new Writable({
        write(piece: Buffer, _encoding, done) {
            setImmediate(() => {
                taken.push(Buffer.from(piece));
                pieces.push(piece.length);
                done();
            });
        },
    });
    return { stream, bytes: () => Buffer.concat(taken), pieces };
}

async function feedAll(
    stream: Writable,
    chunks: readonly Buffer[],
    watch: (piece: Buffer) => void,
): Promise<void> {
    const feed = openFeed(stream, watch);
    for (const chunk of chunks) {
        for (let from = 0; from < chunk.length;) {
            while (feed.isBusy()) await feed.progress();
            from += feed.take(chunk.subarray(from));
        }
    }
    feed.flush();
    await new Promise<void>((resolve) => {
        stream.end(resolve);
    });
}

test("gives every byte once and in order, in whole pieces but for the last, to the stream and to who watches", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3 * PIECE }), { maxLength: 12 });
    await fc.assert(
        fc.asyncProperty(sizes, async (lengths) => {
            let value = 0;
            const chunks = lengths.map((length) => Buffer.alloc(length, (value += 1)));
            const all = Buffer.concat(chunks);
            const { stream, bytes, pieces } = slowStream();
            const seen: Buffer[] = [];
            await feedAll(stream, chunks, (piece) => seen.push(Buffer.from(piece)));
            expect(bytes().equals(all)).toBe(true);
            expect(Buffer.concat(seen).equals(all)).toBe(true);
            expect(pieces.slice(0, -1).every((length) => length === PIECE)).toBe(true);
        }),
        { numRuns: 30 },
    );
});

test("holds four pieces at most, and is busy until one of them is done with", async () => {
    const { stream } = slowStream();
    const feed = openFeed(stream, () => undefined);
    for (let piece = 0; piece < 4; piece += 1) {
        expect(feed.isBusy()).toBe(false);
        expect(feed.take(Buffer.alloc(PIECE))).toBe(PIECE);
    }
    expect(feed.isBusy()).toBe(true);
    await feed.progress();
    expect(feed.isBusy()).toBe(false);
});

test("stops waiting where the stream is closed", async () => {
    const stream = new Writable({ write: () => undefined });
    const feed = openFeed(stream, () => undefined);
    for (let piece = 0; piece < 4; piece += 1) feed.take(Buffer.alloc(PIECE));
    const waiting = feed.progress();
    stream.destroy();
    await waiting;
});
