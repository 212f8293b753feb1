/** What is read a second time, to be sent on: never whole where it is another object. */
import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Manifest } from "../../../../../provider/vault/snapshot/manifest";
import type { SnapshotStore } from "../../../../../provider/vault/snapshot/store";
import { unchangedBytes } from "../../../../../provider/vault/snapshot/verify";
import { inChunks } from "../../../../support/snapshots";

const never = (): never => {
    throw new Error("nothing else is called");
};

/** A bucket whose one object is this. */
function storeOf(bytes: Uint8Array, sizes: readonly number[]): SnapshotStore {
    return {
        ...{ upload: never, put: never, getText: never, list: never, delete: never, close: never },
        get: () => inChunks(bytes, sizes),
    };
}

function manifestOf(bytes: Uint8Array): Manifest {
    return {
        ...{
            version: 1,
            id: "20261122T173000Z-42",
            cluster: "main",
            clusterId: "id",
            serverVersion: "2.6.2",
        },
        ...{ size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") },
        ...{ index: 42, term: 3, savedAt: "2026-11-22T17:30:00.000Z" },
        canary: { mount: "portcullis-canary", key: "snapshot", nonce: "nonce" },
    };
}

/** What came before it ended or threw. */
async function came(bytes: Uint8Array, sizes: readonly number[], manifest: Manifest) {
    const parts: Uint8Array[] = [];
    try {
        for await (const part of unchangedBytes(storeOf(bytes, sizes), { key: "key", manifest }))
            parts.push(part);
        return { whole: Buffer.concat(parts), failed: false };
    } catch {
        return { whole: Buffer.concat(parts), failed: true };
    }
}

const content = fc.uint8Array({ minLength: 1, maxLength: 200 });
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });

test("the same object comes whole, in whatever chunks", async () => {
    await fc.assert(
        fc.asyncProperty(content, sizes, async (bytes, parts) => {
            const { whole, failed } = await came(bytes, parts, manifestOf(bytes));
            expect(failed).toBe(false);
            expect(whole.equals(bytes)).toBe(true);
        }),
    );
});

test("of another one fewer bytes come than were promised, so that nobody takes it", async () => {
    await fc.assert(
        fc.asyncProperty(content, content, sizes, async (bytes, other, parts) => {
            fc.pre(!Buffer.from(bytes).equals(other));
            const { whole, failed } = await came(other, parts, manifestOf(bytes));
            expect(failed).toBe(true);
            expect(whole.length).toBeLessThan(bytes.length);
        }),
    );
    const flipped = Uint8Array.from([1, 2, 3, 5]);
    expect(await came(flipped, [3], manifestOf(Uint8Array.from([1, 2, 3, 4])))).toEqual({
        whole: Buffer.from([1, 2, 3]),
        failed: true,
    });
    expect((await came(new Uint8Array(), [1], manifestOf(flipped))).failed).toBe(true);
});
