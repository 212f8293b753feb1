/** Starts the packaged emulator as a process of its own, and ends it by its process id. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What `portcullis emulate outscale --json` prints. */
export interface Connection {
    readonly endpoint: string;
    readonly caFile: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: string;
}

export interface EmulatorProcess extends Connection {
    readonly pid: number;
    /** Lets the process go on after this one ends. */
    leave(): void;
    stop(): Promise<void>;
}

const START_LIMIT_MS = 20_000;

export async function startEmulator(directory: string): Promise<EmulatorProcess> {
    const args = ["dist/sdk/cli/main.js", "emulate", "outscale", "--json", "--directory", directory];
    // Not our own error stream: where that is a pipe, a kept emulator would hold it open.
    const log = openSync(join(directory, "emulator.log"), "a");
    // A process group of its own: Ctrl-C in the terminal is for the quickstart, which then stops the emulator.
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", log], detached: true });
    closeSync(log);
    const line = await firstLine(child);
    // The emulator is started by this very build, so its line has this form.
    const connection = JSON.parse(line) as Connection;
    const { pid } = child;
    if (pid === undefined) throw new Error("the emulator has no process id");
    return {
        ...connection,
        pid,
        leave: () => {
            child.stdout?.destroy();
            child.unref();
        },
        stop: async () => {
            if (child.exitCode !== null) return;
            const exit = once(child, "exit");
            child.kill("SIGTERM");
            await exit;
        },
    };
}

async function firstLine(child: ChildProcess): Promise<string> {
    const { stdout } = child;
    if (stdout === null) throw new Error("the emulator has no output");
    const limit = AbortSignal.timeout(START_LIMIT_MS);
    const lines = createInterface({ input: stdout });
    const failed = once(child, "exit", { signal: limit }).then(() => {
        throw new Error("The emulator ended at once. Run `npm run build` and see what it says.");
    });
    const first = once(lines, "line", { signal: limit }).then(([line]) => String(line));
    failed.catch(() => undefined);
    return Promise.race([first, failed]);
}
