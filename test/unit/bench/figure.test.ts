import { describe, expect, test } from "@jest/globals";
import { figureOf, median } from "../../../bench/figure";

const name = "size";

describe("a figure", () => {
    test.each([
        [{ atMost: 1.15 }, 1.15, true],
        [{ atMost: 1.15 }, 1.151, false],
        [{ atLeast: 1 }, 1, true],
        [{ atLeast: 1 }, 0.999, false],
    ])("with the goal %j and the ratio %d is met: %j", (goal, ratio, met) => {
        expect(figureOf({ name, goal }, { ratio, detail: "" })).toEqual({
            name,
            ratio,
            goal,
            met,
            detail: "",
        });
    });

    test("is judged by the ratio that is shown", () => {
        const figure = figureOf({ name, goal: { atMost: 1.15 } }, { ratio: 1.15049, detail: "" });
        expect(figure).toMatchObject({ ratio: 1.15, met: true });
    });

    test("is missed where something else is short, and says what", () => {
        const measured = { ratio: 0.1, detail: "700 bytes", shortfall: "the limit is 600" };
        expect(figureOf({ name, goal: { atMost: 0.5 } }, measured)).toMatchObject({
            met: false,
            detail: "700 bytes; the limit is 600",
        });
    });
});

test("the median is the middle, or the mean of the middle two, by size", () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 3, 100])).toBe(3.5);
    expect(() => median([])).toThrow(RangeError);
});
