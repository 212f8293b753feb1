/** Where a profile file is, through links, and whether it may be touched. */
import { lstat, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../../system-code";
import { failedFile, refuseFile } from "./refusal";

/** A profile file as it was asked for, and as it is. */
export interface Place {
    /** Absolute, `~` expanded. */
    readonly path: string;
    /** The file itself, links followed: dotfile managers link these files. */
    readonly real: string;
    readonly exists: boolean;
    readonly isLinked: boolean;
}

/** The path with `~/` as the home directory of whoever runs this, here and now. */
export function expandHome(path: string): string {
    return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

/**
 * Looks the file up.
 *
 * @throws PortcullisError `InvalidConfiguration` where it is another user's, no regular file, or a link to nothing
 */
export async function findPlace(asked: string): Promise<Place> {
    const path = expandHome(asked);
    try {
        const real = await realpath(path);
        const found = await stat(real);
        if (!found.isFile()) {
            throw refuseFile(`${path} is not a file`, "Give the path of a profile file in `path`.");
        }
        const user = process.geteuid?.();
        if (user !== undefined && found.uid !== user) {
            throw refuseFile(
                `The profile file ${real} belongs to another user (uid ${found.uid})`,
                "Run as that user, or choose another `path`.",
            );
        }
        return { path, real, exists: true, isLinked: (await lstat(path)).isSymbolicLink() };
    } catch (error) {
        if (errorCode(error) !== "ENOENT") throw failedFile(path, "looked up", error);
    }
    if (await isThere(path)) {
        throw refuseFile(
            `${path} is a link to a file that does not exist`,
            "Make that file, or remove the link.",
        );
    }
    return {
        path,
        real: join(await realFolder(dirname(path)), basename(path)),
        exists: false,
        isLinked: false,
    };
}

/** The file's text. @throws PortcullisError where it cannot be read or is not UTF-8, of which nothing is echoed. */
export async function readText({ path, real }: Place): Promise<string | undefined> {
    let bytes: Buffer;
    try {
        bytes = await readFile(real);
    } catch (error) {
        if (errorCode(error) === "ENOENT") return undefined;
        throw failedFile(path, "read", error);
    }
    try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
        throw refuseFile(`The profile file ${path} is not text in UTF-8`, "Save it in UTF-8.");
    }
}

async function isThere(path: string): Promise<boolean> {
    return lstat(path).then(
        () => true,
        () => false,
    );
}

async function realFolder(folder: string): Promise<string> {
    return realpath(folder).catch(() => folder);
}
