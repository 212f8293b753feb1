/** The dependency graph of a Pulumi program, captured under mocks: resources whose inputs refer to one another. */
import * as pulumi from "@pulumi/pulumi";
import { TYPES, type TypeDeclaration } from "../../provider/types";

/** One custom resource of a program. */
export interface Node {
    readonly name: string;
    /** The resource contract's token, `outscale:Ca`. */
    readonly token: string;
    /** Inputs, where a text `⟦name.property⟧` stands for an output of another resource. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Names of the resources that it waits for: those that its inputs refer to, and what `dependsOn` names. */
    readonly dependencies: readonly string[];
}

export type Graph = readonly Node[];

const REFERENCE = /⟦([^.⟧]+)\.([^⟧]+)⟧/g;
const TYPE_PREFIX = "pulumi-nodejs:dynamic/";
const declarations: Readonly<Record<string, TypeDeclaration>> = TYPES;

/** Runs the program under mocks and returns its custom resources, in the order of their registration. */
export async function captureGraph(program: () => void): Promise<Graph> {
    const nodes: Node[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, custom, ...resource }) => {
                const inputs: unknown = resource.inputs;
                const token = type.slice(TYPE_PREFIX.length);
                if (custom !== true || !type.startsWith(TYPE_PREFIX)) return { id: "", state: {} };
                // The mock's inputs are a bag of plain values.
                const { __provider: _provider, ...given } = revealed(inputs) as Record<string, unknown>;
                nodes.push({ name, token, inputs: given, dependencies: [] });
                const outputs = (declarations[token]?.outputs ?? []).map((output): [string, string] => [
                    output,
                    `⟦${name}.${output}⟧`,
                ]);
                return { id: `⟦${name}.id⟧`, state: { ...given, ...Object.fromEntries(outputs) } };
            },
            call: () => ({}),
        },
        "project",
        "stack",
        false,
    );
    const dependencies = watchDependencies();
    program();
    await settled();
    return nodes.map((node) => ({ ...node, dependencies: dependencies.get(node.name) ?? [] }));
}

/** What a registration tells the engine, as far as it is read here. Source: proto/pulumi/resource.proto. */
interface Registration {
    getName(): string;
    getDependenciesList(): string[];
}

interface Monitor {
    registerResource(request: Registration, ...rest: readonly unknown[]): unknown;
}

/** The names of the custom resources that each registration waits for; the mocks keep them to themselves. */
function watchDependencies(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, readonly string[]>();
    // Under mocks this is an object of the SDK's own, whose class is not exported.
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
        const names = request.getDependenciesList().map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
        found.set(request.getName(), [...new Set(names)].sort());
        return register(request, ...rest);
    };
    return found;
}

/** How a secret value is wrapped. Source: sdk/nodejs/runtime/rpc.ts. */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

function revealed(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(revealed);
    if (typeof value !== "object" || value === null) return value;
    if (SECRET_KEY in value && "value" in value) return revealed(value.value);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealed(part)]));
}

/** Waits until every registration under mocks has been made. */
async function settled(): Promise<void> {
    await pulumi.runtime.disconnect();
}

/** The value with every reference replaced by what it refers to. */
export function resolve(value: unknown, lookUp: (name: string, property: string) => unknown): unknown {
    if (typeof value === "string") {
        const whole = new RegExp(`^${REFERENCE.source}$`).exec(value);
        return whole === null ? value : lookUp(whole[1] ?? "", whole[2] ?? "");
    }
    if (Array.isArray(value)) return value.map((item) => resolve(item, lookUp));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part, lookUp)]));
}
