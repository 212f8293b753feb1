/** Sources of settings for tests: files in memory, and errors as the file system gives them. */
import { PortcullisError } from "../../../../../provider/errors";
import {
    resolveSettings,
    type ArgumentSettings,
    type OutscaleSettings,
} from "../../../../../provider/outscale/settings";

export const HOME = "/home/someone";
export const CONFIG = `${HOME}/.osc/config.json`;
export const LEGACY = `${HOME}/.osc_sdk/config.json`;

export interface Given {
    readonly arguments?: ArgumentSettings;
    readonly environment?: Readonly<Record<string, string>>;
    /** By path: a text, an object written as JSON, or an error code. */
    readonly files?: Readonly<Record<string, string | object | { readonly errno: string }>>;
}

export function resolve(given: Given): OutscaleSettings {
    return resolveSettings({
        arguments: given.arguments ?? {},
        environment: given.environment ?? {},
        home: HOME,
        readFile: (path) => {
            const file = given.files?.[path];
            if (typeof file === "string") return file;
            if (file !== undefined && !("errno" in file)) return JSON.stringify(file);
            throw Object.assign(new Error("file system"), {
                code: file === undefined ? "ENOENT" : file.errno,
            });
        },
    });
}

/** The error with which resolving fails. */
export function refusalOf(given: Given): PortcullisError {
    try {
        resolve(given);
    } catch (error) {
        if (error instanceof PortcullisError) return error;
        throw error;
    }
    throw new Error("It was not refused.");
}
