/** Durations as users write them. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { durationOrUndefined, parseDuration } from "../../../provider/duration";
import { PortcullisError } from "../../../provider/errors";

test.each([
    ["365d", 365 * 86_400_000],
    ["8h", 8 * 3_600_000],
    ["30m", 30 * 60_000],
    ["90s", 90_000],
    ["36500d", 36_500 * 86_400_000],
])("%s is %d milliseconds", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
    "",
    "0d",
    "1",
    "d",
    "1w",
    "1.5h",
    "-1d",
    "+1d",
    " 1d",
    "1d ",
    "01d",
    "1D",
    "1h30m",
    "36501d",
    "9".repeat(20) + "s",
    "1d\n",
])("%j is none", (text) => {
    expect(durationOrUndefined(text)).toBeUndefined();
});

test("the error names the property, the text and the form", () => {
    const parse = () => parseDuration("soon", "validity");
    expect(parse).toThrow(PortcullisError);
    expect(parse).toThrow(
        'validity is "soon", which is no duration. Write a whole number with its unit, s, m, h or d, of at most 36500 days: "365d", "8h", "30m" or "90s".',
    );
});

test("every whole number of a unit parses to that many", () => {
    const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
        fc.property(
            fc.integer({ min: 1, max: 36_500 }),
            fc.constantFrom("s", "m", "h", "d"),
            (count, unit) => {
                expect(parseDuration(`${count}${unit}`)).toBe(count * units[unit]);
            },
        ),
    );
});
