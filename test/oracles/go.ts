/** Programs written in Go for tests: each built once at one version, and kept between runs. */
import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import { kept } from "../../tools/services/kept";

const run = promisify(execFile);

/** A program, or why there is none. */
export type GoProgram = { readonly program: string } | { readonly missing: string };

/** The program of a Go package (`github.com/…/cmd/name`) in `~/.cache/portcullis/<name>-<version>`. */
export async function goProgram(path: string, version: string): Promise<GoProgram> {
    const name = basename(path);
    const found = await kept(`${name}-${version}`, name, async (draft) => {
        const env = { ...process.env, GOBIN: draft, GOFLAGS: "-buildvcs=false", GOWORK: "off" };
        await run("go", ["install", `${path}@v${version}`], { env, timeout: 20 * 60_000 });
    });
    if ("path" in found) return { program: found.path };
    return { missing: `${name} ${version} could not be built with Go (${found.why})` };
}
