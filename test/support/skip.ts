/** Skips tests that need a part that a machine may lack, and says which part that is. */
import type { Context } from "mocha";

/** Why a part is not there. */
export interface Missing {
    readonly missing: string;
}

/** The part; where it is missing, the hook's suite or the test is skipped, with the reason. */
export function foundOrSkip<Found extends object>(
    hook: Context,
    found: Found,
    what = "",
): Exclude<Found, Missing> {
    if (isThere(found)) return found;
    const { missing } = found as Missing;
    console.log(`      skipped: ${what}${missing}`);
    return hook.skip();
}

function isThere<Found extends object>(found: Found): found is Exclude<Found, Missing> {
    return !("missing" in found);
}
