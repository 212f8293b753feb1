import { expect, test } from "@jest/globals";
import { rulesOf } from "../../../../sdk/fleet/drive";

const rollout = { canary: 2, stopAfter: 3, retries: 4, parallel: 5 };

test.each(["up", "destroy"] as const)("%s goes by the fleet's rules", (operation) => {
    expect(rulesOf(rollout, operation, 9)).toEqual(rollout);
});

test.each(["preview", "refresh"] as const)(
    "%s changes no account, and so shows what all of them say",
    (operation) => {
        expect(rulesOf(rollout, operation, 9)).toEqual({ ...rollout, canary: 0, stopAfter: 10 });
    },
);

test("the options win, for every operation", () => {
    const options = { canary: 0, stopAfter: 1, retries: 0, parallel: 1 };
    expect(rulesOf(rollout, "up", 9, options)).toEqual(options);
    expect(rulesOf(rollout, "preview", 9, { ...options, canary: 1 })).toEqual({ ...options, canary: 1 });
});

test("there are as many at once as processors, unless it is said", () => {
    const { parallel } = rulesOf({ canary: 0, stopAfter: 1, retries: 0 }, "up", 9);
    expect(parallel).toBeGreaterThanOrEqual(1);
});
