/** Sets a stack's configuration; a secret never stands in a command's arguments, which any user could read. */

/** Values by full key, for example `portcullis:region`. */
export type StackConfig = Readonly<Record<string, string | { readonly secret: string }>>;

/** Runs one command of the CLI for the stack with this on its standard input; rejects where it fails. */
export type Command = (args: readonly string[], input?: string) => Promise<unknown>;

export async function setConfig(config: StackConfig, command: Command): Promise<void> {
    const plain: string[] = [];
    const secrets: [string, string][] = [];
    for (const [key, value] of Object.entries(config)) {
        if (typeof value === "string") plain.push("--plaintext", `${key}=${value}`);
        else secrets.push([key, value.secret]);
    }
    if (plain.length > 0) await command(["config", "set-all", ...plain]);
    for (const [key, secret] of secrets) await command(["config", "set", key, "--secret"], secret);
}
