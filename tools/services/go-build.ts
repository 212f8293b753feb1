/** Programs built from Go modules, each at the version that a `go.mod` beside the sources pins. */
import { runProgram } from "../pulumi/processes";

export interface GoBuild {
    /** The folder whose `go.mod` pins every module. */
    readonly folder: string;
    /** The package with the program: a path of Go, or "." for the folder's own. */
    readonly path: string;
    /** The file to write. */
    readonly output: string;
    /** What is said of the program where it cannot be built, as "Kubernetes' API server". */
    readonly name: string;
    /** Variables that the linker sets, `<package>.<name>=<value>`. None unless given. */
    readonly variables?: readonly string[];
    /** Milliseconds that it may take. */
    readonly limit: number;
}

/** Builds one program; rejects, with why in one line, where it cannot be built. */
export async function buildGo({ folder, path, output, name, variables = [], limit }: GoBuild): Promise<void> {
    // -s -w leave out what only a debugger reads.
    const flags = ["-s", "-w", ...variables.map((variable) => `-X ${variable}`)].join(" ");
    const end = await runProgram("go", ["build", "-ldflags", flags, "-o", output, path], {
        cwd: folder,
        environment: { GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
        limit,
    }).catch(() => {
        throw new Error(`there is no Go to build ${name} with`);
    });
    if (end.timedOut) throw new Error(`building ${path} with Go took too long`);
    if (end.code !== 0) {
        throw new Error(`building ${path} with Go failed: ${end.stderr.trim().split("\n").at(-1) ?? ""}`);
    }
}
