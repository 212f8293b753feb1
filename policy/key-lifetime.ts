/** Decides whether an access key ends, and soon enough. */
import { durationOrUndefined, parseDuration } from "../provider/duration";
import { UNKNOWN } from "../provider/resource";
import type { DeclaredEnd } from "./resources";

/** Whether the key is known never to end. */
export function neverEnds({ expirationDate, lifetime }: DeclaredEnd): boolean {
    return expirationDate === undefined && lifetime === undefined;
}

/**
 * Why the key lives too long, as the rest of a sentence; undefined where it does not, or that is not known yet.
 * A key with a fixed date is judged by what is left of its life.
 *
 * @param longest a duration, as "90d"
 */
export function lifetimeProblem(end: DeclaredEnd, longest: string, now: Date): string | undefined {
    const limit = parseDuration(longest, "maxKeyLifetime");
    const { expirationDate, lifetime } = end;
    if (typeof lifetime === "string") {
        const milliseconds = durationOrUndefined(lifetime);
        // What is no duration is for the provider to refuse.
        return milliseconds !== undefined && milliseconds > limit ? `lives ${lifetime}` : undefined;
    }
    if (lifetime === UNKNOWN || typeof expirationDate !== "string") return undefined;
    const date = dateOf(expirationDate);
    if (date === undefined) return "ends on a date that cannot be read";
    return date.getTime() - now.getTime() > limit ? `ends on ${date.toISOString()}` : undefined;
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:?\d{2}))?$/;

/** A date as the API takes it (RFC 3339, or a bare date in UTC) or gives it (an offset without its colon). */
function dateOf(text: string): Date | undefined {
    const [, day, time = "00:00:00", offset = "Z"] = DATE.exec(text.toUpperCase()) ?? [];
    if (day === undefined) return undefined;
    const date = new Date(`${day}T${time}${offset.replace(/(?<=\d{2})(?=\d{2}$)/, ":")}`);
    return Number.isNaN(date.getTime()) ? undefined : date;
}
