/** The built `portcullis` command, run as a process of its own with nothing of this machine's settings. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const MAIN = resolve(__dirname, "..", "..", "dist", "sdk", "cli", "main.js");

export interface RunOptions {
    /** Where it runs; the user's home as well. */
    readonly directory: string;
    /** All that it gets besides PATH and HOME. */
    readonly environment?: Readonly<Record<string, string>>;
    /** Standard input. */
    readonly input?: string;
    /** A module that Node loads first. */
    readonly preload?: string;
}

/** What became of it. */
export interface Ended {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
}

/** Runs the command to its end. Throws where the package is not built. */
export function runPortcullis(args: readonly string[], options: RunOptions): Promise<Ended> {
    if (!existsSync(MAIN))
        throw new Error("The command runs from the built package. Run `npm run build` first.");
    const { directory, environment = {}, input = "", preload } = options;
    const node = preload === undefined ? [] : ["-r", preload];
    const child = spawn(process.execPath, [...node, MAIN, ...args], {
        cwd: directory,
        env: { PATH: process.env.PATH, HOME: directory, ...environment },
    });
    const printed = { out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => (printed.out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (printed.err += chunk.toString()));
    // It may end without reading its input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    return new Promise((done, fail) => {
        child.once("error", fail);
        child.once("close", (code) => {
            done({ code, ...printed });
        });
    });
}
