/** Names, lists and retention: what a bucket's list says of snapshots, and what a prune would delete. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    catalogueOf,
    lastSaved,
    pruningOf,
    type Catalogue,
    type StoredObject,
} from "../../../../../provider/vault/snapshot/catalogue";
import {
    checkPlace,
    manifestKey,
    parseId,
    parseKey,
    snapshotId,
    snapshotKey,
} from "../../../../../provider/vault/snapshot/names";

const PLACE = { prefix: "vault/", cluster: "main" };
const seconds = fc.integer({ min: 0, max: 4_000_000_000 }).map((each) => new Date(each * 1_000));

describe("names", () => {
    test("are read back as they were written, for any time and index", () => {
        fc.assert(
            fc.property(seconds, fc.maxSafeNat(), (savedAt, index) => {
                const id = snapshotId(savedAt, index);
                expect(parseId(id)).toEqual({ id, savedAt, index });
                expect(parseKey(PLACE, snapshotKey(PLACE, id))).toEqual({
                    kind: "snapshot",
                    name: { id, savedAt, index },
                });
                expect(parseKey(PLACE, manifestKey(PLACE, id))).toMatchObject({ kind: "manifest" });
                expect(parseKey({ ...PLACE, cluster: "mai" }, snapshotKey(PLACE, id))).toBeUndefined();
            }),
        );
    });

    test.each([
        "vault/main/20261122T173000Z-1.snap.json.old",
        "vault/main/20261122T173000Z-1.snap.snap",
        "vault/main/20261122T173000Z-01.snap",
        "vault/main/20261122T173000Z-.snap",
        "vault/main/20261322T173000Z-1.snap",
        "vault/main/20260230T173000Z-1.snap",
        "vault/main/deep/20261122T173000Z-1.snap",
        "vault/main/.snap",
        "vault/main20261122T173000Z-1.snap",
        "xvault/main/20261122T173000Z-1.snap",
    ])("of others are none: %s", (key) => {
        expect(parseKey(PLACE, key)).toBeUndefined();
    });

    test.each([
        ["cluster", "", "/"],
        ["cluster", "", ".."],
        ["cluster", "", "a/b"],
        ["prefix", "vault", "main"],
        ["prefix", "/", "main"],
        ["prefix", "a//", "main"],
        ["prefix", "*/", "main"],
        ["prefix", "a/../", "main"],
        ["prefix", "./", "main"],
    ])("take no %s that leads elsewhere: %j %j", (property, prefix, cluster) => {
        expect(() => {
            checkPlace({ prefix, cluster });
        }).toThrow(expect.objectContaining({ code: "InvalidConfiguration", property }));
    });
});

/** A bucket in any state: some with manifests, some without, manifests alone, and what is of others. */
const buckets = fc
    .uniqueArray(
        fc.record({
            savedAt: seconds,
            index: fc.nat(1_000),
            modified: fc.integer({ min: 0, max: 20 }),
            kind: fc.constantFrom("good", "good", "good", "incomplete", "orphan", "other"),
        }),
        { selector: ({ savedAt, index }) => snapshotId(savedAt, index), maxLength: 40 },
    )
    .map((made) =>
        made.flatMap(({ savedAt, index, modified, kind }): StoredObject[] => {
            const id = snapshotId(savedAt, index);
            const object = (key: string) => ({ key, size: 1, lastModified: new Date(modified * 1_000) });
            const snapshot = object(snapshotKey(PLACE, id));
            const manifest = object(manifestKey(PLACE, id));
            if (kind === "good") return [manifest, snapshot];
            if (kind === "incomplete") return [snapshot];
            return kind === "orphan" ? [manifest] : [object(`vault/main/${id}`), object(`other/${id}.snap`)];
        }),
    );

/** A good snapshot, saved and written to the bucket in those seconds. */
function snapshotAt(saved: number, modified: number): readonly [StoredObject, StoredObject] {
    const id = snapshotId(new Date(saved * 1_000), saved);
    const lastModified = new Date(modified * 1_000);
    const [manifest, snapshot] = [manifestKey(PLACE, id), snapshotKey(PLACE, id)];
    return [
        { key: manifest, size: 1, lastModified },
        { key: snapshot, size: 1, lastModified },
    ];
}

describe("retention", () => {
    const parts = (objects: readonly StoredObject[], keepLast: number) => {
        const catalogue: Catalogue = catalogueOf(objects, PLACE);
        return { catalogue, pruning: pruningOf(catalogue, keepLast) };
    };

    test("keeps exactly the newest, or all where there are fewer, and touches nothing else", () => {
        fc.assert(
            fc.property(buckets, fc.integer({ min: 1, max: 45 }), (objects, keepLast) => {
                const { catalogue, pruning } = parts(objects, keepLast);
                expect(catalogue.good.filter((each) => pruning.keep.includes(each))).toEqual(pruning.keep);
                expect(catalogue.good.filter((each) => !pruning.keep.includes(each))).toEqual(pruning.drop);
                const newest = catalogue.good.slice(0, keepLast);
                expect(pruning.keep).toEqual(expect.arrayContaining(newest));
                const oldestKept = Math.min(...newest.map(({ lastModified }) => +lastModified));
                const byName = [...catalogue.good].sort((one, other) => +other.savedAt - +one.savedAt);
                const oldestName = byName.slice(0, keepLast).at(-1)?.savedAt ?? new Date(0);
                for (const { savedAt } of pruning.drop) expect(+savedAt).toBeLessThanOrEqual(+oldestName);
                const agree = catalogue.good.every((each, index) => each.id === byName[index]?.id);
                if (agree) expect(pruning.keep).toHaveLength(newest.length);
                for (const { lastModified } of pruning.drop)
                    expect(+lastModified).toBeLessThanOrEqual(oldestKept);
                const deleted = pruning.drop.flatMap((each) => [each.key, each.manifestKey]);
                for (const key of catalogue.incomplete) expect(deleted).not.toContain(key);
                for (const { key } of [...deleted.map((each) => ({ key: each })), ...pruning.orphans])
                    expect(parseKey(PLACE, key)).toBeDefined();
                for (const { key, lastModified } of pruning.orphans) {
                    expect(+lastModified).toBeLessThan(oldestKept);
                    expect(objects.map((each) => each.key)).not.toContain(key.replace(/\.json$/, ""));
                }
            }),
        );
    });

    test("keeps exactly the newest where times and names agree", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 40 }),
                fc.integer({ min: 1, max: 45 }),
                (count, keepLast) => {
                    const objects = Array.from({ length: count }, (_, index) =>
                        snapshotAt(index, index),
                    ).flat();
                    const { pruning } = parts(objects, keepLast);
                    expect(pruning.keep).toHaveLength(Math.min(keepLast, count));
                },
            ),
        );
    });

    test("keeps the newest by name too where a copy gave all of them new times", () => {
        const objects = [snapshotAt(1, 3), snapshotAt(2, 2), snapshotAt(3, 1)].flat();
        const { catalogue, pruning } = parts(objects, 1);
        expect(pruning.keep.map(({ index }) => index)).toEqual([1, 3]);
        expect(pruning.drop.map(({ index }) => index)).toEqual([2]);
        expect(lastSaved(catalogue.good)?.index).toBe(3);
    });

    test("counts nothing as good that is empty", () => {
        const [manifest, snapshot] = snapshotAt(1, 1);
        for (const objects of [
            [{ ...manifest, size: 0 }, snapshot],
            [manifest, { ...snapshot, size: 0 }],
        ]) {
            const { good, incomplete, emptied } = catalogueOf(objects, PLACE);
            expect([good, incomplete, emptied.map(({ index }) => index)]).toEqual([[], [], [1]]);
        }
    });

    test("is the same whatever the order of the list", () => {
        fc.assert(
            fc.property(buckets, fc.integer({ min: 1, max: 10 }), (objects, keepLast) => {
                const keys = (list: readonly StoredObject[]): readonly string[] =>
                    parts(list, keepLast).pruning.drop.map(({ key }) => key);
                expect(keys([...objects].reverse())).toEqual(keys(objects));
            }),
        );
    });

    test.each([0, -1, 1.5, Number.NaN])("never keeps %p", (keepLast) => {
        expect(() => parts([], keepLast)).toThrow(RangeError);
    });
});
