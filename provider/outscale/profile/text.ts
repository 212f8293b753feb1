/** The text of a profile file, changed in one profile: every byte outside of it stays as it was. */
import { parseTree, type Node, type ParseError } from "jsonc-parser";
import { refuseFile } from "./refusal";

/** A profile file's text with the place of one profile in it. */
export interface ProfileText {
    /** Without the byte order mark. */
    readonly text: string;
    /** The byte order mark, or nothing. */
    readonly mark: string;
    readonly object: Node;
    /** The properties of the object, each a profile, in their order. */
    readonly properties: readonly Node[];
    readonly name: string;
    /** Where among `properties` the profile stands; -1 where there is none. */
    readonly index: number;
}

/** A profile as it stands in a file. */
export interface StandingProfile {
    /** Its text, byte for byte. */
    readonly raw: string;
    readonly value: unknown;
}

/** The text of a file without a profile, as a new one begins; one that comes to this again may be removed. */
export const EMPTY = "{}\n";

/**
 * Finds a profile in a file's text.
 *
 * @param path the file's, for errors
 * @throws PortcullisError `InvalidConfiguration` where the text is no JSON object, or names the profile twice; nothing
 * of the text is ever part of it
 */
export function findInText(given: string, name: string, path: string): ProfileText {
    const mark = given.startsWith("\uFEFF") ? "\uFEFF" : "";
    const text = given.slice(mark.length);
    const object = objectOf(text, path);
    const properties = object.children ?? [];
    const indexes = properties.flatMap((property, index) => (nameOf(property) === name ? [index] : []));
    if (indexes.length > 1) {
        throw refuseFile(
            `The profile file ${path} holds ${indexes.length} profiles of the name ${JSON.stringify(name)}`,
            "Keep one of them: clients read the last.",
        );
    }
    return { text, mark, object, properties, name, index: indexes[0] ?? -1 };
}

/** The profile that was looked for, or nothing where the file has none. */
export function standing({ text, properties, index }: ProfileText): StandingProfile | undefined {
    const node = properties[index]?.children?.[1];
    if (node === undefined) return undefined;
    const raw = text.slice(node.offset, endOf(node));
    return { raw, value: JSON.parse(raw) };
}

/** The text with the profile set to a value, written in the manner of its surroundings; a new one comes last. */
export function withProfile(file: ProfileText, value: object): string {
    const manner = mannerOf(file, file.index >= 0 ? file.index : file.properties.length - 1);
    const lines = manner === undefined ? JSON.stringify(value) : inLines(value, manner);
    return withRaw(file, lines);
}

/** The text with the profile's value put back byte for byte. */
export function withRaw(file: ProfileText, raw: string): string {
    const { text, mark, object, properties, index, name } = file;
    const node = properties[index]?.children?.[1];
    if (node !== undefined) return mark + text.slice(0, node.offset) + raw + text.slice(endOf(node));
    const property = `${JSON.stringify(name)}: ${raw}`;
    const last = properties.at(-1);
    if (last === undefined) {
        const { lineEnd, indent } = mannerOf(file, -1) ?? { lineEnd: "\n", indent: "" };
        const inside = object.offset + 1;
        return mark + text.slice(0, inside) + lineEnd + indent + property + lineEnd + text.slice(inside);
    }
    const gap = gapBefore(file, properties.length - 1);
    return `${mark}${text.slice(0, endOf(last))},${gap}${property}${text.slice(endOf(last))}`;
}

/** The text without the profile: exactly what `withProfile` or `withRaw` made it from, where they put it in. */
export function withoutProfile(file: ProfileText): string {
    const { text, mark, object, properties, index } = file;
    const own = properties[index];
    if (own === undefined) return mark + text;
    const [before, next] = [properties[index - 1], properties[index + 1]];
    const cut = (start: number, end: number): string => mark + text.slice(0, start) + text.slice(end);
    if (before !== undefined) return cut(endOf(before), endOf(own));
    if (next !== undefined) return cut(own.offset, next.offset);
    const inside = object.offset + 1;
    const wasInLines = /[\r\n]/.test(text.slice(inside, own.offset));
    const lineEnd = wasInLines ? /^[ \t]*(?:\r\n|\n|\r)/.exec(text.slice(endOf(own)))?.[0] : undefined;
    return cut(inside, endOf(own) + (lineEnd?.length ?? 0));
}

/** How the file writes its profiles; nothing where it writes them in one line. */
interface Manner {
    readonly lineEnd: string;
    readonly indent: string;
}

function mannerOf(file: ProfileText, index: number): Manner | undefined {
    if (index < 0) return { lineEnd: file.text.includes("\r\n") ? "\r\n" : "\n", indent: "    " };
    const [, lineEnd, indent] = /(\r\n|\n|\r)([ \t]*)$/.exec(gapBefore(file, index)) ?? [];
    return lineEnd === undefined ? undefined : { lineEnd, indent: indent ?? "" };
}

function inLines(value: object, { lineEnd, indent }: Manner): string {
    // Line ends within texts are escaped: those that are left are the form's own.
    return JSON.stringify(value, null, indent === "" ? "    " : indent).replaceAll("\n", lineEnd + indent);
}

/** The white space in front of a property, from the comma or brace before it. */
function gapBefore({ text, object, properties }: ProfileText, index: number): string {
    const own = properties[index];
    const before = properties[index - 1];
    const start = before === undefined ? object.offset : text.indexOf(",", endOf(before));
    return text.slice(start + 1, own?.offset ?? start + 1);
}

function objectOf(text: string, path: string): Node {
    const errors: ParseError[] = [];
    try {
        const parsed: unknown = JSON.parse(text);
        const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
        if (typeof parsed === "object" && tree?.type === "object" && errors.length === 0) return tree;
    } catch {
        // The platform's message quotes the text around the fault, and a secret key may stand there.
        throw refuseFile(
            `The profile file ${path} is not valid JSON${lineOfFault(text)}`,
            "Correct its syntax: a missing or extra comma or quotation mark, or a comment, is the usual reason.",
        );
    }
    throw refuseFile(
        `The profile file ${path} does not hold a JSON object of profiles`,
        'Write it as {"default": {"access_key": "…", "secret_key": "…", "region": "eu-west-2"}}, or remove it.',
    );
}

function lineOfFault(text: string): string {
    const errors: ParseError[] = [];
    try {
        parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    } catch {
        return "";
    }
    const [first] = errors;
    return first === undefined
        ? ""
        : ` (line ${text
              .slice(0, first.offset)
              .split(/\r\n|\n|\r/)
              .length.toString()})`;
}

function nameOf(property: Node): unknown {
    return property.children?.[0]?.value;
}

function endOf(node: Node): number {
    return node.offset + node.length;
}
