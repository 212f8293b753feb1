/** Schedules of CronJobs: which text Kubernetes takes as one, and how long the times between two runs are. */

const MINUTE = 60_000;
const DAY = 86_400_000;

interface Field {
    readonly least: number;
    readonly most: number;
    /** Names that stand for numbers, the first for `least`. */
    readonly names?: readonly string[];
}

const MINUTES: Field = { least: 0, most: 59 };
const HOURS: Field = { least: 0, most: 23 };
const DAYS: Field = { least: 1, most: 31 };
const MONTHS: Field = {
    least: 1,
    most: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
/** Kubernetes takes no 7 for Sunday. */
const WEEKDAYS: Field = { least: 0, most: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

const NAMED: Readonly<Record<string, string>> = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
};

/** The times between one run and the next, in milliseconds, in UTC. */
export interface Gaps {
    readonly shortest: number;
    readonly longest: number;
}

/**
 * The shortest and the longest time between two runs; undefined where Kubernetes would not take the text, or no day ever
 * matches. Five fields, or a name such as "@hourly". A schedule by intervals ("@every") and one with a time zone of its
 * own are not taken.
 *
 * Source: the grammar is that of github.com/robfig/cron/v3, which the CronJob controller reads schedules by: of days
 * of the month and of the week either has to match, unless one of them is a star.
 */
export function scheduleGaps(text: string): Gaps | undefined {
    const fields = (NAMED[text] ?? text).trim().split(/\s+/);
    if (fields.length !== 5) return undefined;
    const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
    const minutes = valuesOf(minute, MINUTES);
    const hours = valuesOf(hour, HOURS);
    const days = valuesOf(day, DAYS);
    const months = valuesOf(month, MONTHS);
    const weekdays = valuesOf(weekday, WEEKDAYS);
    if (!minutes || !hours || !days || !months || !weekdays) return undefined;
    const either = !isAny(day) && !isAny(weekday);
    const matches = (date: Date): boolean => {
        const [byDay, byWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
        return months.has(date.getUTCMonth() + 1) && (either ? byDay || byWeekday : byDay && byWeekday);
    };
    return gapsOf(timesOf(minutes, hours), matches);
}

/** Whether a field leaves the choice to the other one: with a step above 1, a star does not. */
function isAny(field: string): boolean {
    return field.split(",").some((part) => /^[*?](\/0*1)?$/.test(part));
}

/** Times of a day, in milliseconds since midnight, the earliest first. */
function timesOf(minutes: ReadonlySet<number>, hours: ReadonlySet<number>): readonly number[] {
    const times = [...hours].flatMap((hour) => [...minutes].map((minute) => (hour * 60 + minute) * MINUTE));
    return times.sort((one, other) => one - other);
}

/** Over 28 years and a day, after which dates fall on the same weekdays again. */
function gapsOf(times: readonly number[], matches: (date: Date) => boolean): Gaps | undefined {
    const [first = 0] = times;
    const last = times.at(-1) ?? 0;
    const gaps = new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
    let previous: number | undefined;
    const end = Date.UTC(2029, 0, 1);
    for (let date = Date.UTC(2001, 0, 1); date <= end; date += DAY) {
        if (!matches(new Date(date))) continue;
        if (previous !== undefined) gaps.add(date + first - (previous + last));
        previous = date;
    }
    if (previous === undefined || gaps.size === 0) return undefined;
    return { shortest: Math.min(...gaps), longest: Math.max(...gaps) };
}

/** The numbers that a field stands for: lists of numbers, ranges and steps; undefined where it is none. */
function valuesOf(text: string, field: Field): ReadonlySet<number> | undefined {
    const values = new Set<number>();
    for (const part of text.split(",")) {
        const match = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d{1,3}))?$/.exec(part);
        if (match === null) return undefined;
        const [, any, from, to, by] = match;
        const step = by === undefined ? 1 : Number(by);
        const start = any === undefined ? numberOf(from ?? "", field) : field.least;
        const open = any !== undefined || (to === undefined && by !== undefined);
        const stop = open ? field.most : to === undefined ? start : numberOf(to, field);
        if (start === undefined || stop === undefined || start > stop || step === 0) return undefined;
        for (let value = start; value <= stop; value += step) values.add(value);
    }
    return values;
}

function numberOf(text: string, { least, most, names = [] }: Field): number | undefined {
    const index = names.indexOf(text.toLowerCase());
    if (index >= 0) return index + least;
    const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
}
