/** Prepares the folder in which one stack lives, and its environment. */
import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { LocalWorkspace, PulumiCommand, Stack, type OutputMap } from "@pulumi/pulumi/automation";
import { setConfig } from "./config";
import type { StackOptions } from "./engine";
import { quote, writeLaunchers, writeProgram } from "./launchers";
import { nowhere } from "./nowhere";
import { runProgram, type Finished } from "./processes";
import { NO_PLUGINS, type Plugins } from "./plugins";

/** Milliseconds that a command may take which asks no provider anything. */
const COMMAND_LIMIT = 30_000;

export interface Place {
    readonly stack: Stack;
    /** The program's outputs, as of the last update. */
    outputs(): Promise<OutputMap>;
    /** The process id of the last engine started for this stack; it may have ended. */
    enginePid(): number | undefined;
    /** Mends what a kill left of the backend's files; for when no engine runs. */
    mend(): void;
    /** Writes files of the project. */
    write(files: Readonly<Record<string, string>>): void;
    /** Runs one command of the CLI here, as the Automation API would. */
    command(args: readonly string[], limit: number, input?: string): Promise<Finished>;
}

/** What the engine must be told to run alone: local, offline, asking nothing. */
export function engineEnvironment(directory: string, passphrase = "portcullis"): Record<string, string> {
    return {
        PULUMI_BACKEND_URL: `file://${join(directory, "backend")}`,
        PULUMI_HOME: join(directory, "home"),
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_SKIP_UPDATE_CHECK: "1",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    };
}

/**
 * Lays out `directory`: `backend`, `home`, and `bin` with the launchers. Gives a PATH that has `bin` first.
 * `workDir` is where node_modules is, or below it.
 */
export function layOut(directory: string, workDir: string, plugins: Plugins): string {
    const bin = join(directory, "bin");
    for (const folder of ["backend", "home"]) mkdirSync(join(directory, folder), { recursive: true });
    writeLaunchers(bin, workDir, plugins.standIns);
    if (plugins.folder !== undefined && existsSync(plugins.folder)) {
        link(plugins.folder, join(directory, "home", "plugins"));
    }
    return [bin, process.env.PATH ?? ""].join(delimiter);
}

/**
 * Prepares a stack's folder. The engine runs in its `project`, which has a link to `workDir`'s node_modules, so that
 * nothing is ever written in `workDir`.
 */
export async function prepare(options: StackOptions): Promise<Place> {
    const directory = resolve(options.directory);
    const plugins = options.plugins ?? NO_PLUGINS;
    const path = layOut(directory, options.workDir, plugins);
    const project = join(directory, "project");
    mkdirSync(project, { recursive: true });
    link(join(resolve(options.workDir), "node_modules"), join(project, "node_modules"));

    const pidFile = join(directory, "engine.pid");
    const engine = join(directory, "bin", "pulumi");
    writeEngineLauncher(engine, options.cli.command, pidFile);
    const environment = {
        ...engineEnvironment(directory, options.passphrase),
        ...nowhere(plugins.standIns, process.env),
        // A language host may lie beside the CLI.
        PATH: [path, dirname(options.cli.command)].join(delimiter),
        ...options.environment,
    };
    const workspace = await LocalWorkspace.create({
        // With a root, the Automation API runs `<root>/bin/pulumi` and puts that folder first on PATH.
        pulumiCommand: await PulumiCommand.get({ root: directory, skipVersionCheck: true }),
        ...(options.asProject === undefined && { program: options.program }),
        workDir: project,
        pulumiHome: join(directory, "home"),
        projectSettings: {
            name: options.project,
            runtime: { name: "nodejs", options: { typescript: false } },
        },
        envVars: environment,
    });
    const stack = await openIn(workspace, options, directory);
    const command: Place["command"] = (args, limit, input) =>
        runProgram(engine, [...args, "--stack", options.stack, "--non-interactive"], {
            cwd: project,
            environment,
            limit,
            ...(input !== undefined && { input }),
        });
    await setConfig(options.config ?? {}, async (args, input) => {
        const { code, stderr } = await command(args, COMMAND_LIMIT, input);
        if (code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed: ${stderr.trim()}`);
    });
    return {
        stack,
        outputs: onlyWhenAsked(stack),
        enginePid: () => readPid(pidFile),
        write: (files) => {
            for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
        },
        mend: () => {
            removeEmptyAttributes(join(directory, "backend"));
        },
        command,
    };
}

/**
 * The local backend writes `<file>.attrs` beside every file, and not at once: killed in between, the engine leaves it
 * empty, and no command reads the state again ("failed to load checkpoint: EOF"). It holds nothing that is needed.
 */
function removeEmptyAttributes(backend: string): void {
    for (const entry of readdirSync(backend, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile() && path.endsWith(".attrs") && statSync(path).size === 0) rmSync(path);
    }
}

/**
 * After every update the Automation API starts the CLI three more times, for the outputs and the history, which takes
 * as long as a small update itself. This keeps it from that; gives the way to the outputs.
 */
function onlyWhenAsked(stack: Stack): () => Promise<OutputMap> {
    const outputs = stack.outputs.bind(stack);
    stack.outputs = () => Promise.resolve({});
    stack.info = () => Promise.resolve(undefined);
    return outputs;
}

function openIn(
    workspace: LocalWorkspace,
    { project, stack }: StackOptions,
    directory: string,
): Promise<Stack> {
    const state = join(directory, "backend", ".pulumi", "stacks", project, `${stack}.json`);
    return existsSync(state) ? Stack.select(stack, workspace) : Stack.create(stack, workspace);
}

function link(target: string, path: string): void {
    if (!existsSync(path)) symlinkSync(target, path);
}

/** The Automation API does not tell the engine's process id: a shell notes its own, then becomes the engine. */
function writeEngineLauncher(path: string, command: string, pidFile: string): void {
    writeProgram(path, `#!/bin/sh\necho $$ > ${quote(pidFile)}\nexec ${quote(command)} "$@"\n`);
}

function readPid(file: string): number | undefined {
    if (!existsSync(file)) return undefined;
    const pid = Number(readFileSync(file, "utf8"));
    return pid > 0 ? pid : undefined;
}
