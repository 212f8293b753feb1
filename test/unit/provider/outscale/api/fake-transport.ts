/** A transport that follows a script, and a clock that only sleeping moves. */
import {
    createOutscaleApi,
    type ClientCertificate,
    type OutscaleApi,
    type OutscaleApiParts,
    type TransportAnswer,
    type TransportRequest,
    type TransportTls,
} from "../../../../../provider/outscale/api/client";
import type { OutscaleSettings } from "../../../../../provider/outscale/settings";

export const SETTINGS: OutscaleSettings = {
    accessKey: "AK000000000000000001",
    secretKey: "SK00000000000000000000000000000000000001",
    region: "eu-west-2",
    endpoint: "https://api.eu-west-2.outscale.com/api/v1",
};

export interface Sent extends TransportRequest {
    readonly certificate: ClientCertificate | undefined;
    readonly atMs: number;
}

/** What happens to one try: an answer, or an error to reject with. */
export type Happening = TransportAnswer | Error;

export const START_MS = Date.UTC(2026, 0, 31, 23, 59, 0);

export interface Bench {
    readonly api: OutscaleApi;
    readonly sent: Sent[];
    readonly slept: number[];
    /** The calls and bodies sent, for short assertions. */
    calls(): readonly string[];
    advance(ms: number): void;
}

/** An API whose tries are answered by `answer`, in order of sending; jitter is always half of its range. */
export function bench(
    answer: (request: Sent, index: number) => Happening | Promise<Happening>,
    parts: OutscaleApiParts = {},
    settings: OutscaleSettings = SETTINGS,
): Bench {
    let nowMs = START_MS;
    const sent: Sent[] = [];
    const slept: number[] = [];
    const api = createOutscaleApi(settings, {
        transport: {
            async send(request: TransportRequest, tls: TransportTls): Promise<TransportAnswer> {
                const record = { ...request, certificate: tls.certificate, atMs: nowMs };
                sent.push(record);
                const happening = await answer(record, sent.length - 1);
                if (happening instanceof Error) throw happening;
                return happening;
            },
        },
        now: () => new Date(nowMs),
        sleep: (ms) => {
            slept.push(ms);
            nowMs += ms;
            return Promise.resolve();
        },
        random: () => 0.5,
        ...parts,
    });
    return {
        api,
        sent,
        slept,
        calls: () => sent.map(({ call }) => call),
        advance: (ms) => {
            nowMs += ms;
        },
    };
}

/** The happenings one after the other; more tries than that are a failure of the test. */
export function script(...happenings: readonly Happening[]): (request: Sent, index: number) => Happening {
    return (_request, index) => {
        const happening = happenings[index];
        if (happening === undefined) throw new Error(`There was no try number ${index} in the script.`);
        return happening;
    };
}

export function ok(body: object): TransportAnswer {
    return { status: 200, body: JSON.stringify({ ...body, ResponseContext: { RequestId: "r-ok" } }) };
}

export function refusal(
    status: number,
    code: string,
    type = "AccessDenied",
    details = "No.",
): TransportAnswer {
    return {
        status,
        body: JSON.stringify({
            Errors: [{ Code: code, Type: type, Details: details }],
            ResponseContext: { RequestId: "r-1" },
        }),
    };
}

export const CA = { CaId: "ca-1", CaFingerprint: "ab".repeat(20), Description: "" };

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    throw new Error("It did not fail.");
}
