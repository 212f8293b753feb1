/** A request as it is sent. */
import { canonicalJson } from "../../canonical-json";
import type { CallName, Calls } from "./calls";

/**
 * The body of a call: one text for equal requests. In a rule, an empty list or text is left out, which is how the
 * API's documentation writes a criterion that is not set.
 */
export function bodyOf<Name extends CallName>(call: Name, request: Calls[Name]["request"]): string {
    if (call !== "CreateApiAccessRule" && call !== "UpdateApiAccessRule") return canonicalJson(request);
    const set = Object.entries(request).filter(([, value]) => !isEmpty(value));
    return canonicalJson(Object.fromEntries(set));
}

function isEmpty(value: unknown): boolean {
    return value === "" || (Array.isArray(value) && value.length === 0);
}
