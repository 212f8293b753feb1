/** How the properties of the `vault` provider's resources are written in the API, read back and compared. */
import { asProperties, unwrap, type Properties } from "../values";

/**
 * The form of a property: `duration` is a text of seconds or with units ("72h"), of which the server may give back
 * either; `names` is a list whose order does not count; `map` is an object of texts.
 */
export type Form = "text" | "number" | "flag" | "texts" | "names" | "duration" | "map";

export interface Field {
    readonly form: Form;
    /** Its name in the API. */
    readonly api: string;
    /** Whether it is only ever sent: the server gives it back in another form, or not at all. */
    readonly writeOnly?: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

/** Fields whose API names are the properties' own in snake case; `other` says which are not. */
export function fields(
    forms: Readonly<Record<string, Form>>,
    other: Readonly<Record<string, string>> = {},
): Fields {
    return Object.fromEntries(
        Object.entries(forms).map(([name, form]): [string, Field] => [
            name,
            { form, api: other[name] ?? snakeCase(name) },
        ]),
    );
}

function snakeCase(name: string): string {
    return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The request's body for the properties given. */
export function bodyOf(known: Fields, inputs: Properties): Record<string, unknown> {
    const plain = asProperties(unwrap(inputs));
    return Object.fromEntries(
        Object.entries(known)
            .filter(([name]) => plain[name] !== undefined && plain[name] !== null)
            .map(([name, { api }]) => [api, plain[name]]),
    );
}

/** The properties in what the server says, in the form that state has them. */
export function propertiesOf(known: Fields, data: Readonly<Record<string, unknown>>): Properties {
    const found: Record<string, unknown> = {};
    for (const [name, { form, api, writeOnly }] of Object.entries(known)) {
        const value = data[api];
        if (value === undefined || value === null || writeOnly === true) continue;
        found[name] = inForm(form, value);
    }
    return found;
}

function inForm(form: Form, value: unknown): unknown {
    switch (form) {
        case "text":
        case "duration":
            return textOf(value);
        case "number":
            return Number(value);
        case "flag":
            return value === true;
        case "map":
            return value;
        case "texts":
        case "names":
            return Array.isArray(value) ? value.map(String) : textOf(value).split(",");
    }
}

/** A text or a number as text; what is neither is in no place that is read here. */
function textOf(value: unknown): string {
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Whether two values of a property mean the same to the server; one that is absent is the same as an empty one. */
export function sameValue(form: Form, left: unknown, right: unknown): boolean {
    const [one, other] = [left, right].map((value) => JSON.stringify(comparable(form, unwrap(value))));
    return one === other;
}

function comparable(form: Form, value: unknown): unknown {
    if (value === undefined || value === null || value === "") return null;
    if (Array.isArray(value)) {
        if (value.length === 0) return null;
        return form === "names" ? value.map(String).sort() : value;
    }
    if (form === "map" && typeof value === "object") {
        const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
        return entries.length === 0 ? null : entries;
    }
    if (form === "duration") return secondsOf(textOf(value)) ?? value;
    return value;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a text such as "7776000", "72h" or "1h30m"; undefined where it is none. */
function secondsOf(text: string): number | undefined {
    if (/^\d+$/.test(text)) return Number(text);
    if (!/^(\d+[smhd])+$/.test(text)) return undefined;
    return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0),
        0,
    );
}
