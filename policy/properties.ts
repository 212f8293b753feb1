/** Properties as a policy is given them, read as plain data in which the encrypted and the unknown stay marked. */
import { Secret } from "@pulumi/policy";
import { UNKNOWN, type Unknown } from "../provider/resource";

/** Stands for a value that is encrypted in state; what it is nobody needs to know. */
export const ENCRYPTED: unique symbol = Symbol("encrypted");

/** A property's value without proxies. */
export type Plain =
    null | boolean | number | string | typeof ENCRYPTED | Unknown | readonly Plain[] | PlainObject;

export type PlainObject = { readonly [key: string]: Plain };

/** What the engine sends, by kind of value, for what only the deployment will know. */
const UNKNOWNS: ReadonlySet<unknown> = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * All properties of a resource but the engine's own (`__…`).
 *
 * The policy SDK hands them out behind proxies, one of which throws for a value that is not known yet, and one of
 * which hides that a value is encrypted. Both answer to reads alone: a property's descriptor shows what is behind.
 * Only a remediation gets to know what is encrypted; everywhere else the SDK has taken the marks off before.
 */
export function plainProperties(properties: object): PlainObject {
    const entries = Object.keys(properties)
        .filter((key) => !key.startsWith("__"))
        .map((key): [string, Plain] => [key, plain(valueOf(properties, key))]);
    return Object.fromEntries(entries);
}

function plain(value: unknown): Plain {
    if (value instanceof Secret) return ENCRYPTED;
    if (UNKNOWNS.has(value)) return UNKNOWN;
    if (Array.isArray(value)) {
        const list: unknown[] = value;
        return Array.from({ length: list.length }, (_, index) => plain(valueOf(list, String(index))));
    }
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
    return typeof value === "object" && value !== null ? plainProperties(value) : null;
}

function valueOf(holder: object, key: string): unknown {
    return Object.getOwnPropertyDescriptor(holder, key)?.value;
}
