/** The `aws` stand-in: takes what it knows, changes it, answers functions from a table, and records all of it. */
import { appendFileSync } from "node:fs";
import { asProperties, isSecret, same, unwrap, type Properties } from "../values";
import { KINDS, type Kind } from "./kinds";
import { ACCOUNT, digits, DNS_SUFFIX, PARTITION } from "./names";

/** One thing that was asked of it; no secret stands in it. */
export interface Recorded {
    readonly operation: "create" | "update" | "delete";
    readonly urn: string;
    readonly id: string;
    /** The inputs, `[secret]` in place of what is one; none where it was deleted. */
    readonly inputs?: Properties;
}

export type Record = (entry: Recorded) => void;

/** Writes each entry as a line of JSON. */
export function recordTo(file: string): Record {
    return (entry) => {
        appendFileSync(file, `${JSON.stringify(entry)}\n`);
    };
}

/** The inputs, or the properties refused; a name that would be too long is refused before anything is made. */
export function check(urn: string, news: unknown, region: string) {
    const { inputs, make } = kindOf(urn);
    const given = asProperties(news);
    const failures = Object.keys(given)
        .filter((name) => !inputs.includes(name) && !name.startsWith("__"))
        .map((property) => ({
            property,
            reason: `The stand-in for the aws provider does not know ${property}.`,
        }));
    try {
        make({ urn, region, inputs: asProperties(unwrap(given)) });
    } catch (error) {
        failures.push({ property: "name", reason: error instanceof Error ? error.message : String(error) });
    }
    return { inputs: given, failures };
}

/** Inputs that Pulumi names where the program does not: what was given then stays. */
const NAMES = ["name", "bucket"];

/** What changed between state and inputs, and what of it needs a new object. */
export function diff(urn: string, olds: unknown, news: unknown) {
    const { inputs, replaces } = kindOf(urn);
    const [state, wanted] = [asProperties(olds), asProperties(news)];
    const changed = inputs.filter((name) => {
        if (NAMES.includes(name) && wanted[name] === undefined) return false;
        return !same(state[name] ?? null, wanted[name] ?? null);
    });
    return { changes: changed.length > 0, replaces: changed.filter((name) => replaces.includes(name)) };
}

export function create(urn: string, properties: unknown, region: string, record: Record) {
    const inputs = asProperties(properties);
    const { id, outputs } = kindOf(urn).make({ urn, region, inputs: asProperties(unwrap(inputs)) });
    record({ operation: "create", urn, id, inputs: withoutSecrets(inputs) });
    return { id, outs: { ...inputs, ...outputs } };
}

export function update(id: string, urn: string, olds: unknown, news: unknown, record: Record) {
    const kind = kindOf(urn);
    const [state, inputs] = [asProperties(olds), asProperties(news)];
    record({ operation: "update", urn, id, inputs: withoutSecrets(inputs) });
    const kept = Object.entries(state).filter(
        ([name]) => NAMES.includes(name) || !kind.inputs.includes(name),
    );
    return { outs: { ...Object.fromEntries(kept), ...inputs, ...kind.updated?.(state) } };
}

export function remove(id: string, urn: string, record: Record): void {
    kindOf(urn);
    record({ operation: "delete", urn, id });
}

/** The answer of a function. The image is the same for the same question. */
export function invoke(token: string, inputs: unknown) {
    switch (token) {
        case "aws:index/getCallerIdentity:getCallerIdentity":
            return { accountId: ACCOUNT, arn: `arn:${PARTITION}:iam::${ACCOUNT}:user/deployer` };
        case "aws:index/getPartition:getPartition":
            return { partition: PARTITION, dnsSuffix: DNS_SUFFIX };
        case "aws:ec2/getAmi:getAmi": {
            const id = `ami-${digits(JSON.stringify(unwrap(inputs)), 17)}`;
            return { id, rootDeviceName: "/dev/sda1", architecture: "x86_64" };
        }
        default:
            throw new Error(`The stand-in for the aws provider has no function ${token}.`);
    }
}

function withoutSecrets(value: Properties): Properties {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, masked(part)]));
}

function masked(value: unknown): unknown {
    if (isSecret(value)) return "[secret]";
    if (Array.isArray(value)) return value.map(masked);
    return typeof value === "object" && value !== null ? withoutSecrets(asProperties(value)) : value;
}

function kindOf(urn: string): Kind {
    // urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const kind = KINDS[type];
    if (kind === undefined) throw new Error(`The stand-in for the aws provider has no ${type}.`);
    return kind;
}
