/** Python environments for tests: one package at one version each, built once and kept between runs. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An interpreter that has the package, or why there is none. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

async function exists(path: string): Promise<boolean> {
    return access(path).then(
        () => true,
        () => false,
    );
}

/**
 * The interpreter of an environment in `~/.cache/portcullis/<name>-<version>`. Built under a name of its own and then
 * renamed: of several first users at once one wins, and none sees half of it.
 */
export async function pythonWith(name: string, version: string): Promise<PythonEnvironment> {
    const cache = join(homedir(), ".cache", "portcullis");
    const home = join(cache, `${name}-${version}`);
    const python = join(home, "bin", "python");
    if (await exists(python)) return { python };
    const draft = `${home}.${randomBytes(6).toString("hex")}`;
    try {
        await mkdir(cache, { recursive: true });
        await run("python3", ["-m", "venv", draft], { timeout: 120_000 });
        await run(
            join(draft, "bin", "python"),
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `${name}==${version}`],
            { timeout: 180_000 },
        );
        await rename(draft, home).catch(async (error: unknown) => {
            if (!(await exists(python))) throw error;
        });
        return { python };
    } catch (error) {
        const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown";
        return { missing: `${name} ${version} could not be installed for python3 (${why})` };
    } finally {
        await rm(draft, { recursive: true, force: true });
    }
}

/** Runs an interpreter with no environment but PATH and what is given, and gives back what it printed. */
export async function runPython(
    python: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
    const { PATH = "" } = process.env;
    // Warnings are about Python, not about what is tested.
    const env = { PATH, PYTHONWARNINGS: "ignore", ...environment };
    return run(python, args, { env, timeout: 60_000 }).catch((error: unknown) => {
        // The error of a process that ended badly holds what it printed.
        const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
        return { stdout, stderr: stderr === "" ? String(error) : stderr };
    });
}

/** The last line of a text, where Python says what was wrong. */
export function lastLine(text: string): string {
    return text.trim().split("\n").at(-1) ?? "";
}
