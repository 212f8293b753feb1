import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { TryEnd } from "../../../../sdk/fleet/rollout";
import { schedule, type Schedule } from "../../../../sdk/fleet/schedule";

/** How an account's tries end, one after the other; the last for all after it. */
type Fate = readonly [TryEnd, ...TryEnd[]];

interface Moment {
    /** `told` where the schedule says that the account has ended. */
    readonly what: "begun" | "ended" | "told";
    readonly job: number;
    readonly how?: TryEnd;
}

interface World {
    readonly moments: readonly Moment[];
    readonly result: Schedule<number, string>;
    /** Most at once. */
    readonly most: number;
    /** How many moments there were when the stop was asked for. */
    readonly stoppedAt: number;
}

interface Scenario {
    readonly fates: readonly Fate[];
    readonly rules: { canary: number; stopAfter: number; retries: number; parallel: number };
    /** Microtask turns that a try takes, by account. */
    readonly turns: readonly number[];
    /** Asks for the stop when so many tries have begun. */
    readonly stopAt: number;
}

async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

async function play({ fates, rules, turns: taken, stopAt }: Scenario): Promise<World> {
    const moments: Moment[] = [];
    const stop = new AbortController();
    let [running, most, begun, stoppedAt] = [0, 0, 0, Infinity];
    const result = await schedule(
        fates.map((_, index) => index),
        {
            rules,
            signal: stop.signal,
            run: async (job, tried) => {
                moments.push({ what: "begun", job });
                running += 1;
                begun += 1;
                most = Math.max(most, running);
                if (begun === stopAt) {
                    stop.abort();
                    stoppedAt = moments.length;
                }
                await turns(taken[job] ?? 1);
                const fate = fates[job] ?? ["succeeded"];
                const how = fate[Math.min(tried, fate.length) - 1] ?? "succeeded";
                running -= 1;
                moments.push({ what: "ended", job, how });
                return { how, result: `${how} ${tried}` };
            },
            rest: (tried) => turns(3 * tried),
            onEnd: ({ job, outcome }) => {
                moments.push({ what: "told", job, how: outcome === "succeeded" ? outcome : "refused" });
            },
        },
    );
    return { moments, result, most, stoppedAt };
}

const end = fc.constantFrom<TryEnd>("succeeded", "succeeded", "refused", "transient");
const scenario: fc.Arbitrary<Scenario> = fc.integer({ min: 0, max: 12 }).chain((count) =>
    fc.record({
        fates: fc.array(
            fc.tuple(end, end, end).map((ends): Fate => ends),
            { minLength: count, maxLength: count },
        ),
        rules: fc.record({
            canary: fc.integer({ min: 0, max: 3 }),
            stopAfter: fc.integer({ min: 1, max: 4 }),
            retries: fc.integer({ min: 0, max: 3 }),
            parallel: fc.integer({ min: 1, max: 5 }),
        }),
        turns: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }),
        stopAt: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 12 })),
    }),
);

function property(holds: (world: World, scenario: Scenario) => void): Promise<void> {
    const each = fc.asyncProperty(scenario, async (given) => {
        holds(await play(given), given);
    });
    return Promise.resolve(fc.assert(each, { numRuns: 500 }));
}

describe("whatever happens", () => {
    test("never are more than `parallel` accounts in work", () =>
        property(({ most }, { rules }) => {
            expect(most).toBeLessThanOrEqual(rules.parallel);
        }));

    test("an account that succeeds is run once after its last failure, and nobody more than 1 + retries times", () =>
        property(({ moments, result }, { rules }) => {
            result.accounts.forEach(({ job, tries, outcome }) => {
                const ends = moments.filter(({ what, job: each }) => what === "ended" && each === job);
                expect(ends.length).toBe(tries);
                expect(tries).toBeLessThanOrEqual(1 + rules.retries);
                expect(ends.filter(({ how }) => how === "succeeded").length).toBe(
                    outcome === "succeeded" ? 1 : 0,
                );
                expect(ends.slice(0, -1).every(({ how }) => how === "transient")).toBe(true);
            });
        }));

    test("nothing is begun after the breaker tripped or the stop was asked for", () =>
        property(({ moments, stoppedAt }, { rules }) => {
            let failed = 0;
            moments.forEach(({ what, how }, index) => {
                if (what === "told" && how !== "succeeded") failed += 1;
                if (what !== "begun") return;
                expect(index).toBeLessThan(stoppedAt);
                expect(failed).toBeLessThan(rules.stopAfter);
            });
        }));

    test("every canary has succeeded before another account is begun", () =>
        property(({ moments }, { rules, fates }) => {
            const first = moments.findIndex(({ what, job }) => what === "begun" && job >= rules.canary);
            if (first < 0) return;
            const done = moments
                .slice(0, first)
                .flatMap(({ what, how, job }) => (what === "ended" && how === "succeeded" ? [job] : []));
            expect(new Set(done)).toEqual(
                new Set(Array.from({ length: Math.min(rules.canary, fates.length) }, (_, index) => index)),
            );
        }));

    test("everybody is begun, unless it says why not; and all is over when it resolves", () =>
        property(({ moments, result }, { fates }) => {
            const left = result.accounts.filter(({ outcome }) => outcome === "not begun");
            expect(left.length > 0).toBe(result.halt !== undefined);
            expect(result.accounts.map(({ job }) => job)).toEqual(fates.map((_, index) => index));
            const count = (wanted: Moment["what"]) => moments.filter(({ what }) => what === wanted).length;
            expect(count("ended")).toBe(count("begun"));
            expect(count("told")).toBe(fates.length - left.length);
        }));
});

test("the result is that of the last try; those that were never begun have none", async () => {
    const { result } = await play({
        fates: [["transient", "succeeded"], ["refused"], ["succeeded"]],
        rules: { canary: 1, stopAfter: 1, retries: 2, parallel: 1 },
        turns: [1, 1, 1],
        stopAt: Infinity,
    });
    expect(result).toEqual({
        accounts: [
            { job: 0, outcome: "succeeded", tries: 2, result: "succeeded 2" },
            { job: 1, outcome: "failed", tries: 1, result: "refused 1" },
            { job: 2, outcome: "not begun", tries: 0 },
        ],
        halt: "failures",
    });
});

test("begins nothing where the stop was asked for before", async () => {
    const signal = AbortSignal.abort();
    const run = (): Promise<never> => Promise.reject(new Error("begun"));
    const rules = { canary: 0, stopAfter: 1, retries: 0, parallel: 2 };
    const { accounts, halt } = await schedule([1, 2], { rules, run, rest: () => Promise.resolve(), signal });
    expect([accounts.map(({ outcome }) => outcome), halt]).toEqual([
        ["not begun", "not begun"],
        "interrupted",
    ]);
});
