/** Python environments for tests: one package at one version each, built once and kept between runs. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { kept } from "./kept";

const run = promisify(execFile);

/** An interpreter that has the package, or why there is none. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

export interface PackageOptions {
    /** The package's extras, as `["server", "kms"]` for `moto[server,kms]`. */
    readonly extras?: readonly string[];
    /** SHA-256 of the files that may be installed, one for each kind of machine. The package may then need no other. */
    readonly digests?: readonly string[];
}

/** The interpreter of an environment in `~/.cache/portcullis/<name>-<version>`. */
export async function pythonWith(
    name: string,
    version: string,
    { extras = [], digests = [] }: PackageOptions = {},
): Promise<PythonEnvironment> {
    const found = await kept(`${name}-${version}`, join("bin", "python"), async (draft) => {
        await run("python3", ["-m", "venv", draft], { timeout: 120_000 });
        const wanted = `${name}${extras.length > 0 ? `[${extras.join(",")}]` : ""}==${version}`;
        const file = join(draft, "requirements.txt");
        await writeFile(file, [wanted, ...digests.map((digest) => `--hash=sha256:${digest}`)].join(" "));
        await run(
            join(draft, "bin", "python"),
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", file],
            { timeout: 300_000 },
        );
    });
    if ("path" in found) return { python: found.path };
    return { missing: `${name} ${version} could not be installed for python3 (${found.why})` };
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
