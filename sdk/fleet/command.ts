/** Runs Pulumi's command where the Automation API would put a secret among the arguments, which any user can read. */
import { spawn } from "node:child_process";
import { z } from "zod";
import type { ReadValue } from "./values";

/** Runs the command for one stack with this on its standard input; gives its output, and rejects where it fails. */
export type Command = (args: readonly string[], input?: string) => Promise<string>;

export interface CommandPlace {
    readonly command: string;
    readonly stack: string;
    readonly workDir: string;
    /** Added to this process's own. */
    readonly environment: Readonly<Record<string, string>>;
}

export function commandIn({ command, stack, workDir, environment }: CommandPlace): Command {
    return (args, input = "") =>
        new Promise((resolve, reject) => {
            const child = spawn(command, [...args, "--stack", stack, "--non-interactive"], {
                cwd: workDir,
                env: { ...process.env, ...environment },
                stdio: "pipe",
            });
            let [out, err] = ["", ""];
            child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
            child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
            child.on("error", reject);
            child.on("close", (code) => {
                if (code === 0) resolve(out);
                else reject(new Error(err));
            });
            // Where the command ends without reading its input, its exit code says why.
            child.stdin.on("error", () => undefined).end(input);
        });
}

const current = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

/**
 * Brings the stack's configuration to these values; keys that are not among them stay as they are. What is right already
 * is not written: a secret that is encrypted again reads as a change in the stack's file.
 */
export async function setConfig(
    config: Readonly<Record<string, ReadValue>>,
    project: string,
    command: Command,
): Promise<void> {
    if (Object.keys(config).length === 0) return;
    const found = current.parse(JSON.parse(await command(["config", "--show-secrets", "--json"])));
    const late = Object.entries(config).filter(([key, { value, secret }]) => {
        const had = found[key.includes(":") ? key : `${project}:${key}`];
        return had === undefined || had.value !== value || had.secret !== secret;
    });
    await writeConfig(Object.fromEntries(late), command);
}

/** Writes these values, whatever the stack has. */
export async function writeConfig(
    config: Readonly<Record<string, ReadValue>>,
    command: (args: readonly string[], input?: string) => Promise<unknown>,
): Promise<void> {
    const entries = Object.entries(config);
    const plain = entries.filter(([, { secret }]) => !secret);
    const secrets = entries.filter(([, { secret }]) => secret);
    const args = plain.flatMap(([key, { value }]) => ["--plaintext", `${key}=${value}`]);
    if (args.length > 0) await command(["config", "set-all", ...args]);
    // The command takes one line end off what it reads.
    for (const [key, { value }] of secrets) await command(["config", "set", key, "--secret"], `${value}\n`);
}
