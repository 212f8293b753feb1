/** What `--keep` leaves behind, and how to play with it. */
import { writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import type { PulumiCli } from "../pulumi/cli";
import { engineEnvironment } from "../pulumi/workspace";
import type { EmulatorProcess } from "./emulator";

/** Writes a file to source, mode 0600 since it holds the emulated account's secret key, and returns the commands. */
export function keepInstructions(directory: string, emulator: EmulatorProcess, cli: PulumiCli): string {
    const folder = resolve(directory);
    const path = [join(folder, "bin"), dirname(cli.command), "$PATH"].join(delimiter);
    const settings = {
        ...engineEnvironment(folder),
        OSC_ENDPOINT_API: emulator.endpoint,
        OSC_CA_FILE: emulator.caFile,
        OSC_REGION: emulator.region,
        OSC_ACCESS_KEY: emulator.accessKey,
        OSC_SECRET_KEY: emulator.secretKey,
    };
    const lines = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'`);
    const file = join(folder, "env");
    writeFileSync(file, `${lines.join("\n")}\nexport PATH="${path}"\n`, { mode: 0o600 });
    return [
        "Kept: the emulated account and the stack. To play with them:",
        "",
        `  . ${join(directory, "env")} && cd ${join(directory, "project")}`,
        "  pulumi stack                                          # what was made",
        "  pulumi stack output certificates --show-secrets       # the clients' certificates and keys",
        "  pulumi refresh --yes                                  # compare with the account",
        "  pulumi destroy --yes                                  # gives back the rules that were found",
        `  kill ${emulator.pid}                                            # ends the emulator`,
        "",
    ].join("\n");
}
