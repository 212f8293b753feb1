/** Reads the JSON of `pulumi stack export`, or a file of a local backend, without an engine and without its keys. */
import { z } from "zod";
import { PortcullisError } from "./errors";
import { jsonOf } from "./json";

/** Stands for a value that the state holds encrypted. */
export const SEALED: unique symbol = Symbol("encrypted in the state");

/** A custom resource of a state; values that are encrypted are `SEALED`, at whatever depth. */
export interface ExportedResource {
    readonly urn: string;
    /** As the engine calls it: see `engineType`. */
    readonly type: string;
    /** The last part of the URN. */
    readonly name: string;
    /** Empty where the resource has none. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Whether the next deployment is to delete it: it was replaced, and is there until then. */
    readonly isCondemned: boolean;
}

export interface ExportedState {
    /** `<project>/<stack>`; absent in a state without resources. */
    readonly stack?: string;
    readonly resources: readonly ExportedResource[];
    /** What was in work when a run was interrupted: `creating <name>`. */
    readonly interrupted: readonly string[];
}

const resource = z.object({
    urn: z.string(),
    type: z.string(),
    custom: z.boolean().default(false),
    outputs: z.record(z.string(), z.unknown()).default({}),
    delete: z.boolean().default(false),
    pendingReplacement: z.boolean().default(false),
});

const deployment = z.object({
    resources: z
        .array(resource)
        .nullish()
        .transform((list) => list ?? []),
    pending_operations: z
        .array(z.object({ type: z.string(), resource: resource.pick({ urn: true }) }))
        .nullish()
        .transform((list) => list ?? []),
});

/** `pulumi stack export` wraps a deployment, a local backend's file a checkpoint; either may come bare. */
const forms = z.union([
    z.object({ deployment }).transform((whole) => whole.deployment),
    z
        .object({ checkpoint: z.object({ latest: deployment.nullish() }) })
        .transform((whole) => whole.checkpoint.latest ?? { resources: [], pending_operations: [] }),
    deployment.extend({ manifest: z.unknown() }),
]);

/**
 * The state in a text. What is encrypted stays so; the clear values of `pulumi stack export --show-secrets` are read.
 * @param file what errors call the text
 * @throws PortcullisError `InvalidInput`, without any of the content
 */
export function parseExportedState(text: string, file: string): ExportedState {
    const parsed = forms.safeParse(jsonOf(text));
    if (!parsed.success) throw noState(file);
    const { resources, pending_operations } = parsed.data;
    const [first] = resources;
    return {
        ...(first && { stack: stackOf(first.urn) }),
        // What is to be made anew was deleted already.
        resources: resources
            .filter(({ custom, pendingReplacement }) => custom && !pendingReplacement)
            .map((each) => ({
                urn: each.urn,
                type: each.type,
                name: nameOf(each.urn),
                outputs: Object.fromEntries(
                    Object.entries(each.outputs).map(([property, value]) => [property, reveal(value)]),
                ),
                isCondemned: each.delete,
            })),
        interrupted: pending_operations.map((each) => `${each.type} ${nameOf(each.resource.urn)}`),
    };
}

/** Whether the value, or any part of it, is encrypted. */
export function hasSealed(value: unknown): boolean {
    if (value === SEALED) return true;
    return typeof value === "object" && value !== null && Object.values(value).some(hasSealed);
}

/** Pulumi marks what is no plain value by this property. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

function reveal(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(reveal);
    const entries: Record<string, unknown> = { ...value };
    if (entries[SIGNATURE] !== SECRET) {
        return Object.fromEntries(Object.entries(entries).map(([key, part]) => [key, reveal(part)]));
    }
    const clear = typeof entries.plaintext === "string" ? jsonOf(entries.plaintext) : undefined;
    return clear === undefined ? SEALED : reveal(clear);
}

function noState(file: string): PortcullisError {
    return new PortcullisError({
        code: "InvalidInput",
        property: file,
        problem: `${file} is not the state of a Pulumi stack.`,
        remedy: "Write it with `pulumi stack export --file state.json`.",
    });
}

/** Of `urn:pulumi:<stack>::<project>::<types>::<name>`. */
function stackOf(urn: string): string {
    const [first = "", project = ""] = urn.split("::");
    return `${project}/${first.replace(/^urn:pulumi:/, "")}`;
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}
