import { describe, expect, test } from "@jest/globals";
import { Rollout } from "../../../../sdk/fleet/rollout";

const RULES = { canary: 1, stopAfter: 2, retries: 1, parallel: 2 };

test("canaries go alone; the rest begins once they have succeeded, as far as there is room", () => {
    const rollout = new Rollout(4, RULES);
    expect(rollout.startable()).toEqual([0]);
    rollout.begin(0);
    expect(rollout.startable()).toEqual([]);
    expect(rollout.end(0, "succeeded")).toBe("ended");
    expect(rollout.startable()).toEqual([1, 2]);
    rollout.begin(1);
    expect(rollout.startable()).toEqual([2]);
    rollout.begin(2);
    expect(rollout.startable()).toEqual([]);
    rollout.end(2, "succeeded");
    expect(rollout.startable()).toEqual([3]);
    expect(rollout.over).toBe(false);
});

test("a refused canary ends it: nothing else is begun, whatever stopAfter says", () => {
    const rollout = new Rollout(3, RULES);
    rollout.begin(0);
    rollout.end(0, "refused");
    expect([rollout.halt, rollout.startable(), rollout.over]).toEqual(["canary", [], true]);
    expect([0, 1, 2].map((index) => rollout.standing(index))).toEqual(["failed", "waiting", "waiting"]);
});

test("as many failures as the rules bear end it; what runs is let run", () => {
    const rollout = new Rollout(5, { ...RULES, canary: 0, parallel: 3 });
    for (const index of rollout.startable()) rollout.begin(index);
    rollout.end(0, "refused");
    expect(rollout.startable()).toEqual([3]);
    rollout.end(1, "refused");
    expect([rollout.halt, rollout.startable(), rollout.over]).toEqual(["failures", [], false]);
    rollout.end(2, "succeeded");
    expect(rollout.over).toBe(true);
});

describe("a transient failure", () => {
    test("rests, holds no room, and is tried again in its turn, as often as the rules allow", () => {
        const rollout = new Rollout(3, { ...RULES, canary: 0, parallel: 1 });
        rollout.begin(0);
        expect(rollout.end(0, "transient")).toBe("rests");
        expect(rollout.startable()).toEqual([1]);
        rollout.rested(0);
        expect(rollout.startable()).toEqual([0]);
        rollout.begin(0);
        expect(rollout.end(0, "transient")).toBe("ended");
        expect([rollout.standing(0), rollout.tries(0)]).toEqual(["failed", 2]);
    });

    test("of a canary keeps the rest waiting", () => {
        const rollout = new Rollout(2, RULES);
        rollout.begin(0);
        rollout.end(0, "transient");
        expect([rollout.startable(), rollout.over]).toEqual([[], false]);
    });

    test("is final once the rollout has halted, before its rest or in it", () => {
        const rollout = new Rollout(3, { ...RULES, canary: 0, parallel: 3, stopAfter: 9 });
        for (const index of rollout.startable()) rollout.begin(index);
        rollout.end(0, "transient");
        rollout.stop("interrupted");
        expect(rollout.end(1, "transient")).toBe("ended");
        rollout.rested(0);
        rollout.end(2, "succeeded");
        expect([0, 1, 2].map((index) => rollout.standing(index))).toEqual(["failed", "failed", "succeeded"]);
        expect([rollout.halt, rollout.over]).toEqual(["interrupted", true]);
    });
});

test("the first reason to halt stays", () => {
    const rollout = new Rollout(1, RULES);
    rollout.begin(0);
    rollout.stop("interrupted");
    rollout.end(0, "refused");
    expect(rollout.halt).toBe("interrupted");
});

test("there is no account beyond the last", () => {
    expect(() => new Rollout(1, RULES).standing(1)).toThrow(new RangeError("There is no account number 1."));
});
