/** Reads a fleet file: YAML, or JSON, which is YAML too. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import { PortcullisError } from "../../provider/errors";
import type { Fleet } from "./fleet";
import { parseFleet } from "./schema";

/**
 * The fleet that a file describes; paths in it are taken from its folder.
 * @throws PortcullisError (InvalidInput) where it cannot be read, or is not of the form.
 */
export function readFleet(path: string): Fleet {
    let text: string;
    try {
        text = readFileSync(path, "utf8");
    } catch (cause) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: path,
            problem: `The fleet file ${path} cannot be read.`,
            remedy: "Give the path of a YAML or JSON file that describes the fleet.",
            cause,
        });
    }
    // By this schema every scalar is text as it is written: an access key of digits, or a region "no", stays what it is.
    const document = parseDocument(text, { schema: "failsafe", prettyErrors: true });
    const [error] = document.errors;
    if (error !== undefined) {
        const [line] = error.linePos ?? [];
        throw new PortcullisError({
            code: "InvalidInput",
            property: path,
            problem: `The fleet file ${path} is no YAML${line === undefined ? "" : ` at line ${line.line}`} (${error.code}).`,
            remedy: "Correct it there. Nothing has been done.",
        });
    }
    const given: unknown = document.toJS();
    return parseFleet(given, dirname(resolve(path)), path);
}
