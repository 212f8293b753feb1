/** The check of archives: a real server's and made ones, whole, damaged, cut, and wrong in their parts. */
import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { checkArchive } from "../../../../../provider/vault/snapshot/archive";
import { SnapshotRefused } from "../../../../../provider/vault/snapshot/refuse";
import { inChunks, largeArchive, madeArchive, madeTar, type MadeMember } from "../../../../support/snapshots";

jest.setTimeout(60_000);

/** Taken of the real server; it holds an empty cluster under a key that is gone. */
const REAL = readFileSync(join(__dirname, "openbao-2.6.2.archive"));

const refusalOf = (bytes: Uint8Array, sizes?: readonly number[]): Promise<unknown> =>
    checkArchive(inChunks(bytes, sizes)).then(
        (facts) => facts,
        (error: unknown) => error,
    );
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("a real server's archive is whole, and says its index and its sizes", async () => {
    await expect(checkArchive(inChunks(REAL))).resolves.toEqual({
        ...{ index: 32, term: 3, formatVersion: 1, stateSize: 12_642 },
        ...{ size: REAL.length, sha256: sha256(REAL) },
    });
});

test("whatever its chunks and its data, a whole archive is taken", async () => {
    await fc.assert(
        fc.asyncProperty(
            fc.uint8Array({ maxLength: 200_000, size: "max" }),
            fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 5 }),
            fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
            async (state, sizes, index) => {
                const bytes = await madeArchive({ state: Buffer.from(state), index });
                const facts = await checkArchive(inChunks(bytes, sizes));
                expect(facts).toEqual({
                    ...{ index, term: 3, formatVersion: 1, stateSize: state.length },
                    ...{ size: bytes.length, sha256: sha256(bytes) },
                });
            },
        ),
        { numRuns: 40 },
    );
});

describe("damage", () => {
    test("a flipped bit anywhere is refused, unless the content is the same byte for byte", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.integer({ min: 0, max: REAL.length - 1 }),
                fc.integer({ min: 0, max: 7 }),
                async (at, bit) => {
                    const bytes = Buffer.from(REAL);
                    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
                    const end = await refusalOf(bytes);
                    // The header's time and system, and the ways of compression to say the same, are no content.
                    if (!(end instanceof SnapshotRefused))
                        expect(gunzipSync(bytes)).toEqual(gunzipSync(REAL));
                },
            ),
            { numRuns: 300 },
        );
    });

    test("each of the archive's last bytes and first ones counts", async () => {
        for (const at of [0, 1, 2, 3, ...[1, 2, 3, 4, 5, 6, 7, 8].map((back) => REAL.length - back)]) {
            const bytes = Buffer.from(REAL);
            bytes[at] = (bytes[at] ?? 0) ^ 1;
            expect(await refusalOf(bytes)).toBeInstanceOf(SnapshotRefused);
        }
    });

    test("whatever is cut off is missed", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.integer({ min: 0, max: REAL.length - 1 }),
                fc.integer({ min: 500, max: 9_000 }),
                async (length, size) => {
                    const end = await refusalOf(REAL.subarray(0, length), [size]);
                    expect(end).toBeInstanceOf(SnapshotRefused);
                },
            ),
            { numRuns: 150 },
        );
    });

    test("nothing at all is refused as nothing", async () => {
        expect(await refusalOf(Buffer.alloc(0))).toMatchObject({
            code: "ProofFailed",
            problem: "The archive is empty: not one byte came.",
        });
    });

    test("whatever stands behind the end is refused, in the same chunk or in the next one", async () => {
        const behind = [
            Buffer.alloc(1),
            Buffer.alloc(700),
            // Zeros that are not read, and then what an archive ends with.
            Buffer.concat([Buffer.alloc(16), REAL.subarray(-8)]),
            Buffer.from("x"),
            gzipSync(Buffer.alloc(0)),
            gzipSync("more"),
            REAL,
        ];
        for (const more of behind) {
            for (const sizes of [[1 << 20], [REAL.length], [REAL.length - 3], [1_000]]) {
                expect(await refusalOf(Buffer.concat([REAL, more]), sizes)).toBeInstanceOf(SnapshotRefused);
            }
        }
    });

    test("a page in place of an archive is none", async () => {
        expect(await refusalOf(Buffer.from("<html>Service unavailable</html>"))).toMatchObject({
            problem: "The archive does not begin as one does (gzip).",
        });
    });

    test("a tar that was cut before it was compressed is refused", async () => {
        const tar = await madeTar();
        for (const length of [0, 100, 512, tar.length - 1_024, tar.length - 512, tar.length - 1]) {
            expect(await refusalOf(gzipSync(tar.subarray(0, length)))).toBeInstanceOf(SnapshotRefused);
        }
        const behind = gzipSync(Buffer.concat([tar, Buffer.from("more".repeat(200))]));
        expect(await refusalOf(behind)).toBeInstanceOf(SnapshotRefused);
    });

    test("the source's own failure is not hidden", async () => {
        const broken = async function* (): AsyncGenerator<Uint8Array> {
            yield* inChunks(REAL.subarray(0, 5_000));
            throw new Error("the connection broke");
        };
        await expect(checkArchive(broken())).rejects.toThrow("the connection broke");
    });
});

describe("the members", () => {
    const without = (name: string) => (members: readonly MadeMember[]) =>
        members.filter((member) => member.name !== name);
    const withContent = (name: string, content: Buffer) => (members: readonly MadeMember[]) =>
        members.map((member) => (member.name === name ? { ...member, content } : member));
    const and = (more: MadeMember) => (members: readonly MadeMember[]) => [...members, more];
    const content = Buffer.from("x");

    test.each(["meta.json", "state.bin", "SHA256SUMS", "SHA256SUMS.sealed"])(
        "none may lack: %s",
        async (name) => {
            expect(await refusalOf(await madeArchive({ change: without(name) }))).toMatchObject({
                problem: `The archive has no ${name}.`,
            });
        },
    );

    test("come in any order", async () => {
        const bytes = await madeArchive({ change: (members) => [...members].reverse() });
        expect(await refusalOf(bytes)).toMatchObject({ index: 42 });
    });

    test.each<[string, Parameters<typeof madeArchive>[0], RegExp]>([
        ["another member", { change: and({ name: "extra", content }) }, /that no snapshot holds/],
        [
            "a folder",
            { change: and({ name: "folder", content, type: "directory" }) },
            /that no snapshot holds/,
        ],
        [
            "a link by a member's name",
            {
                change: (members) =>
                    members.map((each) =>
                        each.name === "state.bin" ? { ...each, type: "symlink" as const } : each,
                    ),
            },
            /that no snapshot holds/,
        ],
        ["a member twice", { change: and({ name: "state.bin", content }) }, /holds state\.bin twice/],
        [
            "other data",
            { change: withContent("state.bin", Buffer.from("STATE")) },
            /state\.bin does not have the digest/,
        ],
        [
            "an empty seal",
            { change: withContent("SHA256SUMS.sealed", Buffer.alloc(0)) },
            /SHA256SUMS\.sealed is empty/,
        ],
        ["no sums", { change: withContent("SHA256SUMS", Buffer.alloc(0)) }, /does not name meta\.json/],
        [
            "sums of one member twice",
            {
                change: withContent("SHA256SUMS", Buffer.from(`${"a".repeat(64)}  state.bin\n`.repeat(2))),
            },
            /each once/,
        ],
        [
            "a vast seal",
            { change: withContent("SHA256SUMS.sealed", Buffer.alloc(1024 * 1024 + 1)) },
            /larger than any/,
        ],
        ["another size", { meta: { Size: 6 } }, /has 5 bytes, and its meta\.json says 6/],
        ["no index", { meta: { Index: 0 } }, /not that of a Raft snapshot/],
        ["an index that is no number", { meta: { Index: "42" } }, /not that of a Raft snapshot/],
    ])("with %s are refused", async (_what, made, problem) => {
        const end = await refusalOf(await madeArchive(made));
        expect(end).toBeInstanceOf(SnapshotRefused);
        expect((end as SnapshotRefused).problem).toMatch(problem);
    });
});

test("memory is bounded: of 192 MiB of data, not 96 MiB are held", async () => {
    const bytes = await largeArchive(192);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watched = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of inChunks(bytes, [4_096])) {
            most = Math.max(most, process.memoryUsage().arrayBuffers);
            yield chunk;
        }
    };
    expect(await checkArchive(watched())).toMatchObject({ stateSize: 192 * 1024 * 1024 });
    most = Math.max(most, process.memoryUsage().arrayBuffers);
    expect(most - before).toBeLessThan(96 * 1024 * 1024);
});
