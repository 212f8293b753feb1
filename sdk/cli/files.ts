/** Reads the files that flags name, with errors that say which flag, and nothing of what is in them. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { PortcullisError } from "../../provider/errors";

/**
 * The text of a file, or of standard input where the path is `-`.
 * @throws PortcullisError `InvalidInput` where it cannot be read
 */
export async function readText(path: string, flag: string): Promise<string> {
    if (path === "-") return text(process.stdin);
    try {
        return await readFile(path, "utf8");
    } catch (error) {
        const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
        const why = code === "ENOENT" ? "does not exist" : `cannot be read${code === "" ? "" : ` (${code})`}`;
        throw refuse(flag, `The file ${path}, named by ${flag}, ${why}.`, "Correct the path.");
    }
}

/** A refusal of what a flag gives. */
export function refuse(flag: string, problem: string, remedy: string): PortcullisError {
    return new PortcullisError({ code: "InvalidInput", property: flag, problem, remedy });
}
