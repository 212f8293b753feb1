/** The bundled program for snapshots, alone in an empty folder, run by plain Node with nothing of this machine. */
import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

export interface SnapshotRun {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
    /** The lines of standard error, which are JSON where there is no terminal. */
    readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface SnapshotProgram {
    /** Its one file. */
    readonly file: string;
    /** Runs it to its end; `watch` sees each text that it writes to standard error, `started` its process. */
    readonly run: (
        args: readonly string[],
        environment: Readonly<Record<string, string>>,
        watch?: (text: string, child: ChildProcess) => void,
        started?: (child: ChildProcess) => void,
    ) => Promise<SnapshotRun>;
}

const eventSchema = z.record(z.string(), z.unknown());

/** Puts the program that was built into a folder of its own. */
export function snapshotProgram(directory: string): SnapshotProgram {
    const home = join(directory, "program");
    mkdirSync(home, { recursive: true });
    const file = join(home, "snapshot.js");
    copyFileSync(resolve(__dirname, "../../dist/sdk/cli/snapshot/program.js"), file);
    return {
        file,
        run: (args, environment, watch, started) =>
            new Promise((done, reject) => {
                const child = spawn(process.execPath, [file, ...args], {
                    cwd: home,
                    env: { HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...environment },
                    stdio: ["ignore", "pipe", "pipe"],
                    // A session of its own has no terminal to ask on.
                    detached: true,
                });
                started?.(child);
                const printed = { out: "", err: "" };
                child.stdout.on("data", (chunk: Buffer) => (printed.out += chunk.toString()));
                child.stderr.on("data", (chunk: Buffer) => {
                    printed.err += chunk.toString();
                    watch?.(chunk.toString(), child);
                });
                child.on("error", reject);
                child.on("close", (code) => {
                    const lines = printed.err.split("\n").filter((line) => line.startsWith("{"));
                    const events = lines.map((line) => eventSchema.parse(JSON.parse(line)));
                    done({ code, ...printed, events });
                });
            }),
    };
}
