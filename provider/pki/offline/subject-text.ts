/** A subject's name as text that is safe to show, and which attributes a certificate may take over from a request. */
import { childrenOf, oidText, stringOf, TAG, type DerElement } from "../der";

/** The attributes that may stand in a subject, by their usual short names (RFC 4514, RFC 5280, appendix A). */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
    ["2.5.4.3", "CN"],
    ["2.5.4.5", "serialNumber"],
    ["2.5.4.6", "C"],
    ["2.5.4.7", "L"],
    ["2.5.4.8", "ST"],
    ["2.5.4.10", "O"],
    ["2.5.4.11", "OU"],
    ["0.9.2342.19200300.100.1.25", "DC"],
]);

/** One attribute of a name. */
export interface NameAttribute {
    /** The usual short name, or the object identifier of another attribute. */
    readonly type: string;
    /** Undefined where it is no readable text. */
    readonly value: string | undefined;
    readonly known: boolean;
}

/** The attributes of a name, in order. Throws a RangeError where it is malformed. */
export function attributesOf(name: Buffer): readonly NameAttribute[] {
    return childrenOf(name)
        .flatMap((relativeName) => childrenOf(relativeName.raw, TAG.set))
        .map((attribute) => {
            const [type, value] = childrenOf(attribute.raw);
            const id = oidText(need(type).content);
            const short = ATTRIBUTES.get(id);
            return { type: short ?? id, value: readable(need(value)), known: short !== undefined };
        });
}

/** A name as text: `C=FR, O=Example, CN=Example root`; what is not readable as `?`. */
export function subjectText(name: Buffer): string {
    const attributes = attributesOf(name);
    const parts = attributes.map(({ type, value }) => `${type}=${quoted(value ?? "?")}`);
    return parts.length === 0 ? "(empty)" : parts.join(", ");
}

/** Why a certificate cannot take over a name from a request; undefined where it can. */
export function refusalOfSubject(name: Buffer, mayBeEmpty: boolean): string | undefined {
    const attributes = attributesOf(name);
    if (attributes.length === 0 && !mayBeEmpty) return "has an empty subject";
    const wrong = attributes.find(({ known, value }) => !known || value === undefined || value === "");
    if (wrong === undefined) return undefined;
    return wrong.known
        ? `has a subject whose ${wrong.type} is empty or no readable text`
        : `has a subject with an attribute (${wrong.type}) that no certificate here carries`;
}

/** Control characters, and those that turn the direction of text, would let a name show as another one. */
const MISLEADING = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

function readable(element: DerElement): string | undefined {
    try {
        const text = stringOf(element);
        return text === undefined || MISLEADING.test(text) ? undefined : text;
    } catch (error) {
        // Octets that are no UTF-8.
        if (error instanceof TypeError) return undefined;
        throw error;
    }
}

function quoted(value: string): string {
    return /^[^,+"\\<>;=]+$/.test(value) && value.trim() === value ? value : JSON.stringify(value);
}

function need(element: DerElement | undefined): DerElement {
    if (element === undefined) throw new RangeError("missing DER element");
    return element;
}
