/** Which properties of a resource differ. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { changedProperties, sameJson } from "../../../provider/changes";
import { UNKNOWN } from "../../../provider/resource";
import { seeded } from "../../support/random";

test.each<[unknown, unknown, boolean]>([
    [{ a: 1, b: [1, { c: 2, d: 3 }] }, { b: [1, { d: 3, c: 2 }], a: 1 }, true],
    [[1, 2], [2, 1], false],
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: 1 }, { a: "1" }, false],
    [undefined, undefined, true],
    [undefined, null, false],
    [{}, [], false],
])("JSON: %j and %j", (a, b, same) => {
    expect(sameJson(a, b)).toBe(same);
    expect(sameJson(b, a)).toBe(same);
});

test("JSON means the same in any order of properties", () => {
    fc.assert(
        fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer(), (bag, seed) => {
            const random = seeded(seed);
            const entries = Object.entries(bag).map((entry) => ({ entry, key: random.next() }));
            const shuffled = Object.fromEntries(
                entries.sort((a, b) => a.key - b.key).map(({ entry }) => entry),
            );
            expect(sameJson(bag, shuffled)).toBe(true);
        }),
    );
});

test("changed are those that differ by their own sameness, in the order asked for", () => {
    const state = { b: ["x", "y"], a: ["x", "y"], c: { d: 1 }, e: 1 };
    const inputs = { b: ["y", "x"], a: ["y", "x"], c: { d: UNKNOWN }, e: 1 };
    expect(changedProperties(state, inputs, ["c", "b", "a", "e"], { b: () => true, e: () => false })).toEqual(
        ["c", "a", "e"],
    );
    expect(changedProperties({ a: UNKNOWN }, { a: UNKNOWN }, ["a"], { a: () => true })).toEqual(["a"]);
    expect(changedProperties({}, { a: undefined }, ["a" as never])).toEqual([]);
    expect(changedProperties({ a: ["x"] }, { a: [UNKNOWN] }, ["a"])).toEqual(["a"]);
    expect(changedProperties({ a: ["x"] }, { a: ["z"] }, [])).toEqual([]);
});
