/** Dates as the OUTSCALE API writes and reads them, compared by the moment that they mean. */

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2}))?$/;

/**
 * The moment of an RFC 3339 date-time, of one with an offset without colon (`2063-04-05T00:00:00.000+0000`, the form
 * of the API's answers), or of a bare date, which is its midnight in UTC; undefined where the text is none of these.
 */
export function instantOf(text: string): Date | undefined {
    const match = DATE.exec(text);
    if (match === null) return undefined;
    const [, day = "", time = "00:00:00", offset = "Z"] = match;
    const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
    const instant = new Date(`${day}T${time}${zone}`);
    // A day that its month has not is moved to the next one by some parsers: such a text is no date.
    const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
    return isDay && !Number.isNaN(instant.getTime()) ? instant : undefined;
}

/** The moment to the whole second, as requests carry it: `2027-01-02T00:00:00.000Z`. */
export function apiDate(instant: Date): string {
    return new Date(Math.floor(instant.getTime() / 1_000) * 1_000).toISOString();
}

/** The property of that name, or nothing where there is no date: an absent one is left out of states. */
export function dated(expirationDate: string | undefined): { readonly expirationDate?: string } {
    return expirationDate === undefined ? {} : { expirationDate };
}

/** Whether two dates mean the same second; two that are absent do too. */
export function sameInstant(one: string | undefined, other: string | undefined): boolean {
    if (one === undefined || other === undefined) return one === other;
    const [first, second] = [instantOf(one), instantOf(other)];
    return first !== undefined && second !== undefined && apiDate(first) === apiDate(second);
}
