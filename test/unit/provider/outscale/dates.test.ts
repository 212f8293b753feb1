/** Dates of the API and of programs: one moment in several forms, and texts that are no dates. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { apiDate, instantOf, sameInstant } from "../../../../provider/outscale/dates";

test.each([
    ["2063-04-05T00:00:00.000+0000", "2063-04-05T00:00:00.000Z"],
    ["2063-04-05T02:00:00.000+0200", "2063-04-05T00:00:00.000Z"],
    ["2063-04-05T02:00:00+02:00", "2063-04-05T00:00:00.000Z"],
    ["2063-04-05T00:00:00Z", "2063-04-05T00:00:00.000Z"],
    ["2063-04-05T00:00Z", "2063-04-05T00:00:00.000Z"],
    ["2063-04-05", "2063-04-05T00:00:00.000Z"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z"],
])("%s is %s", (text, iso) => {
    expect(instantOf(text)?.toISOString()).toBe(iso);
});

test.each([
    "soon",
    "",
    "2027",
    "2027-02-30",
    "2027-13-01",
    "2027-01-01T25:00:00Z",
    "2027-01-01T00:00:00",
    "90d",
    " 2027-01-01",
])("%j is no date", (text) => {
    expect(instantOf(text)).toBeUndefined();
});

describe("comparing", () => {
    const dates = fc.date({ min: new Date("1970-01-02"), max: new Date("2200-01-01"), noInvalidDate: true });

    test("a date is the same in every form of it, to the second", () => {
        fc.assert(
            fc.property(dates, fc.integer({ min: 0, max: 999 }), (date, ms) => {
                const whole = apiDate(date);
                const answered = whole.replace(".000Z", ".000+0000");
                const within = new Date(Date.parse(whole) + ms).toISOString();
                expect(sameInstant(whole, answered) && sameInstant(answered, within)).toBe(true);
                expect(sameInstant(whole, apiDate(new Date(Date.parse(whole) + 1_000)))).toBe(false);
            }),
        );
    });

    test("no date is the same as no date, and as nothing else", () => {
        expect(sameInstant(undefined, undefined)).toBe(true);
        expect(sameInstant(undefined, "2027-01-01")).toBe(false);
        expect(sameInstant("soon", "soon")).toBe(false);
    });
});
