/** What a program registers under Pulumi's mocks: each resource's type, parent, options, and which inputs are secret. */
import * as pulumi from "@pulumi/pulumi";

/** A resource as it was registered. */
export interface Child {
    readonly name: string;
    readonly type: string;
    /** Its URN, which holds the types of its parents. */
    readonly urn: string;
    /** The name of the resource that it was given as its parent; none for those at the top. */
    readonly parent: string | undefined;
    /** Outputs that are encrypted in state whatever the provider says. */
    readonly secretOutputs: readonly string[];
    /** Inputs that reach the engine encrypted, in whole. */
    readonly secretInputs: readonly string[];
    /** Names of the resources that it is told to come after, besides those that its inputs refer to. */
    readonly dependsOn: string[];
    /** Whether it is protected against deletion. */
    readonly isProtected: boolean;
    /** Inputs as the provider gets them. */
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** How a secret value is wrapped. Source: sdk/nodejs/runtime/rpc.ts. */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

type Bag = Readonly<Record<string, unknown>>;

/** What providers answer, in place of real ones. */
export interface Answers {
    /** Outputs of a resource besides its inputs. None unless given. */
    readonly outputs?: Bag | ((resource: { readonly name: string; readonly type: string }) => Bag);
    /** Results of functions, by their tokens. Empty ones unless given. */
    readonly functions?: Readonly<Record<string, Bag>>;
    /** Told of each call of a function. */
    readonly onCall?: (call: { readonly token: string; readonly inputs: unknown }) => void;
}

/** Runs a program under mocks with options that watch every resource under its own, and awaits each one's URN. */
export async function children(
    program: (opts: pulumi.ComponentResourceOptions) => pulumi.Resource,
    outputs: Bag = {},
): Promise<readonly Child[]> {
    return childrenWith(program, { outputs });
}

/** The same, where providers answer more than one set of outputs. */
export async function childrenWith(
    program: (opts: pulumi.ComponentResourceOptions) => pulumi.Resource,
    { outputs = {}, functions = {}, onCall = () => undefined }: Answers,
): Promise<readonly Child[]> {
    const inputs = new Map<string, Readonly<Record<string, unknown>>>();
    await pulumi.runtime.setMocks(
        {
            newResource: ({ name, type, inputs: given }) => {
                // The mock's inputs are a bag of plain values.
                const bag = given as Record<string, unknown>;
                inputs.set(name, bag);
                return {
                    id: `${name}-id`,
                    state: { ...bag, ...(typeof outputs === "function" ? outputs({ name, type }) : outputs) },
                };
            },
            call: ({ token, inputs: given }) => {
                onCall({ token, inputs: given as unknown });
                return { ...functions[token] };
            },
        },
        "project",
        "stack",
        false,
    );
    const seen: pulumi.ResourceTransformationArgs[] = [];
    program({ transformations: [(args) => void seen.push(args)] });
    const urns = await Promise.all(seen.map(({ resource }) => settled(resource.urn)));
    await pulumi.runtime.disconnect();
    const names = new Map(seen.map(({ resource, name }) => [resource, name]));
    return seen.map(({ name, type, opts }, index): Child => {
        const given = inputs.get(name) ?? {};
        // Only custom resources have this option.
        const { additionalSecretOutputs = [] } = opts as pulumi.CustomResourceOptions;
        return {
            name,
            type,
            urn: urns[index] ?? "",
            parent: opts.parent === undefined ? undefined : names.get(opts.parent),
            secretOutputs: additionalSecretOutputs,
            dependsOn: named(opts.dependsOn, names),
            isProtected: opts.protect ?? false,
            secretInputs: Object.keys(given).filter((key) => isSecret(given[key])),
            inputs: given,
        };
    });
}

/** Those of the resources that are known by a name; the component gives a plain list or nothing. */
function named(
    dependsOn: pulumi.ResourceOptions["dependsOn"],
    names: ReadonlyMap<pulumi.Resource, string>,
): string[] {
    const listed: unknown[] = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
    return listed.flatMap((one) => (pulumi.Resource.isInstance(one) ? (names.get(one) ?? []) : []));
}

function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && SECRET_KEY in value;
}

/** The value of an output, once it has one. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => {
        output.apply(resolve);
    });
}
