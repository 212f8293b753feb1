/** Reads the secrets that a fleet refers to, all of them before any account is begun. */
import { readFileSync } from "node:fs";
import { PortcullisError } from "../../provider/errors";
import type { FleetAccount, FleetValue } from "./fleet";

export interface ReadValue {
    readonly value: string;
    readonly secret: boolean;
}

/** An account with its values at hand. Holds secrets: never to be logged. */
export interface ReadAccount {
    readonly name: string;
    readonly stack: string;
    readonly config: Readonly<Record<string, ReadValue>>;
    readonly environment: Readonly<Record<string, string>>;
    /** The values that may be shown to nobody. */
    readonly secrets: readonly string[];
}

/**
 * The accounts with their values, read from files and from `environment`.
 * @throws PortcullisError (InvalidConfiguration) naming every value that cannot be read, and none of those that can.
 */
export function readAccounts(
    accounts: readonly FleetAccount[],
    environment: Readonly<Record<string, string | undefined>>,
): readonly ReadAccount[] {
    const missing: { readonly path: string; readonly reason: string }[] = [];
    const read = (account: string, kind: string, all: Readonly<Record<string, FleetValue>>) =>
        Object.fromEntries(
            Object.entries(all).map(([key, value]): [string, ReadValue] => {
                const found = readValue(value, environment);
                if (typeof found !== "string") return [key, found];
                missing.push({ path: `${account}.${kind}.${key}`, reason: found });
                return [key, { value: "", secret: true }];
            }),
        );
    const result = accounts.map(({ name, stack, config, environment: variables }): ReadAccount => {
        const readConfig = read(name, "config", config);
        const readVariables = read(name, "environment", variables);
        const all = [...Object.values(readConfig), ...Object.values(readVariables)];
        return {
            name,
            stack,
            config: readConfig,
            environment: Object.fromEntries(
                Object.entries(readVariables).map(([key, { value }]) => [key, value]),
            ),
            secrets: all.filter(({ secret }) => secret).map(({ value }) => value),
        };
    });
    const [first] = missing;
    if (first === undefined) return result;
    throw new PortcullisError({
        code: "InvalidConfiguration",
        property: first.path,
        problem: `Secrets are missing. ${missing.map(({ path, reason }) => `${path}: ${reason}`).join("\n")}`,
        remedy: "Put them there and run the command again. Nothing has been done.",
    });
}

/** The value, or the sentence that says why there is none. */
function readValue(
    value: FleetValue,
    environment: Readonly<Record<string, string | undefined>>,
): ReadValue | string {
    if (typeof value === "string") return { value, secret: false };
    const { environment: variable, file } = value;
    if (variable !== undefined) {
        const found = environment[variable] ?? "";
        return found === "" ? `The variable ${variable} is not set.` : { value: found, secret: true };
    }
    if (file === undefined) {
        return "Only a `secretRef` is given, which only the operator reads. Add an `environment` or a `file`.";
    }
    try {
        const text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
        return text === "" ? `The file ${file} is empty.` : { value: text, secret: true };
    } catch {
        return `The file ${file} cannot be read.`;
    }
}
