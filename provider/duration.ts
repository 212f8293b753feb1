/** Durations as users write them ("365d", "8h"), parsed once to milliseconds. */
import { z } from "zod";
import { PortcullisError } from "./errors";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A hundred years: longer ones are slips of the keyboard, and certificates end with the year 9999. */
const LONGEST = 36_500 * 86_400_000;

/** How a duration is written, for messages and docstrings. */
export const DURATION_FORM =
    'a whole number with its unit, s, m, h or d, of at most 36500 days: "365d", "8h", "30m" or "90s"';

/** The duration in milliseconds; undefined where the text is none, is zero, or is longer than 36500 days. */
export function durationOrUndefined(text: string): number | undefined {
    const match = /^([1-9][0-9]{0,12})([smhd])$/.exec(text);
    const unit = UNITS[match?.[2] ?? ""];
    if (match === null || unit === undefined) return undefined;
    const milliseconds = Number(match[1]) * unit;
    return milliseconds <= LONGEST ? milliseconds : undefined;
}

/**
 * Parses a duration: a positive whole number and one of the units s, m, h, d.
 *
 * @param property the input property that holds it, named in the error
 * @returns milliseconds
 * @throws PortcullisError `InvalidInput` where the text is no duration, or longer than 36500 days
 */
export function parseDuration(text: string, property?: string): number {
    const milliseconds = durationOrUndefined(text);
    if (milliseconds !== undefined) return milliseconds;
    throw new PortcullisError({
        code: "InvalidInput",
        problem: `${property ?? "The duration"} is ${JSON.stringify(text.slice(0, 40))}, which is no duration.`,
        remedy: `Write ${DURATION_FORM}.`,
        ...(property === undefined ? {} : { property }),
    });
}

/** An input that is a duration. */
export function durationField(): z.ZodString {
    const message = `Write ${DURATION_FORM}.`;
    return z
        .string({ error: message })
        .refine((text) => durationOrUndefined(text) !== undefined, { error: message });
}

/** Whether two durations are of the same length, so that "24h" is "1d"; two that are absent are the same. */
export function sameDuration(before: unknown, after: unknown): boolean {
    if (typeof before !== "string" || typeof after !== "string") return before === after;
    const duration = durationOrUndefined(before);
    return before === after || (duration !== undefined && duration === durationOrUndefined(after));
}
