/** When two values of an access rule mean the same: sets as sets, addresses by meaning. */
import { sameJson, type Same } from "../changes";
import { canonicalRange } from "./ranges";

/** Whether two lists hold the same texts. */
export function sameSet(a: readonly string[], b: readonly string[]): boolean {
    const [left, right] = [new Set(a), new Set(b)];
    return left.size === right.size && [...left].every((item) => right.has(item));
}

/** Whether two lists hold the same addresses and ranges. */
export function sameRanges(a: readonly string[], b: readonly string[]): boolean {
    return sameSet(a.map(canonicalRange), b.map(canonicalRange));
}

/** How the criteria of a rule are compared. */
export const sameCriteriaParts: Readonly<Record<"caIds" | "cns" | "ipRanges", Same>> = {
    caIds: ofLists(sameSet),
    cns: ofLists(sameSet),
    ipRanges: ofLists(sameRanges),
};

/** Compares lists of texts in that way, and whatever else a state may hold as JSON. */
function ofLists(same: (a: readonly string[], b: readonly string[]) => boolean): Same {
    return (before, after) =>
        isTextList(before) && isTextList(after) ? same(before, after) : sameJson(before, after);
}

function isTextList(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every((item) => typeof item === "string");
}
