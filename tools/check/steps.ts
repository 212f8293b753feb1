/** The kinds of steps that a check has: a plain command, jest, and mocha. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { add, countsOfJest, countsOfMocha, NOTHING, type Counts } from "./counts";

interface Execution {
    readonly environment?: Record<string, string>;
    /** A file that takes its output, to be passed on in one piece once it ended: where something else runs beside it. */
    readonly log?: string;
}

/** Runs a program of node_modules and passes its output on; gives its exit code. */
function execute(
    command: string,
    args: readonly string[],
    { environment = {}, log }: Execution = {},
): Promise<number> {
    const path = [resolve("node_modules/.bin"), process.env.PATH ?? ""].join(delimiter);
    const output = log === undefined ? "inherit" : openSync(log, "w");
    const child = spawn(command, args, {
        stdio: ["ignore", output, output],
        env: { ...process.env, PATH: path, ...environment },
    });
    return new Promise((end, fail) => {
        child.once("error", fail);
        child.once("exit", (code) => {
            if (log !== undefined) process.stdout.write(readFileSync(log));
            end(code ?? 1);
        });
    });
}

/** A step without tests: nothing counted where it succeeds, one failure where it does not. */
export async function run(command: string, args: readonly string[]): Promise<Counts> {
    const said = [command, ...args].join(" ");
    return (await execute(command, args)) === 0 ? NOTHING : { ...NOTHING, failed: 1, failures: [said] };
}

export async function runJest(scratch: string): Promise<Counts> {
    const file = join(scratch, "jest.json");
    const code = await execute("jest", ["--silent", "--json", "--outputFile", file]);
    return counted("jest", code, existsSync(file) ? countsOfJest(readJson(file)) : NOTHING);
}

/** Runs the mocha tests of `test/<folder>` in one process. */
export function runMocha(folder: string, scratch: string): Promise<Counts> {
    return runMochaOn(`test/${folder}/**/*.test.ts`, scratch);
}

/** The same, two files at a time, each told of once it is over: for tests that mostly wait for servers. */
export function runMochaInPairs(folder: string, scratch: string): Promise<Counts> {
    return runMochaOn(`test/${folder}/**/*.test.ts`, scratch, {}, ["--parallel", "--jobs", "2"]);
}

/**
 * The same, each file in a process of its own, two at a time: what one leaves behind when it fails is no failure of the
 * next. An engine and its providers keep one of two cores busy.
 */
export async function runMochaApart(folder: string, scratch: string): Promise<Counts> {
    const names = readdirSync(join("test", folder), { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => name.endsWith(".test.ts")).sort();
    return runFilesApart(
        files.map((name) => join("test", folder, name)),
        scratch,
    );
}

/** Those of the end-to-end tests whose programs can be projects as well. */
const PLAIN = ["crash", "provider-core", "refusals", "secrets"].map((name) =>
    join("test", "e2e", `${name}.test.ts`),
);

/** Runs end-to-end tests once more, by plain `pulumi` commands: where a whole Pulumi installation is present. */
export async function runPlain(scratch: string, unavailable: string | undefined): Promise<Counts> {
    if (unavailable === undefined) return runFilesApart(PLAIN, scratch, { PORTCULLIS_PLAIN: "1" });
    console.log(`skipped: ${PLAIN.join(", ")} by plain pulumi commands: ${unavailable}`);
    return { ...NOTHING, skipped: PLAIN.length };
}

async function runFilesApart(
    files: readonly string[],
    scratch: string,
    environment: Record<string, string> = {},
): Promise<Counts> {
    const left = [...files];
    const runner = async (): Promise<Counts> => {
        let counts = NOTHING;
        for (let file = left.shift(); file !== undefined; file = left.shift()) {
            counts = add(
                counts,
                await runMochaOn(file, scratch, { environment, log: join(scratch, `${randomUUID()}.log`) }),
            );
        }
        return counts;
    };
    const [one, other] = await Promise.all([runner(), runner()]);
    return counted(files.join(" "), 0, add(one, other));
}

async function runMochaOn(
    files: string,
    scratch: string,
    execution: Execution = {},
    options: readonly string[] = [],
): Promise<Counts> {
    const report = join(scratch, `${randomUUID()}.json`);
    const args = ["--reporter", resolve("tools/check/mocha-reporter.cjs"), ...options, files];
    const environment = { PORTCULLIS_COUNTS: report, ...execution.environment };
    const code = await execute("mocha", args, { ...execution, environment });
    return counted(files, code, existsSync(report) ? countsOfMocha(readJson(report)) : NOTHING);
}

/** A runner that failed without a failed test (it crashed, or found nothing to run) is a failure all the same. */
function counted(what: string, code: number, counts: Counts): Counts {
    const ran = counts.passed + counts.failed + counts.skipped > 0;
    if (ran && (code === 0 || counts.failed > 0)) return counts;
    const failure = ran ? `${what}: ended with ${code}, though no test failed` : `${what}: no test ran`;
    return add(counts, { ...NOTHING, failed: 1, failures: [failure] });
}

function readJson(file: string): unknown {
    return JSON.parse(readFileSync(file, "utf8"));
}
