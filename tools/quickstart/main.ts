/** `npm run quickstart`: the root project brought up on the emulated account, and the proof that it worked. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createProgress } from "../progress";
import { findPulumi } from "../pulumi/cli";
import { openStack } from "../pulumi/engine";
import { startEmulator, type EmulatorProcess } from "./emulator";
import { keepInstructions } from "./keep";
import { runProgram, withoutLine } from "./program";
import { tell } from "./story";

const PROGRAM = "examples/quickstart/index.ts";
/** The line of the program that declares the rule which admits certificates. */
const RULE = "certificate: {";

async function main(): Promise<void> {
    const started = performance.now();
    const keep = process.argv.includes("--keep");
    // Settings for a real account must not lead any part of this to it.
    for (const name of Object.keys(process.env))
        if (/^(OSC|OUTSCALE)_/.test(name)) Reflect.deleteProperty(process.env, name);
    const progress = createProgress(process.stderr);
    progress.step("finding the Pulumi CLI");
    const cli = await findPulumi({ progress });
    progress.done(`Pulumi ${cli.version} (${cli.origin})`);

    const directory = keep
        ? resolve(".portcullis/quickstart")
        : mkdtempSync(join(tmpdir(), "portcullis-quickstart-"));
    if (keep) rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const emulators: EmulatorProcess[] = [];
    const cleanUp = async (): Promise<void> => {
        await Promise.all(emulators.map((emulator) => emulator.stop()));
        if (!keep) rmSync(directory, { recursive: true, force: true });
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
    }
    let kept = false;
    try {
        progress.step("starting the emulated OUTSCALE account");
        const emulator = await startEmulator(directory);
        emulators.push(emulator);
        progress.done(`emulated OUTSCALE account at ${emulator.endpoint}`);
        const stack = await openStack({
            project: "portcullis-quickstart",
            stack: "dev",
            program: () => Promise.resolve(runProgram(PROGRAM)),
            directory,
            workDir: process.cwd(),
            cli,
            config: {
                "outscale:endpoint": emulator.endpoint,
                "outscale:caFile": emulator.caFile,
                "outscale:region": emulator.region,
                "outscale:accessKeyId": emulator.accessKey,
                "outscale:secretKeyId": { secret: emulator.secretKey },
            },
        });
        const sabotaged = (): Promise<Record<string, unknown>> =>
            Promise.resolve(runProgram(PROGRAM, (source) => withoutLine(source, RULE)));
        await tell({
            stack,
            emulator,
            progress,
            sabotaged,
            print: (line) => process.stdout.write(`${line}\n`),
        });
        if (keep) {
            emulator.leave();
            kept = true;
            process.stdout.write(`${keepInstructions(directory, emulator, cli)}\n`);
        }
    } finally {
        if (!kept) await cleanUp();
    }
    process.stdout.write(`Done in ${((performance.now() - started) / 1_000).toFixed(0)} s.\n`);
}

main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
