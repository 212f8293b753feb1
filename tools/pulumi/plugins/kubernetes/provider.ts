/** The `kubernetes` stand-in: every object is applied to a real API server; Helm's releases are only remembered. */
import { createHash } from "node:crypto";
import { typeOf, type Checked, type Difference } from "../serving";
import { asProperties, isSecret, same, secret, UNKNOWN, unwrap, type Properties } from "../values";
import { objectName, type KubernetesClient, type ObjectName } from "./client";

/** Charts come from where this machine may not reach: what a release would bring has to be there already. */
const RELEASE = "kubernetes:helm.sh/v3:Release";
const FIELD_MANAGER = "pulumi-kubernetes";

/** The inputs, with a name of Pulumi's own where the program gives none: the same each time for the same URN. */
export function check(urn: string, news: Properties): Checked {
    if (typeOf(urn) === RELEASE) return { inputs: news, failures: [] };
    const metadata = asProperties(unwrap(news.metadata));
    if (metadata.name !== undefined) return { inputs: news, failures: [] };
    const digits = createHash("sha256").update(urn).digest("hex").slice(0, 8);
    const name = `${urn.split("::").at(-1) ?? ""}-${digits}`;
    return { inputs: { ...news, metadata: { ...metadata, name } }, failures: [] };
}

/** What differs between the inputs before, as they were or as a refresh found them, and now. */
export function diff(urn: string, _olds: Properties, before: Properties, news: Properties): Difference {
    const names = [...new Set([...Object.keys(before), ...Object.keys(news)])];
    const changed = names.filter((name) => !name.startsWith("__") && !same(before[name], news[name]));
    const fixed = typeOf(urn) === RELEASE ? [] : replacing(before, news);
    return { changes: changed.length > 0, changed, replaces: fixed };
}

/** What makes another object of it: its group and kind, its name, its namespace. */
function replacing(before: Properties, news: Properties): readonly string[] {
    const parts = (from: Properties): Readonly<Record<string, unknown>> => {
        const { name, namespace } = asProperties(unwrap(from.metadata));
        const group = String(from.apiVersion).split("/").slice(0, -1).join("/");
        return { apiVersion: group, kind: from.kind, "metadata.name": name, "metadata.namespace": namespace };
    };
    const [old, wanted] = [parts(before), parts(news)];
    return Object.keys(old).filter((name) => !same(old[name], wanted[name]));
}

/** What a preview knows: the inputs, and of what the server adds to them nothing. */
export function planned(urn: string, news: Properties, olds?: Properties): Properties {
    const added = typeOf(urn) === RELEASE ? {} : { status: olds?.status ?? UNKNOWN };
    return { ...added, ...news };
}

export async function create(client: KubernetesClient, urn: string, inputs: Properties) {
    if (typeOf(urn) === RELEASE) return { id: releaseId(urn, inputs), outs: inputs };
    const wanted = asProperties(unwrap(inputs));
    const name = objectName(wanted);
    if ((await client.read(name)) !== undefined) {
        throw new Error(`${name.kind} ${idOf(name)} exists already. Import it, or give yours another name.`);
    }
    return { id: idOf(name), outs: await apply(client, inputs) };
}

/** The object as the server has it, and the inputs that would make it so; undefined where it is gone. */
export async function read(
    client: KubernetesClient,
    urn: string,
    id: string,
    state: Properties,
    inputs: Properties,
) {
    if (typeOf(urn) === RELEASE) return { outs: state, inputs };
    if (Object.keys(inputs).length === 0) throw new Error(`The stand-in does not import ${id}.`);
    const found = await client.read(objectName(asProperties(unwrap(inputs))));
    if (found === undefined) return undefined;
    return { outs: outputsOf(found, inputs), inputs: asProperties(asFound(inputs, found)) };
}

export async function update(
    client: KubernetesClient,
    urn: string,
    _id: string,
    _olds: Properties,
    news: Properties,
): Promise<Properties> {
    return typeOf(urn) === RELEASE ? news : apply(client, news);
}

export async function remove(client: KubernetesClient, urn: string, state: Properties): Promise<void> {
    if (typeOf(urn) !== RELEASE) await client.remove(objectName(asProperties(unwrap(state))));
}

async function apply(client: KubernetesClient, inputs: Properties): Promise<Properties> {
    const object = withoutEnginesOwn(asProperties(unwrap(inputs)));
    return outputsOf(await client.apply(object, { fieldManager: FIELD_MANAGER }), inputs);
}

/** The state: what the server has, without who owns which field; what was secret going in, and every Secret's data, is secret. */
function outputsOf(found: Properties, inputs: Properties): Properties {
    const metadata = asProperties(found.metadata);
    const { managedFields: _owners, ...plain } = metadata;
    const all: Properties = { ...found, metadata: plain };
    const hidden = (name: string): boolean =>
        holdsSecret(inputs[name]) || (found.kind === "Secret" && ["data", "stringData"].includes(name));
    return Object.fromEntries(
        Object.entries(all).map(([name, value]) => [name, hidden(name) ? secret(value) : value]),
    );
}

function holdsSecret(value: unknown): boolean {
    if (isSecret(value)) return true;
    if (Array.isArray(value)) return value.some(holdsSecret);
    return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

/** The given value with what the server has in its place; undefined where somebody took it away. */
function asFound(given: unknown, found: unknown): unknown {
    // An envelope hides what is in it from a comparison by parts: it stays.
    if (isSecret(given)) return given;
    if (Array.isArray(given) && Array.isArray(found)) {
        return given.length === found.length ? given.map((item, at) => asFound(item, found[at])) : found;
    }
    if (typeof given !== "object" || given === null || Array.isArray(given)) return found;
    const there = asProperties(found);
    return Object.fromEntries(
        Object.entries(given).map(([name, value]): [string, unknown] =>
            // It goes in under this name and is kept under `data`.
            name === "stringData" || name.startsWith("__")
                ? [name, value]
                : [name, asFound(value, there[name])],
        ),
    );
}

function withoutEnginesOwn(inputs: Properties): Properties {
    return Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith("__")));
}

function idOf({ name, namespace }: ObjectName): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}

function releaseId(urn: string, inputs: Properties): string {
    const { name, namespace } = asProperties(unwrap(inputs));
    const given = typeof name === "string" ? name : (urn.split("::").at(-1) ?? "");
    return `${typeof namespace === "string" ? namespace : "default"}/${given}`;
}
