/** The official command line tool of OUTSCALE, osc-cli (osc-sdk on PyPI): one call a process. */
import { lastLine, runPython } from "../../tools/services/python";

/** The version that tests install. */
export const OSC_CLI = "1.11.0";

export interface ClientProcess {
    readonly python: string;
    /** Its profiles are looked for below this directory. */
    readonly home: string;
    /** The authority to trust, a file of PEM. */
    readonly caFile: string;
}

/** `200`, or what it says of a refusal (`401/14`), or the last line that it printed where it ended otherwise. */
export async function runOscCli(client: ClientProcess, profile: string, call: string): Promise<string> {
    const { python, home, caFile } = client;
    const args = ["-m", "osc_sdk.sdk", "api", call, "--profile", profile];
    const { stdout, stderr } = await runPython(python, args, { HOME: home, REQUESTS_CA_BUNDLE: caFile });
    if (stderr === "") {
        // A success prints the answer, which is an object with its context.
        const answer: unknown = JSON.parse(stdout);
        return typeof answer === "object" && answer !== null && "ResponseContext" in answer ? "200" : stdout;
    }
    const [, http, code] = /status = (\d+), code = (\d+)/.exec(stderr) ?? [];
    return http === undefined ? lastLine(stderr) : `${http}/${code ?? ""}`;
}
