/** Finds the Pulumi command line, or gets one: installed from its makers, else built from its Go module. */
import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { silent, type Progress } from "../progress";
import { build, BuildError } from "./build";
import { install } from "./install";
import { withLock } from "./lock";
import { runProgram } from "./processes";
import { PINNED_VERSION } from "./version";

export interface PulumiCli {
    /** Absolute path. */
    readonly command: string;
    /** Without a leading "v". */
    readonly version: string;
    readonly origin: "path" | "installed" | "built";
    /** Whether Node programs can run as plain `pulumi up`: `pulumi-language-nodejs` is beside the CLI or on PATH. */
    readonly languageHost: boolean;
}

export interface FindOptions {
    readonly progress?: Progress;
    /** Folder for what is downloaded or built. `~/.cache/portcullis/pulumi` unless given. */
    readonly cache?: string;
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** How to get a CLI into a folder as `bin/pulumi`; for tests. */
    readonly getters?: Getters;
}

/** Each puts a CLI at `<root>/bin/pulumi` by one rename, or throws an error that says why not. */
export interface Getters {
    install(root: string, progress: Progress): Promise<void>;
    build(root: string, progress: Progress): Promise<void>;
}

/** Thrown where there is no CLI and none can be got. */
export class PulumiMissing extends Error {
    constructor(public readonly tried: readonly string[]) {
        super(
            "The Pulumi CLI is needed, and every way to it failed: " +
                tried.join("; ") +
                `. Install Pulumi ${PINNED_VERSION} or later (https://www.pulumi.com/docs/install), ` +
                "or install Go 1.21 or later so that it can be built here, then run this again.",
        );
        this.name = "PulumiMissing";
    }
}

export function defaultCache(): string {
    return join(homedir(), ".cache", "portcullis", "pulumi");
}

/**
 * The Pulumi CLI: from PATH as it is, else from the cache, else installed by the official installer, else built.
 * What was got stays in the cache; several processes may call this at once, one of them does the work.
 * Throws `PulumiMissing` where every way fails.
 */
export async function findPulumi(options: FindOptions = {}): Promise<PulumiCli> {
    const progress = options.progress ?? silent;
    const path = (options.environment ?? process.env).PATH ?? "";
    const onPath = await findProgram("pulumi", path);
    if (onPath !== undefined) return describe(onPath, "path", path);

    const root = join(options.cache ?? defaultCache(), `v${PINNED_VERSION}`);
    const command = join(root, "bin", "pulumi");
    if (!existsSync(command)) {
        const getters = options.getters ?? { install, build };
        const onWait = (): void => {
            progress.step("Waiting for another process that is getting the Pulumi CLI");
        };
        await withLock(`${root}.lock`, () => get(root, command, getters, progress), { onWait });
    }
    // Only a complete distribution has the language host beside the CLI; the Go module builds the CLI alone.
    const origin = existsSync(join(dirname(command), "pulumi-language-nodejs")) ? "installed" : "built";
    return describe(command, origin, path);
}

async function get(root: string, command: string, getters: Getters, progress: Progress): Promise<void> {
    // Another process may have got it while this one waited for the lock.
    if (existsSync(command)) return;
    const tried = ["no `pulumi` on PATH"];
    for (const name of ["install", "build"] as const) {
        try {
            await getters[name](root, progress);
            return;
        } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            tried.push(reason);
            if (error instanceof BuildError) progress.fail(reason);
        }
    }
    throw new PulumiMissing(tried);
}

async function describe(command: string, origin: PulumiCli["origin"], path: string): Promise<PulumiCli> {
    const host = [dirname(command), path].join(delimiter);
    const [{ code, stdout, stderr }, languageHost] = await Promise.all([
        runProgram(command, ["version"], { limit: 30_000, environment: { PULUMI_SKIP_UPDATE_CHECK: "1" } }),
        findProgram("pulumi-language-nodejs", host),
    ]);
    if (code !== 0) throw new Error(`${command} does not run: ${stderr.trim()}. Reinstall it.`);
    return {
        command,
        version: stdout.trim().replace(/^v/, ""),
        origin,
        languageHost: languageHost !== undefined,
    };
}

/** The absolute path of an executable on a PATH. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
    for (const folder of path.split(delimiter)) {
        if (folder === "") continue;
        const candidate = resolve(folder, name);
        try {
            await access(candidate, constants.X_OK);
            return candidate;
        } catch {
            // Not in this folder.
        }
    }
    return undefined;
}
