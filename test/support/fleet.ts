/** Several emulated accounts, and one folder with everything that a fleet of stacks on them needs. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { startOutscaleEmulator, type RunningEmulator } from "../../emulators/outscale";
import type { FleetDescription } from "../../sdk/fleet";
import { findPulumi } from "../../tools/pulumi/cli";
import { quote, writeProgram } from "../../tools/pulumi/launchers";
import { NO_PLUGINS } from "../../tools/pulumi/plugins";
import { engineEnvironment, layOut } from "../../tools/pulumi/workspace";
import { OUTSIDE } from "./deployment";

const ROOT = resolve(__dirname, "..", "..");

export interface FleetPlace {
    /** By the accounts' names. */
    readonly emulators: ReadonlyMap<string, RunningEmulator>;
    /** Holds the project, the backend and everything else that the engine writes. */
    readonly directory: string;
    readonly workDir: string;
    /** The folder whose `bin/pulumi` is the CLI. */
    readonly pulumiRoot: string;
    /** What the engine must be told to run alone. */
    readonly environment: Readonly<Record<string, string>>;
    /** The variables that the fleet refers to. */
    readonly variables: Readonly<Record<string, string>>;
    /** An account's settings that lead to its emulated account; its secret key by reference. */
    readonly account: (
        name: string,
        config?: Readonly<Record<string, string>>,
    ) => FleetDescription["accounts"][number];
    /** Writes a fleet file beside Pulumi.yaml, and gives its path. */
    readonly write: (fleet: FleetDescription) => string;
    readonly close: () => Promise<void>;
}

/** Opens an account for each name, and a project of the name "fleet" without any stack. */
export async function openFleet(names: readonly string[]): Promise<FleetPlace> {
    if (!existsSync(join(ROOT, "dist", "sdk", "runtime.js"))) {
        throw new Error("The engine runs the built package. Run `npm run build` first.");
    }
    const cli = await findPulumi();
    const directory = mkdtempSync(join(tmpdir(), "portcullis-fleet-"));
    const path = layOut(directory, ROOT, NO_PLUGINS);
    writeProgram(join(directory, "bin", "pulumi"), `#!/bin/sh\nexec ${quote(cli.command)} "$@"\n`);
    const workDir = join(directory, "project");
    const home = join(directory, "user");
    for (const folder of [workDir, home]) mkdirSync(folder);
    symlinkSync(join(ROOT, "node_modules"), join(workDir, "node_modules"));
    writeFileSync(join(workDir, "Pulumi.yaml"), stringify({ name: "fleet", runtime: "nodejs" }));
    const emulators = new Map<string, RunningEmulator>();
    for (const name of names) {
        const place = join(directory, "accounts", name);
        emulators.set(name, await startOutscaleEmulator({ directory: place, sourceAddress: OUTSIDE }));
    }
    const keyOf = (name: string): string => `SECRET_KEY_${name.toUpperCase().replaceAll("-", "_")}`;
    return {
        emulators,
        directory,
        workDir,
        pulumiRoot: directory,
        environment: { ...engineEnvironment(directory), HOME: home, PATH: path },
        variables: Object.fromEntries(
            [...emulators].map(([name, { secretKey }]) => [keyOf(name), secretKey]),
        ),
        account: (name, config = {}) => {
            const emulator = emulators.get(name);
            if (emulator === undefined) throw new Error(`There is no emulated account "${name}".`);
            return {
                name,
                config: {
                    "outscale:endpoint": emulator.endpoint,
                    "outscale:caFile": emulator.caFile,
                    "outscale:region": emulator.region,
                    "outscale:accessKeyId": emulator.accessKey,
                    "outscale:secretKeyId": { environment: keyOf(name) },
                    office: "192.0.2.10",
                    ...config,
                },
            };
        },
        write: (fleet) => {
            const file = join(workDir, "fleet.yaml");
            writeFileSync(file, stringify(fleet));
            return file;
        },
        close: async () => {
            await Promise.all([...emulators.values()].map((emulator) => emulator.stop()));
            rmSync(directory, { recursive: true, force: true });
        },
    };
}
