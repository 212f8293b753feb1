/** When two values mean the same. */
import { expect, test } from "@jest/globals";
import { sameCriteriaParts, sameRanges, sameSet } from "../../../../provider/outscale/sameness";

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

test("the criteria of a rule: sets, addresses by meaning, and what is no list as it stands", () => {
    expect(sameCriteriaParts.caIds(["a", "b"], ["b", "a"])).toBe(true);
    expect(sameCriteriaParts.cns(["a"], ["A"])).toBe(false);
    expect(sameCriteriaParts.ipRanges(["192.0.2.7"], ["192.0.2.7/32"])).toBe(true);
    expect(sameCriteriaParts.ipRanges(["192.0.2.7"], undefined)).toBe(false);
    expect(sameCriteriaParts.caIds(undefined, undefined)).toBe(true);
});
