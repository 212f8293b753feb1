/** Other releases of Node for tests: fetched once from the registry and kept between runs. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { kept } from "../../tools/services/kept";

const run = promisify(execFile);

/** A Node program, or why there is none. */
export type NodeRelease = { readonly node: string } | { readonly missing: string };

/** The Node of this exact version in `~/.cache/portcullis/node-<version>`, for this platform. */
export async function nodeRelease(version: string): Promise<NodeRelease> {
    const name = `node-${process.platform}-${process.arch}`;
    const found = await kept(`node-${version}`, join("bin", "node"), async (draft) => {
        const args = ["pack", `${name}@${version}`, "--silent", "--pack-destination", draft];
        const { stdout } = await run("npm", args, { timeout: 180_000 });
        await run("tar", ["-xzf", join(draft, stdout.trim()), "-C", draft, "--strip-components=1"]);
    });
    if ("path" in found) return { node: found.path };
    return { missing: `Node ${version} could not be fetched as ${name} (${found.why})` };
}
