/** Other releases of Node for tests: fetched once from the registry and kept between runs. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A Node program, or why there is none. */
export type NodeRelease = { readonly node: string } | { readonly missing: string };

/** The Node of this exact version in `~/.cache/portcullis/node-<version>`, for this platform. */
export async function nodeRelease(version: string): Promise<NodeRelease> {
    const name = `node-${process.platform}-${process.arch}`;
    const cache = join(homedir(), ".cache", "portcullis");
    const home = join(cache, `node-${version}`);
    const node = join(home, "bin", "node");
    if (existsSync(node)) return { node };
    const draft = `${home}.${randomBytes(6).toString("hex")}`;
    try {
        await mkdir(draft, { recursive: true });
        const args = ["pack", `${name}@${version}`, "--silent", "--pack-destination", draft];
        const { stdout } = await run("npm", args, { timeout: 180_000 });
        await run("tar", ["-xzf", join(draft, stdout.trim()), "-C", draft, "--strip-components=1"]);
        await rename(draft, home).catch((error: unknown) => {
            if (!existsSync(node)) throw error;
        });
        return { node };
    } catch (error) {
        const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown";
        return { missing: `Node ${version} could not be fetched as ${name} (${why})` };
    } finally {
        await rm(draft, { recursive: true, force: true });
    }
}
