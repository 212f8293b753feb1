/** When two values mean the same. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { changedProperties, sameJson, sameRanges, sameSet } from "../../../../provider/outscale/sameness";
import { UNKNOWN } from "../../../../provider/resource";
import { seeded } from "../../../support/random";

test.each<[readonly string[], readonly string[], boolean]>([
    [[], [], true],
    [["a"], ["a"], true],
    [["a", "b"], ["b", "a"], true],
    [["a", "a"], ["a"], true],
    [["a"], ["a", "b"], false],
    [["a", "b"], ["a"], false],
    [["a", "a"], ["a", "b"], false],
    [["a"], ["A"], false],
])("sets: %j and %j", (a, b, same) => {
    expect(sameSet(a, b)).toBe(same);
});

test.each<[readonly string[], readonly string[], boolean]>([
    [["192.0.2.7"], ["192.0.2.7/32"], true],
    [["192.0.2.9/24", "::1"], ["0:0::1/128", "192.0.2.0/24"], true],
    [["::ffff:192.0.2.7"], ["192.0.2.7"], true],
    [["192.0.2.0/24"], ["192.0.2.0/25"], false],
    // Two ranges that together are a third one are another list: the account keeps them as they are written.
    [["192.0.2.0/25", "192.0.2.128/25"], ["192.0.2.0/24"], false],
    [["0.0.0.0/0"], ["::/0"], false],
])("ranges: %j and %j", (a, b, same) => {
    expect(sameRanges(a, b)).toBe(same);
    expect(sameRanges(b, a)).toBe(same);
});

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
    expect(
        changedProperties<object & typeof state, object & typeof inputs>(
            state,
            inputs,
            ["c", "b", "a", "e"],
            { b: sameSet },
        ),
    ).toEqual(["c", "a"]);
    expect(
        changedProperties({ a: ["x"] as string[] | undefined }, { a: undefined }, ["a"], { a: sameSet }),
    ).toEqual(["a"]);
    expect(changedProperties({ a: ["x"] }, { a: [UNKNOWN] }, ["a"])).toEqual(["a"]);
    expect(changedProperties({ a: ["x"] }, { a: ["z"] }, [])).toEqual([]);
});
