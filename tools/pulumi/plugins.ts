/** Decides for each provider plugin whether the real one can be used here, or its stand-in has to do. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { silent, type Progress } from "../progress";
import { defaultCache, findProgram, type PulumiCli } from "./cli";
import type { StandIn } from "./launchers";
import { runProgram } from "./processes";

/** Where a run's plugins come from; `NO_PLUGINS` where it uses only dynamic resources. */
export interface Plugins {
    /** The plugins that are stand-ins in this run. */
    readonly standIns: readonly StandIn[];
    /** A folder of real plugins, laid out as in PULUMI_HOME; it may not exist. */
    readonly folder?: string;
}

export const NO_PLUGINS: Plugins = { standIns: [] };

export interface ChooseOptions {
    readonly cli: PulumiCli;
    /** Folder whose node_modules says which version of each plugin is wanted. */
    readonly workDir: string;
    readonly progress?: Progress;
    /** Folder for real plugins. `~/.cache/portcullis/pulumi` unless given. */
    readonly cache?: string;
}

const INSTALL_LIMIT = 90_000;
/** How long a plugin that could not be installed is not tried again, in milliseconds. */
const RETRY_AFTER = 60 * 60_000;

/**
 * The real plugins where they are, or can be installed; the stand-ins of all others. For AWS it is always the stand-in:
 * the real one would make instances in whatever account this machine has credentials of.
 */
export async function choosePlugins(wanted: readonly StandIn[], options: ChooseOptions): Promise<Plugins> {
    const home = join(options.cache ?? defaultCache(), "home");
    const standIns: StandIn[] = [];
    for (const name of wanted) {
        if (name === "aws" || !(await available(name, home, options))) standIns.push(name);
    }
    return { standIns, folder: join(home, "plugins") };
}

/** A line for the output of whatever ran on stand-ins; none where all plugins were real. */
export function standInNotice({ standIns }: Plugins): string | undefined {
    if (standIns.length === 0) return undefined;
    const what = {
        aws: "aws (always: it records what it is asked for and answers as AWS might; nothing is made there)",
        kubernetes:
            "kubernetes (applies every object to the real API server it is told of; Helm's releases are only remembered)",
        tls: "tls (real keys and certificates, made here)",
        vault: "vault (a part of the provider, which calls the real server)",
    } satisfies Record<StandIn, string>;
    const names = standIns.map((name) => what[name]).join(", ");
    return `Stand-ins took the place of provider plugins: ${names}.`;
}

async function available(name: StandIn, home: string, options: ChooseOptions): Promise<boolean> {
    if ((await findProgram(`pulumi-resource-${name}`, process.env.PATH ?? "")) !== undefined) return true;
    const version = versionOf(name, options.workDir);
    if (existsSync(join(home, "plugins", `resource-${name}-v${version}`))) return true;
    // Plugins come from where the installer comes from: a CLI that had to be built says that it is out of reach.
    if (options.cli.origin === "built") return false;
    return install(name, version, home, options);
}

async function install(
    name: StandIn,
    version: string,
    home: string,
    options: ChooseOptions,
): Promise<boolean> {
    const failure = join(home, `no-${name}-${version}`);
    if (existsSync(failure) && Date.now() - statSync(failure).mtimeMs < RETRY_AFTER) return false;
    mkdirSync(home, { recursive: true });
    const progress = options.progress ?? silent;
    progress.step(`Installing the ${name} plugin ${version}`);
    const { code, stderr } = await runProgram(
        options.cli.command,
        ["plugin", "install", "resource", name, `v${version}`, "--non-interactive"],
        { environment: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "1" }, limit: INSTALL_LIMIT },
    );
    if (code === 0) {
        rmSync(failure, { force: true });
        progress.done(`Installed the ${name} plugin ${version}.`);
        return true;
    }
    writeFileSync(failure, stderr);
    progress.done(`The ${name} plugin ${version} cannot be installed here: its stand-in is used.`);
    return false;
}

/** The engine wants exactly the version of the SDK package. */
function versionOf(name: StandIn, workDir: string): string {
    const manifest = createRequire(join(workDir, "package.json")).resolve(`@pulumi/${name}/package.json`);
    // A package's manifest always holds its version.
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
