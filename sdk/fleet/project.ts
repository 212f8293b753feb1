/** Finds out what the driver needs of a fleet's Pulumi project before anything is begun. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { z } from "zod";
import { PortcullisError } from "../../provider/errors";
import type { FleetSource } from "./fleet";

export interface Project {
    readonly workDir: string;
    readonly name: string;
    readonly program?: PulumiFn;
}

const settings = z.object({ name: z.string().min(1) });
const programModule = z.object({ default: z.unknown() });

/**
 * The project of a fleet; `program` is used in place of the one that the fleet names.
 * @throws PortcullisError (InvalidInput, InvalidConfiguration) where there is none that the engine could run.
 */
export async function openProject(source: FleetSource, program?: PulumiFn): Promise<Project> {
    const { workDir } = source;
    if (workDir === undefined) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "source.workDir",
            problem: "The fleet names no folder to run the program from.",
            remedy: "Give `source.workDir`, the folder of Pulumi.yaml; or print manifests and let the operator run it.",
        });
    }
    const name = projectName(workDir);
    const inline = program ?? (source.program === undefined ? undefined : await loadProgram(source.program));
    if (inline === undefined) return { workDir, name };
    requireSdk(workDir);
    return { workDir, name, program: inline };
}

function projectName(workDir: string): string {
    const path = join(workDir, "Pulumi.yaml");
    const found = existsSync(path) ? settings.safeParse(parse(readFileSync(path, "utf8"))) : undefined;
    if (found?.success === true) return found.data.name;
    throw new PortcullisError({
        code: "InvalidInput",
        property: "source.workDir",
        problem: `There is no project in ${workDir}: ${found === undefined ? "it has no Pulumi.yaml" : "its Pulumi.yaml has no name"}.`,
        remedy: "Name the folder of a Pulumi project.",
    });
}

async function loadProgram(path: string): Promise<PulumiFn> {
    let loaded: unknown;
    try {
        loaded = await import(pathToFileURL(path).href);
    } catch (cause) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "source.program",
            problem: `The program ${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}.`,
            remedy: "Name a module that Node can load as it is.",
            cause,
        });
    }
    // A module of the older kind has its exports as the default: its own default is one further in.
    const { default: first } = programModule.parse(loaded);
    const nested = programModule.safeParse(first);
    const found = typeof first === "function" || !nested.success ? first : nested.data.default;
    // Pulumi awaits whatever a program gives back.
    if (typeof found === "function") return found as PulumiFn;
    throw new PortcullisError({
        code: "InvalidInput",
        property: "source.program",
        problem: `The program ${path} exports no function as its default.`,
        remedy: "Export the program as a function: declared resources belong into its body, which is run once an account.",
    });
}

/** An engine whose dynamic resources find no SDK waits for ever, and says nothing. */
function requireSdk(workDir: string): void {
    try {
        createRequire(join(workDir, "package.json")).resolve("@pulumi/pulumi/cmd/dynamic-provider");
    } catch (cause) {
        throw new PortcullisError({
            code: "InvalidConfiguration",
            property: "source.workDir",
            problem: `No @pulumi/pulumi is installed for ${workDir}.`,
            remedy: "Install the project's packages there (`npm install`).",
            cause,
        });
    }
}
