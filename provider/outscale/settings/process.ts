/** Settings as this process finds them: its environment, its user's home and its files. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolveSettings } from "./resolve";
import type { ArgumentSettings, OutscaleSettings } from "./settings";

/** See `resolveSettings`. */
export function settingsFromProcess(given: ArgumentSettings = {}): OutscaleSettings {
    return resolveSettings({
        arguments: given,
        environment: process.env,
        home: homedir(),
        readFile: (path) => readFileSync(path, "utf8"),
    });
}
