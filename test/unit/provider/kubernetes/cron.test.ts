/** Schedules of CronJobs: which are taken as the controller takes them, and how long the times between runs are. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { scheduleGaps } from "../../../../provider/kubernetes/cron";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("the times between two runs", () => {
    test.each<readonly [string, number, number]>([
        ["17 1 * * *", DAY, DAY],
        ["* * * * *", MINUTE, MINUTE],
        ["*/10 * * * *", 10 * MINUTE, 10 * MINUTE],
        ["*/7 * * * *", 4 * MINUTE, 7 * MINUTE],
        ["5/20 * * * *", 20 * MINUTE, 20 * MINUTE],
        ["0 */6 * * *", 6 * HOUR, 6 * HOUR],
        ["0 8-18/5 * * *", 5 * HOUR, 14 * HOUR],
        ["0,55 0,23 * * *", 5 * MINUTE, 22 * HOUR + 5 * MINUTE],
        ["55 23 * * *", DAY, DAY],
        // The end of one day and the beginning of the next meet only where both days match.
        ["0,55 0,23 * * MON", 55 * MINUTE, 6 * DAY + 5 * MINUTE],
        ["0 3 * * sat,sun", DAY, 6 * DAY],
        ["0 0 1 * *", 28 * DAY, 31 * DAY],
        ["0 0 1 1 *", 365 * DAY, 366 * DAY],
        ["0 0 29 2 *", 1461 * DAY, 1461 * DAY],
        // Of day and weekday either is enough, unless one is a star; with a step it is none.
        ["0 0 1 * 1", DAY, 7 * DAY],
        ["0 0 */2 * 1", DAY, 2 * DAY],
        ["0 0 */1 * 1", 7 * DAY, 7 * DAY],
        ["0 0 ? * 1", 7 * DAY, 7 * DAY],
        ["0 0 * jan-mar *", DAY, 276 * DAY],
        ["@hourly", HOUR, HOUR],
        ["@weekly", 7 * DAY, 7 * DAY],
    ])("%s", (schedule, shortest, longest) => {
        expect(scheduleGaps(schedule)).toEqual({ shortest, longest });
    });

    test.each([
        "",
        "daily",
        "@every 1h",
        "@reboot",
        "17 1 * *",
        "0 17 1 * * *",
        "60 1 * * *",
        "17 24 * * *",
        "17 1 0 * *",
        "17 1 32 * *",
        "17 1 * 13 *",
        "17 1 * * 7",
        "17 1 * * 5-7",
        "5-1 * * * *",
        "*/0 * * * *",
        "*/ * * * *",
        "1, * * * *",
        "1-2-3 * * * *",
        "-1 * * * *",
        "1.5 * * * *",
        "17 1 L * *",
        "17 1 * * mon#1",
        "CRON_TZ=UTC 17 1 * * *",
        "17 1 30 2 *",
        "17 1 31 4,6,9,11 *",
    ])("none of %j", (schedule) => {
        expect(scheduleGaps(schedule)).toBeUndefined();
    });

    test("of any minutes and hours: never more often than one gap, and the gaps fill a day", () => {
        const some = (most: number) => fc.uniqueArray(fc.integer({ min: 0, max: most }), { minLength: 1 });
        fc.assert(
            fc.property(some(59), some(23), (minutes, hours) => {
                const gaps = scheduleGaps(`${minutes.join(",")} ${hours.join(",")} * * *`);
                const runs = minutes.length * hours.length;
                expect(gaps?.shortest).toBeLessThanOrEqual(DAY / runs);
                expect(gaps?.longest).toBeGreaterThanOrEqual(DAY / runs);
            }),
            { numRuns: 50 },
        );
    });
});
