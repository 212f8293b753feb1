/** Properties as a policy is given them, read as plain data in which the encrypted and the unknown stay marked. */
import { Secret } from "@pulumi/policy";
import { UNKNOWN, type Unknown } from "../provider/resource";
import { UNKNOWN_SENTINELS } from "../provider/unknown-sentinels";

/** Stands for a value that is encrypted in state; what it is nobody needs to know. */
export const ENCRYPTED: unique symbol = Symbol("encrypted");

/** A property's value without proxies. */
export type Plain =
    null | boolean | number | string | typeof ENCRYPTED | Unknown | readonly Plain[] | PlainObject;

export type PlainObject = { readonly [key: string]: Plain };

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
    if (UNKNOWN_SENTINELS.has(value)) return UNKNOWN;
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
