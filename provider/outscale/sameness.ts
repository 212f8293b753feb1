/** When two values mean the same: sets as sets, addresses by meaning, everything else by its JSON. */
import { hasUnknown } from "../inputs";
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

/** Whether two JSON values are equal, whatever the order of their properties. */
export function sameJson(a: unknown, b: unknown): boolean {
    return canonicalJson(a) === canonicalJson(b);
}

function canonicalJson(value: unknown): string {
    return JSON.stringify(value, (_key, part: unknown) =>
        typeof part === "object" && part !== null && !Array.isArray(part)
            ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
            : part,
    );
}

/**
 * The properties that differ, each compared by its own notion of sameness (JSON equality unless given).
 * A property that is unknown, in whole or in part, counts as changed.
 */
export function changedProperties<State extends object, Inputs extends object>(
    state: State,
    inputs: Inputs,
    properties: readonly (keyof State & keyof Inputs & string)[],
    same: Partial<Record<string, (before: readonly string[], after: readonly string[]) => boolean>> = {},
): string[] {
    return properties.filter((property) => {
        const [before, after]: unknown[] = [state[property], inputs[property]];
        if (hasUnknown(after)) return true;
        const compare = same[property];
        if (compare !== undefined && isTextList(before) && isTextList(after)) return !compare(before, after);
        return !sameJson(before, after);
    });
}

function isTextList(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every((item) => typeof item === "string");
}
