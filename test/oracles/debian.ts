/** Programs of Debian packages for tests: taken from PATH, or fetched and unpacked once, and not installed. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "../../tools/pulumi/cli";

const run = promisify(execFile);

/** A program, or why there is none. */
export type DebianProgram = { readonly program: string } | { readonly missing: string };

/** The program on PATH, or that of the Debian package of its name, in `~/.cache/portcullis/<name>-<version>`. */
export async function debianProgram(name: string): Promise<DebianProgram> {
    const there = await findProgram(name, process.env.PATH ?? "");
    if (there !== undefined) return { program: there };
    const cache = join(homedir(), ".cache", "portcullis");
    const draft = join(cache, `${name}.${randomBytes(6).toString("hex")}`);
    try {
        const { stdout } = await run("apt-cache", ["policy", name]);
        const version = /Candidate: (\d\S*)/.exec(stdout)?.[1];
        if (version === undefined) throw new Error("Debian has no such package");
        const home = join(cache, `${name}-${version}`);
        const program = join(home, "usr", "bin", name);
        if (existsSync(program)) return { program };
        await mkdir(draft, { recursive: true });
        await run("apt-get", ["download", `${name}=${version}`], { cwd: draft, timeout: 180_000 });
        const [file = ""] = readdirSync(draft);
        await run("dpkg", ["-x", file, "."], { cwd: draft });
        await rename(draft, home).catch((error: unknown) => {
            if (!existsSync(program)) throw error;
        });
        return { program };
    } catch (error) {
        const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown";
        return { missing: `${name} is not on PATH, and could not be fetched from Debian (${why})` };
    } finally {
        await rm(draft, { recursive: true, force: true });
    }
}
