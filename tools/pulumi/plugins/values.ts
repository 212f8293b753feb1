/** Reads what the engine sends to a plugin: plain values, secrets in envelopes, and values not yet known. */

/** Marks an object that is an envelope, and says what kind; both as in Pulumi's wire format. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Stands for a value that a preview cannot know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Readonly<Record<string, unknown>>;

/** An object of unknown properties; anything else counts as an empty one. */
export function asProperties(value: unknown): Properties {
    return isRecord(value) ? value : {};
}

/** The value with every secret's envelope removed, at any depth. */
export function unwrap(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(unwrap);
    if (!isRecord(value)) return value;
    if (isSecret(value)) return unwrap(value.value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
}

/** Whether the value is a secret in its envelope. */
export function isSecret(value: unknown): value is Properties {
    return isRecord(value) && value[SIGNATURE] === SECRET;
}

/** The value in an envelope, so that the engine encrypts it. */
export function secret(value: unknown): Properties {
    return { [SIGNATURE]: SECRET, value };
}

/** Whether two values are the same once unwrapped; a value not yet known equals nothing. */
export function same(left: unknown, right: unknown): boolean {
    const [one, other] = [left, right].map((value) => JSON.stringify([sorted(unwrap(value))]));
    return one === other && one?.includes(UNKNOWN) !== true;
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(sorted);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
        Object.keys(value)
            .sort()
            .map((key) => [key, sorted(value[key])]),
    );
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads typed properties, with the real provider's defaults; an error names the property. */
export class Reader {
    private readonly values: Properties;

    constructor(inputs: Properties) {
        this.values = asProperties(unwrap(inputs));
    }

    text(name: string, fallback?: string): string {
        const value = this.values[name] ?? fallback;
        if (typeof value !== "string") throw new Error(`${name} must be a string.`);
        return value;
    }

    number(name: string, fallback?: number): number {
        const value = this.values[name] ?? fallback;
        if (typeof value !== "number") throw new Error(`${name} must be a number.`);
        return value;
    }

    flag(name: string): boolean {
        return this.values[name] === true;
    }

    texts(name: string): string[] {
        const value = this.values[name] ?? [];
        if (!Array.isArray(value)) throw new Error(`${name} must be a list.`);
        return value.map(String);
    }

    nested(name: string): Reader {
        return new Reader(asProperties(this.values[name]));
    }

    has(name: string): boolean {
        return this.values[name] !== undefined && this.values[name] !== null;
    }
}
