/** How many tests passed, failed and were skipped, and which failed. */
import { z } from "zod";

export interface Counts {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    /** What failed and why, in a few lines each: so that the end of a long log says it. */
    readonly failures: readonly string[];
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };

export function add(a: Counts, b: Counts): Counts {
    return {
        passed: a.passed + b.passed,
        failed: a.failed + b.failed,
        skipped: a.skipped + b.skipped,
        failures: [...a.failures, ...b.failures],
    };
}

/** What a check's counts come to: where no test may be skipped, each that was is a failure. */
export function judged(counts: Counts, allowsSkips: boolean): Counts {
    return allowsSkips ? counts : { ...counts, failed: counts.failed + counts.skipped, skipped: 0 };
}

const mochaReport = z.object({
    passed: z.number(),
    failed: z.number(),
    skipped: z.number(),
    tests: z.array(z.object({ name: z.string(), message: z.string() })),
});

/** Reads the report of our own reporter for mocha. */
export function countsOfMocha(report: unknown): Counts {
    const { tests, ...counts } = mochaReport.parse(report);
    return { ...counts, failures: tests.map(({ name, message }) => failureOf(name, message)) };
}

const jestReport = z.object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numFailedTestSuites: z.number(),
    success: z.boolean(),
    testResults: z.array(
        z.object({
            name: z.string(),
            message: z.string(),
            assertionResults: z.array(
                z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
            ),
        }),
    ),
});

/** Reads jest's `--json` report; a suite that could not even be loaded counts as a failure. */
export function countsOfJest(report: unknown): Counts {
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success, testResults } =
        jestReport.parse(report);
    return {
        passed: numPassedTests,
        failed: Math.max(numFailedTests, numFailedTestSuites, success ? 0 : 1),
        skipped: numPendingTests,
        failures: testResults.flatMap(({ name, message, assertionResults }) => {
            const failed = assertionResults.filter(({ status }) => status === "failed");
            if (failed.length === 0) return message === "" ? [] : [failureOf(name, message)];
            return failed.map((test) => failureOf(test.fullName, test.failureMessages.join("\n")));
        }),
    };
}

/** A failure as the end of a check tells it: its name, and the beginning of its message. */
export function failureOf(name: string, message: string): string {
    const lines = message.split("\n").filter((line) => line.trim() !== "");
    return [name, ...lines.slice(0, 12).map((line) => `    ${line.slice(0, 300)}`)].join("\n");
}
