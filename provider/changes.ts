/** Which properties differ between a state and the inputs wanted, each by its own notion of sameness. */
import { canonicalJson } from "./canonical-json";
import { hasUnknown } from "./inputs";

/** Whether two values of one property mean the same. */
export type Same = (before: unknown, after: unknown) => boolean;

/** Whether two JSON values are equal, whatever the order of their properties. */
export const sameJson: Same = (before, after) =>
    before === after || canonicalJson(before) === canonicalJson(after);

/**
 * The properties that differ, each compared by its own notion of sameness (JSON equality unless given).
 * A property that is unknown, in whole or in part, counts as changed.
 */
export function changedProperties<
    State extends object,
    Inputs extends object,
    Property extends keyof State & keyof Inputs & string,
>(
    state: State,
    inputs: Inputs,
    properties: readonly Property[],
    same: Partial<Record<Property, Same>> = {},
): Property[] {
    return properties.filter((property) => {
        const wanted: unknown = inputs[property];
        return hasUnknown(wanted) || !(same[property] ?? sameJson)(state[property], wanted);
    });
}
