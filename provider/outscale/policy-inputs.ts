/** The maximum lifetime of access keys as programs write it, and in the seconds of the API. */
import { z } from "zod";
import { durationOrUndefined, parseDuration } from "../duration";

/**
 * A duration; absent: no limit. The longest that a duration can be is what the API takes. Source: OUTSCALE API
 * specification 1.42.0, UpdateApiAccessPolicy (3,153,600,000 seconds).
 */
export const maxExpiration = z
    .string()
    .refine(
        (text) => durationOrUndefined(text) !== undefined,
        'Not a duration of at most 36500 days. Write it as "90d" or "12h".',
    )
    .optional();

/** 0 where there is no limit. */
export function secondsOf(maxAccessKeyExpiration: string | undefined): number {
    if (maxAccessKeyExpiration === undefined) return 0;
    return parseDuration(maxAccessKeyExpiration, "maxAccessKeyExpiration") / 1_000;
}

/** The other way round. */
export function durationOf(seconds: number): string | undefined {
    return seconds === 0 ? undefined : `${seconds}s`;
}
