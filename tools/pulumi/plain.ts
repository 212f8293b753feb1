/** Runs a project folder as plain `pulumi up`, where a whole Pulumi installation is present. */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { PulumiCli } from "./cli";
import { setConfig, type StackConfig } from "./config";
import { EngineError, type Operation } from "./engine-error";
import { NO_PLUGINS, type Plugins } from "./plugins";
import { runProgram, type Finished } from "./processes";
import { engineEnvironment, layOut } from "./workspace";

export interface PlainOptions {
    /** The project: holds Pulumi.yaml, and finds node_modules at or above itself. Nothing is written there. */
    readonly folder: string;
    readonly stack: string;
    /** Folder for backend, PULUMI_HOME and stack configuration. Made if missing. */
    readonly directory: string;
    readonly cli: PulumiCli;
    readonly config?: StackConfig;
    readonly environment?: Readonly<Record<string, string>>;
    readonly plugins?: Plugins;
    /** Milliseconds that any run may take. Three minutes unless given. */
    readonly limit?: number;
}

export interface PlainProject {
    /** Rejects with `EngineError` where the command fails or does not end in time. */
    run(operation: "preview" | "up" | "refresh" | "destroy", ...args: string[]): Promise<Finished>;
}

/** Why plain runs are not possible with this CLI; nothing where they are. Tests skip with it. */
export function plainUnavailable(cli: PulumiCli): string | undefined {
    return cli.languageHost
        ? undefined
        : "no Node language host (pulumi-language-nodejs) beside the Pulumi CLI";
}

/** Opens a project folder for plain runs, creating its stack where it does not exist yet. */
export async function openPlain(options: PlainOptions): Promise<PlainProject> {
    const directory = resolve(options.directory);
    const limit = options.limit ?? 180_000;
    const path = layOut(directory, options.folder, options.plugins ?? NO_PLUGINS);
    const environment = {
        ...engineEnvironment(directory),
        PATH: `${dirname(options.cli.command)}:${path}`,
        ...options.environment,
    };
    const run = async (
        operation: Operation,
        args: string[],
        cwd: string,
        input?: string,
    ): Promise<Finished> => {
        const how = { cwd, environment, limit, ...(input !== undefined && { input }) };
        const end = await runProgram(options.cli.command, [...args, "--non-interactive"], how);
        if (end.code === 0) return end;
        const why = end.timedOut ? "did not end in time" : "failed";
        const message = `pulumi ${args[0] ?? ""} ${why}: ${end.stdout}${end.stderr}`;
        const report = { changes: {}, resources: [], diagnostics: [], violations: [] };
        throw new EngineError(operation, end.timedOut ? "timed out" : "failed", message, report);
    };

    // `pulumi stack init` writes the stack's configuration beside Pulumi.yaml: here beside a copy of it.
    const settings = join(directory, "settings");
    const configFile = join(settings, `Pulumi.${options.stack}.yaml`);
    mkdirSync(settings, { recursive: true });
    copyFileSync(join(options.folder, "Pulumi.yaml"), join(settings, "Pulumi.yaml"));
    if (!existsSync(configFile)) await run("open", ["stack", "init", options.stack], settings);
    await setConfig(options.config ?? {}, (args, input) =>
        run("open", [...args, "--stack", options.stack], settings, input),
    );
    return {
        run(operation, ...args) {
            const yes = operation === "preview" ? [] : ["--yes", "--skip-preview"];
            const common = ["--stack", options.stack, "--config-file", configFile, "--color", "never"];
            return run(operation, [operation, ...yes, ...common, ...args], options.folder);
        },
    };
}
