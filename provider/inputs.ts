/** Validation of inputs by a zod schema that lets values unknown at preview through. */
import { z } from "zod";
import { UNKNOWN, type CheckFailure, type CheckResult, type Planned, type PlannedInputs } from "./resource";

/** Whether any part of a value is still unknown. */
export function hasUnknown(value: unknown): boolean {
    if (value === UNKNOWN) return true;
    if (Array.isArray(value)) return value.some(hasUnknown);
    return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** Whether the value is wholly known: narrows a planned value to the real one. */
export function isKnown<T>(value: Planned<T> | T): value is T {
    return !hasUnknown(value);
}

/**
 * Checks inputs against an object schema, property by property. A property that is wholly known is normalised by
 * the schema; one with unknown parts keeps its form, and only its known parts are validated.
 * `across` validates what involves several properties, and runs once each is valid by itself.
 */
export function checkInputs<Shape extends z.ZodRawShape>(
    schema: z.ZodObject<Shape>,
    inputs: unknown,
    across: (inputs: PlannedInputs<z.output<z.ZodObject<Shape>>>) => readonly CheckFailure[] = () => [],
): CheckResult<z.output<z.ZodObject<Shape>>> {
    const given = z.record(z.string(), z.unknown()).parse(inputs);
    const known = Object.keys(schema.shape);
    const failures: CheckFailure[] = Object.keys(given)
        .filter((property) => !known.includes(property) && !property.startsWith("__"))
        .map((property) => ({
            property,
            reason: `There is no such input. Remove it, or use one of: ${known.join(", ")}.`,
        }));
    const normalised: Record<string, unknown> = {};
    for (const property of known) {
        const value = given[property];
        const parsed = z.safeParse(schema.shape[property] as z.ZodType, value, { error: plainWords });
        if (parsed.success) {
            if (parsed.data !== undefined) normalised[property] = parsed.data;
            continue;
        }
        if (value !== undefined) normalised[property] = value;
        for (const issue of parsed.error.issues) {
            if (reachesUnknown(value, issue.path)) continue;
            failures.push({ property: pathText(given, [property, ...issue.path]), reason: issue.message });
        }
    }
    // The loop above has put every property in the form that the schema gives it, or in its planned form.
    const result = normalised as PlannedInputs<z.output<z.ZodObject<Shape>>>;
    return { inputs: result, failures: failures.length > 0 ? failures : across(result) };
}

const FORMS: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    boolean: "true or false",
    array: "a list",
    object: "an object with its properties by name",
};

/** What is wrong and what to write, where the schema has no words of its own. Never any of the input. */
function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
    if (issue.code === "invalid_type") {
        const problem = issue.input === undefined ? "It is missing." : "It is of the wrong type.";
        return `${problem} Give ${FORMS[issue.expected] ?? issue.expected}.`;
    }
    if (issue.code === "unrecognized_keys") {
        return `There is no such input as ${issue.keys.map((key) => `"${key}"`).join(", ")} in it. Remove it, or correct its name.`;
    }
    if (issue.code === "too_small" && issue.origin === "string") return "It is empty. Give a text.";
    return undefined;
}

/** Whether the value at the path, or a value on the way to it, is unknown. */
function reachesUnknown(value: unknown, path: readonly PropertyKey[]): boolean {
    let here = value;
    for (const step of path) {
        if (here === UNKNOWN) return true;
        if (typeof here !== "object" || here === null) return false;
        here = (here as Record<PropertyKey, unknown>)[step];
    }
    return here === UNKNOWN;
}

/** The path to a value, `rules[2].cns`; an item of a list that has a name is also called by it. */
function pathText(value: unknown, path: readonly PropertyKey[]): string {
    let here = value;
    let text = "";
    for (const step of path) {
        here =
            typeof here === "object" && here !== null
                ? (here as Record<PropertyKey, unknown>)[step]
                : undefined;
        const isItem = typeof step === "number";
        text += isItem ? `[${step}]${calledBy(here)}` : `.${String(step)}`;
    }
    return text.replace(/^\./, "");
}

function calledBy(item: unknown): string {
    const isNamed = typeof item === "object" && item !== null && "name" in item;
    return isNamed && typeof item.name === "string" && item.name !== "" ? ` "${item.name}"` : "";
}
