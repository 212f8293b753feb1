/** What a component cannot be without: for programs without types, in place of an error from somewhere within. */
import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../provider/refusal";
import type { CheckFailure } from "../provider/resource";

/** What an argument has to be at least, and what to do where it is not. */
export type Requirement = readonly [fits: (value: unknown) => boolean, remedy: string];

/** By paths, as "vault.address". What lies within another argument is asked for where that one is an object. */
export type Requirements = Readonly<Record<string, Requirement>>;

export const isThere = (value: unknown): boolean => value !== undefined && value !== null;
export const isText = (value: unknown): boolean => typeof value === "string";

/** A table of arguments, and neither a list nor an output, whose parts nobody knows yet. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    return !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}

/** A table of which every part that is named is there. */
export function isWhole(value: unknown): boolean {
    return isTable(value) && Object.values(value).every(isThere);
}

export const isTableOrAbsent = (value: unknown): boolean => value === undefined || isTable(value);

/**
 * What is missing, or has the wrong shape altogether.
 *
 * @param under stands before each property, as 'vault["main"].'
 */
export function requiredFailures(
    args: unknown,
    requirements: Requirements,
    under = "",
): readonly CheckFailure[] {
    return Object.entries(requirements).flatMap(([path, [fits, remedy]]) => {
        const steps = path.split(".");
        const last = steps.pop() ?? "";
        const around = steps.reduce<unknown>(
            (value, step) => (isTable(value) ? value[step] : undefined),
            args,
        );
        if (!isTable(around)) return [];
        const value = around[last];
        if (fits(value)) return [];
        const problem = isThere(value) ? "It is nothing that can be taken here." : "It is missing.";
        return [{ property: `${under}${path}`, reason: `${problem} ${remedy}` }];
    });
}

/** The same, of an argument within others. */
export function within(path: string, requirements: Requirements): Requirements {
    return Object.fromEntries(
        Object.entries(requirements).map(([property, each]) => [`${path}.${property}`, each]),
    );
}

/** The same of each entry of a table, by its name, or of a list; each has to be a table itself. */
export function entryFailures(
    property: string,
    { entries, of }: { readonly entries: unknown; readonly of: "table" | "list" },
    requirements: Requirements,
    remedy: string,
): readonly CheckFailure[] {
    const given = of === "list" ? Array.isArray(entries) && entries : isTable(entries) && entries;
    if (given === false) return [];
    return Object.entries(given).flatMap(([key, entry]: [string, unknown]) => {
        const place = of === "list" ? `${property}[${key}]` : `${property}["${key}"]`;
        if (isTable(entry)) return requiredFailures(entry, requirements, `${place}.`);
        const problem = isThere(entry) ? "It is nothing that can be taken here." : "It is missing.";
        return [{ property: place, reason: `${problem} ${remedy}` }];
    });
}

/**
 * Refuses arguments of which nothing else can be judged.
 *
 * @param find gives what is missing in them; it is asked only where there are any
 * @throws PortcullisError `InvalidInput` with everything that is missing, or has the wrong shape altogether
 */
export function refuseWithout(
    type: string,
    name: string,
    args: unknown,
    find: () => readonly CheckFailure[],
): void {
    const failures = isTable(args)
        ? find()
        : [
              {
                  property: "args",
                  reason: "There are none. Give the component's arguments as one object, plain but for its values.",
              },
          ];
    if (failures.length > 0) throw refusal(type, name, failures);
}
