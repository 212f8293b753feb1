/** How many tests passed, failed and were skipped. */
import { z } from "zod";

export const countsSchema = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() });
export type Counts = z.output<typeof countsSchema>;

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Counts, b: Counts): Counts {
    return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** What a check's counts come to: where no test may be skipped, each that was is a failure. */
export function judged({ passed, failed, skipped }: Counts, allowsSkips: boolean): Counts {
    return allowsSkips ? { passed, failed, skipped } : { passed, failed: failed + skipped, skipped: 0 };
}

const jestReport = z.object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numFailedTestSuites: z.number(),
    success: z.boolean(),
});

/** Reads jest's `--json` report; a suite that could not even be loaded counts as a failure. */
export function countsOfJest(report: unknown): Counts {
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success } =
        jestReport.parse(report);
    const failed = Math.max(numFailedTests, numFailedTestSuites, success ? 0 : 1);
    return { passed: numPassedTests, failed, skipped: numPendingTests };
}
