import { describe, expect, test } from "@jest/globals";
import { compare, timePairs } from "../../../bench/pairs";

/** Two sides that take what they are told of a clock that only they move. */
function sides(subject: number, baseline: number) {
    let time = 0;
    const order: string[] = [];
    const side = (name: string, ms: number) => () => {
        order.push(name);
        time += ms;
        return Promise.resolve();
    };
    return { order, now: () => time, subject: side("s", subject), baseline: side("b", baseline) };
}

describe("pairs", () => {
    test("take turns until the most are done, each side timed by itself", async () => {
        const { order, now, subject, baseline } = sides(30, 20);
        const pairs = await timePairs(subject, baseline, { atLeast: 1, atMost: 3, within: 10_000 }, now);
        expect(order.join("")).toBe("sbsbsb");
        expect(pairs).toEqual(Array(3).fill({ subject: 30, baseline: 20 }));
    });

    test("begin no further turn once the time is up, but are never fewer than the least", async () => {
        const slow = sides(30, 20);
        const turns = { atLeast: 2, atMost: 9, within: 1 };
        expect(await timePairs(slow.subject, slow.baseline, turns, slow.now)).toHaveLength(2);
        const quick = sides(30, 20);
        const roomy = { atLeast: 2, atMost: 9, within: 101 };
        expect(await timePairs(quick.subject, quick.baseline, roomy, quick.now)).toHaveLength(3);
    });

    test("pass a failure on", async () => {
        const broken = (): Promise<never> => Promise.reject(new Error("no engine"));
        const { baseline } = sides(1, 1);
        await expect(timePairs(broken, baseline, { atLeast: 1, atMost: 1, within: 1 })).rejects.toThrow(
            "no engine",
        );
    });
});

test("a comparison takes the median of the pairs' own ratios, so that one bad moment does not decide", () => {
    const pairs = [
        { subject: 1_100, baseline: 1_000 },
        { subject: 9_000, baseline: 1_000 },
        { subject: 2_400, baseline: 2_000 },
    ];
    expect(compare(pairs)).toEqual({
        ratio: 1.2,
        detail: "2.40 s against 1.00 s, 3 pairs, 1.10 to 9.00",
    });
});
