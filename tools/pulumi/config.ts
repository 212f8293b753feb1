/** A stack's configuration as tests and the quickstart give it. */
import { writeConfig } from "../../sdk/fleet/command";
import type { ReadValue } from "../../sdk/fleet/values";

/** Values by full key, for example `portcullis:region`. */
export type StackConfig = Readonly<Record<string, string | { readonly secret: string }>>;

/** Sets it; no secret stands in a command's arguments. `command` runs one of the CLI for the stack. */
export function setConfig(config: StackConfig, command: Parameters<typeof writeConfig>[1]): Promise<void> {
    const values = Object.entries(config).map(([key, value]): [string, ReadValue] => [
        key,
        typeof value === "string" ? { value, secret: false } : { value: value.secret, secret: true },
    ]);
    return writeConfig(Object.fromEntries(values), command);
}
