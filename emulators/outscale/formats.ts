/** Identifiers and dates as the API writes them. */
import { randomBytes, randomInt } from "node:crypto";

const CAPITALS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function capitalsAndDigits(length: number): string {
    let text = "";
    for (let index = 0; index < length; index++) text += CAPITALS_AND_DIGITS[randomInt(36)] ?? "";
    return text;
}

/** `ca-` or `aar-` and 32 hex digits: so in the specification's examples and in logs of the real API. */
export function newId(prefix: "ca" | "aar"): string {
    return `${prefix}-${randomBytes(16).toString("hex")}`;
}

export const ACCESS_KEY = /^[A-Z0-9]{20}$/;
export const SECRET_KEY = /^[A-Z0-9]{40}$/;

export function newAccessKey(): string {
    return capitalsAndDigits(20);
}

export function newSecretKey(): string {
    return capitalsAndDigits(40);
}

export function newUserId(): string {
    return capitalsAndDigits(32);
}

/** `2063-04-05T00:00:00.000+0000`: milliseconds, and no colon in the offset. */
export function formatDate(time: number): string {
    return new Date(time).toISOString().replace("Z", "+0000");
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/**
 * An ISO 8601 date (midnight UTC) or date-time with an offset, as milliseconds since the epoch.
 * Undefined for anything else, the empty string and days that no calendar has included.
 */
export function parseDate(text: string): number | undefined {
    const day = DATE.exec(text)?.[1];
    if (day === undefined) return undefined;
    const midnight = Date.parse(`${day}T00:00:00Z`);
    // February 31 parses, as March 3: a day that does not come back is no day.
    if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined;
    if (!text.includes("T")) return midnight;
    const time = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
    return Number.isNaN(time) ? undefined : time;
}
