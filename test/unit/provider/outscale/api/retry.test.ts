/** When a failed try is followed by another, and after how long. */
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { CallKind } from "../../../../../provider/outscale/api/calls";
import {
    DEFAULT_RETRY_POLICY,
    nextStep,
    type Failure,
    type NextStep,
} from "../../../../../provider/outscale/api/retry";

const throttled: Failure = { uncertain: false, again: true, waitMs: 0 };
const uncertain: Failure = { uncertain: true, again: true, waitMs: 0 };
const refused: Failure = { uncertain: false, again: false, waitMs: 0 };

test.each<[string, CallKind, Failure, number, number, NextStep]>([
    ["first wait", "read", throttled, 0, 0, { step: "retry", waitMs: 1_000 }],
    ["second wait", "read", throttled, 1, 0, { step: "retry", waitMs: 2_000 }],
    ["third wait", "read", throttled, 2, 0, { step: "retry", waitMs: 4_000 }],
    ["jitter", "read", throttled, 1, 0.5, { step: "retry", waitMs: 3_500 }],
    ["no fourth retry", "read", throttled, 3, 0, { step: "fail" }],
    [
        "what the service asks for",
        "read",
        { ...throttled, waitMs: 9_000 },
        0,
        0,
        { step: "retry", waitMs: 9_000 },
    ],
    [
        "not more than the longest",
        "read",
        { ...throttled, waitMs: 1e9 },
        0,
        0,
        { step: "retry", waitMs: 30_000 },
    ],
    ["an uncertain read", "read", uncertain, 0, 0, { step: "retry", waitMs: 1_000 }],
    ["an uncertain change", "change", uncertain, 0, 0, { step: "retry", waitMs: 1_000 }],
    ["an uncertain create", "create", uncertain, 0, 0, { step: "lost" }],
    ["a throttled create", "create", throttled, 0, 0, { step: "retry", waitMs: 1_000 }],
    ["a refused call", "read", refused, 0, 0, { step: "fail" }],
])("%s", (_what, kind, failure, tried, random, expected) => {
    expect(nextStep(kind, failure, tried, DEFAULT_RETRY_POLICY, random)).toEqual(expected);
});

test("every policy ends, and keeps its waits within its bounds", () => {
    const policies = fc.record({
        retries: fc.integer({ min: 0, max: 10 }),
        baseMs: fc.integer({ min: 0, max: 5_000 }),
        jitterMs: fc.integer({ min: 0, max: 5_000 }),
        maxMs: fc.integer({ min: 0, max: 60_000 }),
    });
    fc.assert(
        fc.property(policies, fc.double({ min: 0, max: 0.999, noNaN: true }), (policy, random) => {
            let tried = 0;
            for (;;) {
                const next = nextStep("read", throttled, tried, policy, random);
                if (next.step !== "retry") break;
                expect(next.waitMs).toBeLessThanOrEqual(policy.maxMs);
                tried += 1;
            }
            expect(tried).toBe(policy.retries);
        }),
    );
});
