/** Programs written in Go for tests: each built once at one version, and kept between runs. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A program, or why there is none. */
export type GoProgram = { readonly program: string } | { readonly missing: string };

/** The program of a Go package (`github.com/…/cmd/name`) in `~/.cache/portcullis/<name>-<version>`. */
export async function goProgram(path: string, version: string): Promise<GoProgram> {
    const name = basename(path);
    const cache = join(homedir(), ".cache", "portcullis");
    const home = join(cache, `${name}-${version}`);
    const program = join(home, name);
    if (existsSync(program)) return { program };
    const draft = `${home}.${randomBytes(6).toString("hex")}`;
    try {
        await mkdir(draft, { recursive: true });
        const env = { ...process.env, GOBIN: draft, GOFLAGS: "-buildvcs=false", GOWORK: "off" };
        await run("go", ["install", `${path}@v${version}`], { env, timeout: 20 * 60_000 });
        await rename(draft, home).catch((error: unknown) => {
            if (!existsSync(program)) throw error;
        });
        return { program };
    } catch (error) {
        const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown";
        return { missing: `${name} ${version} could not be built with Go (${why})` };
    } finally {
        await rm(draft, { recursive: true, force: true });
    }
}
