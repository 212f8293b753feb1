/** One account and one provider process in memory: calls are counted, and the process dies or loses an answer at one. */
import type { OutscaleAccount } from "../../emulators/outscale";
import {
    createOutscaleApi,
    TransportFailure,
    type OutscaleApi,
    type Transport,
} from "../../provider/outscale/api/client";
import { derOf } from "../../provider/pki/pem";
import { signerOf } from "../support/outscale";
import type { Random } from "../support/random";

/** How a call goes wrong: the process dies before or after it, or only its answer is lost. */
export type CrashMode = "before" | "after" | "lost";

export interface Crash {
    /** Which call of the process, from 1. */
    readonly at: number;
    readonly mode: CrashMode;
}

/** The address that all calls come from: no backup range or Cockpit holds it. */
export const OUTSIDE = "203.0.113.9";

/** A provider process: dead after its crash, when every further call fails and nothing is saved. */
export interface Process {
    readonly api: OutscaleApi;
    readonly dead: () => boolean;
    readonly calls: () => number;
}

const ders = new Map<string, Buffer>();

/** The DER of a certificate, remembered: the explorer asks for the same ones many thousand times. */
export function der(pem: string): Buffer {
    const known = ders.get(pem);
    if (known !== undefined) return known;
    const made = derOf(pem);
    ders.set(pem, made);
    return made;
}

/** Starts a process that talks to the account; `afterCall` sees the account after every executed call. */
export function startProcess(
    account: OutscaleAccount,
    now: () => Date,
    random: Random,
    crash: Crash | undefined,
    afterCall: (call: string) => void,
): Process {
    let calls = 0;
    let dead = false;
    const killed = (): Error => new Error("the process was killed");
    const transport: Transport = {
        async send(request, tls) {
            // Lets operations that run side by side overtake each other.
            for (let ticks = random.below(4); ticks > 0; ticks -= 1) await new Promise(setImmediate);
            if (dead) throw killed();
            calls += 1;
            const here = crash?.at === calls ? crash.mode : undefined;
            if (here === "before") {
                dead = true;
                throw killed();
            }
            const certificate =
                tls.certificate === undefined ? {} : { certificate: der(tls.certificate.certificatePem) };
            const answer = account.execute(request.call, JSON.parse(request.body), {
                sourceAddress: OUTSIDE,
                accessKey: signerOf(request.headers),
                ...certificate,
            });
            afterCall(request.call);
            if (here === "after") {
                dead = true;
                throw killed();
            }
            if (here === "lost") throw new TransportFailure("reset", true);
            return { status: answer.status, body: JSON.stringify(answer.body) };
        },
    };
    const settings = {
        accessKey: account.accessKey,
        secretKey: account.secretKeyOf(account.accessKey) ?? "",
        region: account.region,
        endpoint: "https://account.invalid/api/v1",
    };
    const api = createOutscaleApi(settings, {
        transport,
        now,
        sleep: () => Promise.resolve(),
        random: () => random.next(),
    });
    return { api, dead: () => dead, calls: () => calls };
}
