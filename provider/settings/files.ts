/** Reads the files that settings name, with errors that say which setting named them. */
import { isAbsolute, join } from "node:path";
import { systemCodeOf } from "../system-code";
import { refuse } from "./refuse";
import type { FileSources, Named } from "./sources";

/** The text of the file that a setting names. `~/` is the user's home directory. */
export function readNamedFile(setting: Named, sources: FileSources): string {
    const path = pathOf(setting, sources.home);
    try {
        return sources.readFile(path);
    } catch (error) {
        const why = isMissing(error) ? "does not exist" : `cannot be read${codeText(error)}`;
        return refuse(
            setting.name,
            `The file ${path}, named by ${setting.name}, ${why}.`,
            `Correct ${setting.name}, or make the file readable.`,
        );
    }
}

/** The text of a file at a customary place, or nothing where there is no such file. */
export function readCustomaryFile(path: string, sources: FileSources): string | undefined {
    try {
        return sources.readFile(path);
    } catch (error) {
        if (isMissing(error)) return undefined;
        return refuse(
            path,
            `The file ${path} cannot be read${codeText(error)}.`,
            "Make it readable, or remove it.",
        );
    }
}

/** Refuses what is no path before it gets into a message: it may be the key itself. */
export function pathOf(setting: Named, home: string): string {
    if (/[\n\r\0]|-----BEGIN|LS0tLS1CRUdJTi|^[A-Za-z0-9+/=]{200,}$/.test(setting.value)) {
        refuse(
            setting.name,
            `${setting.name} holds the text of a file instead of its path.`,
            `Write the text to a file that only you can read, and give its path in ${setting.name}.`,
        );
    }
    const path = /^~(?=$|[/\\])/.test(setting.value) ? join(home, setting.value.slice(1)) : setting.value;
    return isAbsolute(path) ? path : join(process.cwd(), path);
}

function isMissing(error: unknown): boolean {
    return systemCodeOf(error) === "ENOENT" || systemCodeOf(error) === "ENOTDIR";
}

/** The platform's code alone: its message is not ours to vouch for. */
function codeText(error: unknown): string {
    const code = systemCodeOf(error);
    return code === undefined ? "" : ` (${code})`;
}
