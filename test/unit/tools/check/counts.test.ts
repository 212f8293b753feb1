import { expect, test } from "@jest/globals";
import { add, countsOfJest, countsOfMocha, failureOf, judged, NOTHING } from "../../../../tools/check/counts";

const COUNTS = { passed: 5, failed: 1, skipped: 3, failures: ["one"] };

test("skipped tests are counted apart where they are allowed, and as failed where they are not", () => {
    expect(judged(COUNTS, true)).toEqual(COUNTS);
    expect(judged(COUNTS, false)).toEqual({ ...COUNTS, failed: 4, skipped: 0 });
    expect(judged({ ...NOTHING, passed: 5 }, false)).toEqual({ ...NOTHING, passed: 5 });
});

test("counts add up, and failures are listed", () => {
    expect(add(COUNTS, { passed: 10, failed: 20, skipped: 30, failures: ["two"] })).toEqual({
        passed: 15,
        failed: 21,
        skipped: 33,
        failures: ["one", "two"],
    });
});

const BROKEN = { name: "a.test.ts", message: "Cannot find module\n\nof that name", assertionResults: [] };
const FAILED = {
    name: "a.test.ts",
    message: "all of the suite",
    assertionResults: [
        { fullName: "is right", status: "passed", failureMessages: [] },
        { fullName: "is wrong", status: "failed", failureMessages: ["expected 1", "got 2"] },
    ],
};

test.each([
    ["a passing run", { numPassedTests: 2, success: true }, { passed: 2 }],
    ["a skipped test", { numPendingTests: 1, success: true }, { skipped: 1 }],
    [
        "failed tests",
        { numFailedTests: 2, numFailedTestSuites: 1, testResults: [FAILED] },
        { failed: 2, failures: ["is wrong\n    expected 1\n    got 2"] },
    ],
    [
        "a suite that does not load",
        { numFailedTestSuites: 1, testResults: [BROKEN] },
        { failed: 1, failures: ["a.test.ts\n    Cannot find module\n    of that name"] },
    ],
    ["a run that failed by itself", {}, { failed: 1 }],
])("jest's report of %s", (_title, report, counts) => {
    const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 0 };
    expect(countsOfJest({ ...none, success: false, testResults: [], ...report })).toEqual({
        ...NOTHING,
        ...counts,
    });
});

test("mocha's report", () => {
    const tests = [{ name: "a gate opens", message: "it stays shut" }];
    expect(countsOfMocha({ passed: 3, failed: 1, skipped: 2, tests })).toEqual({
        passed: 3,
        failed: 1,
        skipped: 2,
        failures: ["a gate opens\n    it stays shut"],
    });
});

test("a failure is told by its first lines, not whole", () => {
    const lines = failureOf("name", Array.from({ length: 50 }, () => "x".repeat(1_000)).join("\n")).split(
        "\n",
    );
    expect(lines).toHaveLength(13);
    expect(new Set(lines.slice(1))).toEqual(new Set([`    ${"x".repeat(300)}`]));
});
