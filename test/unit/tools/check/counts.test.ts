import { expect, test } from "@jest/globals";
import { add, countsOfJest, judged, NOTHING } from "../../../../tools/check/counts";

const COUNTS = { passed: 5, failed: 1, skipped: 3 };

test("skipped tests are counted apart where they are allowed, and as failed where they are not", () => {
    expect(judged(COUNTS, true)).toEqual(COUNTS);
    expect(judged(COUNTS, false)).toEqual({ passed: 5, failed: 4, skipped: 0 });
    expect(judged({ ...NOTHING, passed: 5 }, false)).toEqual({ passed: 5, failed: 0, skipped: 0 });
});

test("counts add up", () => {
    expect(add(COUNTS, { passed: 10, failed: 20, skipped: 30 })).toEqual({
        passed: 15,
        failed: 21,
        skipped: 33,
    });
});

test.each([
    ["a passing run", { numPassedTests: 2, success: true }, { passed: 2, failed: 0, skipped: 0 }],
    ["a skipped test", { numPendingTests: 1, success: true }, { passed: 0, failed: 0, skipped: 1 }],
    ["a failed test", { numFailedTests: 2, numFailedTestSuites: 1 }, { passed: 0, failed: 2, skipped: 0 }],
    ["a suite that does not load", { numFailedTestSuites: 1 }, { passed: 0, failed: 1, skipped: 0 }],
    ["a run that failed by itself", {}, { passed: 0, failed: 1, skipped: 0 }],
])("jest's report of %s", (_title, report, counts) => {
    const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 0 };
    expect(countsOfJest({ ...none, success: false, ...report })).toEqual(counts);
});
