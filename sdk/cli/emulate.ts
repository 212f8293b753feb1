/** `portcullis emulate`: services to try programs on, with no account and no network. */
import { Command, InvalidArgumentError, Option } from "commander";
import { emulateOutscale, type EmulateOutscaleOptions } from "../../emulators/outscale/cli";
import { durationNamed } from "./durations";

function wholeNumber(text: string): number {
    if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
    return Number(text);
}

function fraction(text: string): number {
    const value = Number(text);
    if (text.trim() === "" || !(value >= 0 && value <= 1))
        throw new InvalidArgumentError("Give a number from 0 to 1.");
    return value;
}

const milliseconds = durationNamed("duration");

interface OutscaleFlags extends Omit<
    EmulateOutscaleOptions,
    "latencyMs" | "enforcementLagMs" | "clockOffsetMs"
> {
    readonly latency?: number;
    readonly lag?: number;
    readonly clockOffset?: number;
}

export function emulateCommand(): Command {
    const outscale = new Command("outscale")
        .description(
            "The access control of the OUTSCALE API, on a TLS port of this machine, until it is stopped.",
        )
        .option("--json", "print one line of JSON: endpoint, caFile, accessKey, secretKey, region")
        .option("--port <port>", "any free port unless given", wholeNumber)
        .option("--region <region>", "eu-west-2 unless given")
        .addOption(
            new Option("--default-rules <which>", "the rules that the account starts with").choices([
                "with-cockpit",
                "world-only",
                "none",
            ]),
        )
        .option("--state-file <path>", "keep the account in this file (mode 0600; it holds secret keys)")
        .option("--directory <path>", "where to write the file of the TLS authority")
        .option("--latency <duration>", "wait before each answer, as 2s", milliseconds)
        .option("--throttle <probability>", "throttle calls with this probability", fraction)
        .option("--lag <duration>", "how long changed rules take to be enforced", milliseconds)
        .option("--source-address <ip>", "the address that all callers come from")
        .option("--clock-offset <seconds>", "seconds added to the system's clock", wholeNumber)
        .action(async ({ latency, lag, clockOffset, ...flags }: OutscaleFlags) => {
            await emulateOutscale({
                ...flags,
                latencyMs: latency,
                enforcementLagMs: lag,
                clockOffsetMs: clockOffset === undefined ? undefined : clockOffset * 1_000,
            });
        });
    return new Command("emulate").description("Run a stand-in for a service.").addCommand(outscale);
}
