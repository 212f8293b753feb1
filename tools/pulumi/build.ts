/** Builds the Pulumi CLI as an ordinary Go module, pinned by the go.mod and go.sum in `cli/`. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { spell, type Progress } from "../progress";
import { runProgram, type Finished } from "./processes";
import { PINNED_VERSION } from "./version";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** What `go list -deps` counts for it; only for the progress shown. */
const PACKAGES = 1670;
/** A cold build takes four to seven minutes on two cores. */
const LIMIT = 30 * 60_000;

/** Thrown where Go is there and the build fails; its message holds the compiler's last lines. */
export class BuildError extends Error {
    constructor(reason: string) {
        super(reason);
        this.name = "BuildError";
    }
}

/** Builds `<root>/bin/pulumi`, showing how far it is. Throws where Go is missing or the build fails. */
export async function build(root: string, progress: Progress): Promise<void> {
    const bin = join(root, "bin");
    const fresh = join(bin, `.pulumi.${process.pid.toString()}`);
    mkdirSync(bin, { recursive: true });
    const started = Date.now();
    const count = { downloaded: 0, compiled: 0 };
    const show = (): void => {
        const detail = count.compiled > 0 ? packages(count.compiled) : modules(count.downloaded);
        progress.step(
            `Building Pulumi ${PINNED_VERSION} with Go, once (some minutes)`,
            `${detail}${spell(Date.now() - started)}`,
        );
    };
    const ticking = setInterval(show, 1000);
    try {
        show();
        const end = await compile(fresh, (line) => {
            if (line.startsWith("go: downloading")) count.downloaded += 1;
            else count.compiled += 1;
        });
        if (end.code !== 0) throw new BuildError(`building it with Go ${whyNot(end)}`);
        renameSync(fresh, join(bin, "pulumi"));
        progress.done(`Built Pulumi ${PINNED_VERSION} in ${spell(Date.now() - started)}.`);
    } finally {
        clearInterval(ticking);
        rmSync(fresh, { force: true });
    }
}

async function compile(output: string, onLine: (line: string) => void): Promise<Finished> {
    const ldflags = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PINNED_VERSION}`;
    // -v names each package as it is compiled; -s -w leave out what only a debugger reads.
    const args = ["build", "-v", "-ldflags", `-s -w ${ldflags}`, "-o", output, PACKAGE];
    let rest = "";
    try {
        return await runProgram("go", args, {
            cwd: join(__dirname, "cli"),
            environment: { GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
            limit: LIMIT,
            onStderr: (text) => {
                const lines = (rest + text).split("\n");
                rest = lines.pop() ?? "";
                for (const line of lines) onLine(line);
            },
        });
    } catch {
        throw new Error("there is no `go` to build it with");
    }
}

function packages(count: number): string {
    return `${count.toString()} of up to ${PACKAGES.toString()} packages compiled, `;
}

function modules(count: number): string {
    return count === 0 ? "" : `${count.toString()} modules downloaded, `;
}

function whyNot(end: Finished): string {
    if (end.timedOut) return "took too long";
    // Compiled packages are named on the same stream as errors: the errors come last.
    const errors = end.stderr.trim().split("\n").slice(-5).join("\n");
    return `failed: ${errors}`;
}
