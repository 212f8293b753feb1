/** The maximum lifetime of access keys as programs write it, and in the seconds of the API. */
import { z } from "zod";
import { durationOrUndefined, parseDuration } from "../duration";

/** The longest that the API takes. Source: OUTSCALE API specification 1.42.0, UpdateApiAccessPolicy. */
const LONGEST_SECONDS = 3_153_600_000;

/** A duration; absent: no limit. */
export const maxExpiration = z
    .string()
    .refine((text) => {
        const milliseconds = durationOrUndefined(text);
        return milliseconds !== undefined && milliseconds / 1_000 <= LONGEST_SECONDS;
    }, 'Not a duration of at most 36500 days. Write it as "90d" or "12h".')
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
