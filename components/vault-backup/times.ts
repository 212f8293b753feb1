/** Schedules and durations of VaultBackup's jobs: what is refused of them. */
import { durationOrUndefined } from "../../provider/duration";
import { scheduleGaps } from "../../provider/kubernetes/cron";
import type { CheckFailure } from "../../provider/resource";

const LEAST_GAP = 600_000;
const TIMEOUT = { least: 60_000, most: 86_400_000 } as const;
/** What an alert waits beyond a run's time, in milliseconds. */
const ALERT_SLACK = 7_200_000;

export function scheduleFailures(property: string, schedule: string): readonly CheckFailure[] {
    const gaps = scheduleGaps(schedule);
    if (gaps === undefined) {
        return [
            {
                property,
                reason: `${JSON.stringify(schedule.slice(0, 80))} is no schedule that Kubernetes would ever run. Write five fields, minute, hour, day, month and weekday, as "17 1 * * *"; the time zone is UTC.`,
            },
        ];
    }
    if (gaps.shortest >= LEAST_GAP) return [];
    return [
        {
            property,
            reason: `Two runs are ${gaps.shortest / 60_000} min apart, and each reads or lists everything. Leave 10 minutes at least.`,
        },
    ];
}

/** @param example what is said to write in its place */
export function durationFailures(
    property: string,
    text: string | undefined,
    example: string,
): readonly CheckFailure[] {
    const limit = text === undefined ? TIMEOUT.least : durationOrUndefined(text);
    if (limit !== undefined && limit >= TIMEOUT.least && limit <= TIMEOUT.most) return [];
    return [{ property, reason: `Give a duration from "1m" to "1d", as "${example}".` }];
}

/** The age of the last good run that alerts, in seconds: the one that is given, or what good runs never reach. */
export function alertAgeSeconds(text: string | undefined, schedule: string, limitMs: number): number {
    const age = durationOrUndefined(text ?? "") ?? longestAge(schedule, limitMs) + ALERT_SLACK;
    return age / 1_000;
}

/** @param limitMs how long one run may take: a run that ends at once may be followed by one that takes that long */
function longestAge(schedule: string, limitMs: number): number {
    return (scheduleGaps(schedule)?.longest ?? 0) + limitMs;
}

/**
 * What is wrong with an age that alerts, of what runs by a schedule.
 *
 * @param limitMs how long one run may take
 */
export function ageFailures(
    property: string,
    text: string | undefined,
    schedule: string,
    limitMs: number,
): readonly CheckFailure[] {
    if (text === undefined) return [];
    const longest = longestAge(schedule, limitMs);
    const age = durationOrUndefined(text);
    if (age === undefined) return [{ property, reason: 'It is no duration. Write it as "26h".' }];
    if (age > longest) return [];
    return [
        {
            property,
            reason: `Up to ${hours(longest)} h pass between the ends of two good runs, so that it would alert though all is well. Give more than that.`,
        },
    ];
}

/** With one decimal at most. */
function hours(milliseconds: number): string {
    return String(Math.ceil(milliseconds / 360_000) / 10);
}
