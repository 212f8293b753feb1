/** Ids and names as AWS gives them, the same ones for the same resource in every run. */
import { createHash } from "node:crypto";

export const ACCOUNT = "123456789012";
export const PARTITION = "aws";
export const DNS_SUFFIX = "amazonaws.com";

/** So many hexadecimal digits that belong to a text. */
export function digits(text: string, count: number): string {
    return createHash("sha256").update(text).digest("hex").slice(0, count);
}

/** A UUID that belongs to a text. */
export function uuid(text: string): string {
    return digits(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Six letters that belong to a text, as the names of secrets end in their ARNs. */
export function letters(text: string): string {
    return digits(text, 6).replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
}

/** `arn:aws:<service>:<region>:<account>:<rest>`. */
export function arn(service: string, region: string, rest: string): string {
    return `arn:${PARTITION}:${service}:${region}:${ACCOUNT}:${rest}`;
}

/**
 * The name that Pulumi gives where the program gives none: the resource's own, and seven digits.
 * @throws Error where that is longer than AWS allows, as the real provider does
 */
export function autoName(urn: string, limit: number): string {
    const name = `${urn.slice(urn.lastIndexOf("::") + 2)}-${digits(urn, 7)}`;
    if (name.length > limit) throw new Error(`The name "${name}" is longer than ${limit} characters.`);
    return name;
}

/** Where a resource is: in the region that it says itself, else in the provider's. */
export function regionOf({ region }: Readonly<Record<string, unknown>>, standard: string): string {
    return typeof region === "string" ? region : standard;
}
