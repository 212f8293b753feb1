/** The command that runs the emulator until it is told to stop. */
import { once } from "node:events";
import type { DefaultRules } from "./seed";
import { startOutscaleEmulator, type RunningEmulator } from "./server";

export interface EmulateOutscaleOptions {
    /** Print one line of JSON in place of the text. */
    readonly json?: boolean | undefined;
    /** Any free port unless given. */
    readonly port?: number | undefined;
    readonly region?: string | undefined;
    readonly defaultRules?: DefaultRules | undefined;
    /** Keeps the account there, secret keys included (mode 0600); in memory unless given. */
    readonly stateFile?: string | undefined;
    /** Where the file of the emulator's TLS authority is written; a temporary directory unless given. */
    readonly directory?: string | undefined;
    readonly latencyMs?: number | undefined;
    /** The probability that a call is throttled, from 0 to 1. */
    readonly throttle?: number | undefined;
    /** How long changes of rules take to be enforced. */
    readonly enforcementLagMs?: number | undefined;
    /** The address that callers come from. */
    readonly sourceAddress?: string | undefined;
    /** Added to the system's clock. */
    readonly clockOffsetMs?: number | undefined;
}

/** What `--json` prints: all that a client needs. */
function connection(emulator: RunningEmulator): Record<string, string> {
    const { endpoint, caFile, accessKey, secretKey, region } = emulator;
    return { endpoint, caFile, accessKey, secretKey, region };
}

function lines(emulator: RunningEmulator): string {
    return [
        `Emulated OUTSCALE API at ${emulator.endpoint}`,
        "",
        `export OSC_ENDPOINT_API=${emulator.endpoint}`,
        `export OSC_REGION=${emulator.region}`,
        `export OSC_ACCESS_KEY=${emulator.accessKey}`,
        `export OSC_SECRET_KEY=${emulator.secretKey}`,
        `export NODE_EXTRA_CA_CERTS=${emulator.caFile}`,
        `export REQUESTS_CA_BUNDLE=${emulator.caFile}`,
        "",
        "Stop it with Ctrl-C.",
        "",
    ].join("\n");
}

/** Runs the emulator until SIGTERM or SIGINT, then closes it. Throws where it cannot start. */
export async function emulateOutscale(options: EmulateOutscaleOptions = {}): Promise<void> {
    const { clockOffsetMs = 0, throttle } = options;
    if (throttle !== undefined && !(throttle >= 0 && throttle <= 1)) {
        throw new Error("The throttle is a probability: give a number from 0 to 1.");
    }
    const stopped = new AbortController();
    const signal = Promise.race(
        ["SIGTERM", "SIGINT"].map((name) => once(process, name, { signal: stopped.signal })),
    );
    // Listened for from the start: a signal during it must not leave the file of the authority behind.
    signal.catch(() => undefined);
    try {
        const emulator = await startOutscaleEmulator({
            ...options,
            throttle: throttle === undefined ? undefined : { probability: throttle },
            clock: () => new Date(Date.now() + clockOffsetMs),
        });
        try {
            process.stdout.write(
                options.json === true ? `${JSON.stringify(connection(emulator))}\n` : lines(emulator),
            );
            await signal;
        } finally {
            await emulator.stop();
        }
    } finally {
        stopped.abort();
    }
}
