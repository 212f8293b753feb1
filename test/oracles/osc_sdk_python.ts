/** The official Python SDK of OUTSCALE (osc-sdk-python on PyPI), configured by a profile file alone: one call a process. */
import type { ClientProcess } from "./osc_cli";
import { lastLine, runPython } from "../../tools/services/python";

/** The version that tests install. */
export const OSC_SDK_PYTHON = "0.42.0";

const CALL = `
import sys, requests
from osc_sdk_python import Gateway
_, profile, call = sys.argv
with Gateway(profile=profile, max_retries=0) as gateway:
    try:
        getattr(gateway, call)()
        print("200")
    except requests.HTTPError as error:
        print(f"{error.response.status_code}/{error.response.json()['Errors'][0]['Code']}")
`;

/** `200`, or what it says of a refusal (`401/14`), or the last line that it printed where it ended otherwise. */
export async function runOscSdkPython(client: ClientProcess, profile: string, call: string): Promise<string> {
    const { python, home, caFile } = client;
    const environment = { HOME: home, REQUESTS_CA_BUNDLE: caFile };
    const { stdout, stderr } = await runPython(python, ["-c", CALL, profile, call], environment);
    return stdout === "" ? lastLine(stderr) : stdout.trim();
}
