/** `npm run check`: format, lint, types, build and every test, then one line that counts the tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgress } from "../progress";
import { findPulumi } from "../pulumi/cli";
import { plainUnavailable } from "../pulumi/plain";
import { findCertManager } from "../services/cert-manager";
import { findKubernetes } from "../services/kubernetes";
import { findPebble } from "../services/pebble";
import { add, judged, NOTHING, type Counts } from "./counts";
import { run, runJest, runMocha, runMochaApart, runMochaInPairs, runPlain } from "./steps";

interface Step {
    readonly name: string;
    readonly work: (scratch: string) => Promise<Counts>;
}

/** A test that is skipped says what the machine lacks; where everything should be there, that is a failure. */
const ALLOWS_SKIPS = process.env.PORTCULLIS_NO_SKIPS !== "1";

const STEPS: readonly Step[] = [
    { name: "format", work: () => run("prettier", ["--check", "--log-level", "warn", "."]) },
    // Built before it is typed and linted: the examples import the package as users do, from its build.
    { name: "build", work: () => run("node", ["tools/build.mjs"]) },
    { name: "types", work: () => run("tsc", ["-p", "tsconfig.json"]) },
    { name: "lint", work: () => run("eslint", ["."]) },
    { name: "unit", work: (scratch) => runJest(scratch) },
    { name: "explore", work: (scratch) => runMocha("explore", scratch) },
    { name: "integration", work: (scratch) => runMochaInPairs("integration", scratch) },
    { name: "e2e", work: (scratch) => runMochaApart("e2e", scratch) },
    { name: "plain", work: async (scratch) => runPlain(scratch, plainUnavailable(await findPulumi())) },
];

async function main(): Promise<void> {
    const wanted = process.argv.slice(2);
    const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
    if (unknown.length > 0) {
        throw new Error(
            `No such step: ${unknown.join(", ")}. Use: ${STEPS.map(({ name }) => name).join(", ")}.`,
        );
    }
    const steps = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name));
    const scratch = mkdtempSync(join(tmpdir(), "portcullis-check-"));
    let counts = NOTHING;
    const slow: string[] = [];
    try {
        // Got before any test starts its clock: on a new machine the CLI is built, which takes minutes.
        if (steps.some(({ name }) => name === "e2e" || name === "plain"))
            await findPulumi({ progress: createProgress(process.stdout) });
        // For the same reason, and because a build beside tests of what a cluster does in time would slow it down.
        if (steps.some(({ name }) => name === "integration" || name === "e2e")) await findKubernetes();
        if (steps.some(({ name }) => name === "integration")) {
            await findPebble();
            await findCertManager();
        }
        for (const { name, work } of steps) {
            console.log(`\n== ${name}`);
            const started = performance.now();
            counts = add(counts, await work(scratch));
            slow.push(`${name} ${((performance.now() - started) / 1_000).toFixed(0)} s`);
        }
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
    for (const failure of counts.failures) console.log(`\nfailed: ${failure}`);
    console.log(`\n${slow.join(", ")}`);
    if (counts.skipped > 0 && !ALLOWS_SKIPS) {
        console.log(
            `${counts.skipped} were skipped and count as failed, for PORTCULLIS_NO_SKIPS is set. Each says above what this machine lacks: install it, or unset the variable.`,
        );
    }
    const { passed, failed, skipped } = judged(counts, ALLOWS_SKIPS);
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed, 0 skipped");
    process.exitCode = 1;
});
