/** Delivers one call as one identity: signs, sends, reads the answer, and tries again where that is safe. */
import { TransportFailure } from "../../https/failure";
import type { OutscaleSettings } from "../settings/settings";
import { readAnswer } from "./answers";
import { kindOf, type CallName, type Calls } from "./calls";
import { AnswerLost, UnusableAnswer, type OutscaleError } from "./errors";
import type { ClientCertificate } from "./identity";
import { nextStep, type Failure, type RetryPolicy } from "./retry";
import { signedHeaders } from "./signature";
import type { Transport, TransportAnswer } from "./transport";
import { unreachable, whyOf } from "./unreachable";

/** What a delivery uses of the world. */
export interface DeliveryParts {
    readonly transport: Transport;
    readonly now: () => Date;
    readonly sleep: (ms: number) => Promise<void>;
    readonly random: () => number;
    readonly retry: RetryPolicy;
    readonly timeoutMs: number;
}

/**
 * The response to the call.
 * @throws OutscaleError where the service refuses it; AnswerLost where a change may or may not have been made;
 * EndpointUnreachable where no service answered; UnusableAnswer where what answered is not the API.
 */
export async function deliver<Name extends CallName>(
    call: Name,
    body: string,
    certificate: ClientCertificate | undefined,
    settings: OutscaleSettings,
    parts: DeliveryParts,
): Promise<Calls[Name]["response"]> {
    const kind = kindOf(call);
    const host = new URL(settings.endpoint).host;
    let mayBeDone = false;
    for (let tried = 0; ; tried += 1) {
        const outcome: Outcome<Calls[Name]["response"]> = await tryOnce(
            call,
            body,
            certificate,
            settings,
            parts,
            mayBeDone,
        );
        if ("response" in outcome) return outcome.response;
        mayBeDone ||= outcome.uncertain;
        const next = nextStep(kind, outcome, tried, parts.retry, parts.random());
        if (next.step === "retry") {
            await parts.sleep(next.waitMs);
            continue;
        }
        // A refusal is an answer: it tells by itself that an earlier try may have been carried out.
        const unanswered = mayBeDone && kind !== "read" && !outcome.answered;
        if (next.step === "lost" || unanswered) {
            throw new AnswerLost({ call, host, why: outcome.why, cause: outcome.error, sleep: parts.sleep });
        }
        throw outcome.error;
    }
}

type Outcome<Response> = { readonly response: Response } | FailedTry;

interface FailedTry extends Failure {
    readonly error: Error;
    /** What happened, as the end of a sentence. */
    readonly why: string;
    /** Whether the service itself spoke. */
    readonly answered: boolean;
}

async function tryOnce<Name extends CallName>(
    call: Name,
    body: string,
    certificate: ClientCertificate | undefined,
    settings: OutscaleSettings,
    parts: DeliveryParts,
    afterLostAnswer: boolean,
): Promise<Outcome<Calls[Name]["response"]>> {
    const { secretKey } = settings;
    let answer: TransportAnswer;
    try {
        answer = await send(call, body, certificate, settings, parts);
    } catch (error) {
        if (!(error instanceof TransportFailure)) throw error;
        const host = new URL(settings.endpoint).host;
        const reaching = { call, host, timeoutMs: parts.timeoutMs, certificate, now: parts.now() };
        return {
            error: unreachable(error, reaching),
            why: whyOf(error, reaching),
            answered: false,
            uncertain: error.maySent,
            again: passes(error),
            waitMs: 0,
        };
    }
    const reading = readAnswer(call, answer, { secretKey, certificate, now: parts.now(), afterLostAnswer });
    const why = reading.kind === "done" ? "" : whyNot(answer.status, reading.error);
    switch (reading.kind) {
        case "done":
            return { response: reading.response };
        case "throttled":
            return {
                error: reading.error,
                why,
                answered: true,
                uncertain: false,
                again: true,
                waitMs: reading.waitMs,
            };
        case "uncertain":
            return {
                error: reading.error,
                why,
                answered: true,
                uncertain: true,
                again: reading.again,
                waitMs: 0,
            };
        case "refused":
            return { error: reading.error, why, answered: true, uncertain: false, again: false, waitMs: 0 };
    }
}

/** Whether the failure is of a kind that passes: EAI_AGAIN is a name server that did not answer. */
function passes({ reason, systemCode }: TransportFailure): boolean {
    return reason === "reset" || reason === "timeout" || systemCode === "EAI_AGAIN";
}

function whyNot(status: number, error: OutscaleError | UnusableAnswer): string {
    const said = error instanceof UnusableAnswer ? error.flaw : error.details;
    return said === undefined ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
}

/** One try, signed at the moment that it leaves. */
function send(
    call: CallName,
    body: string,
    certificate: ClientCertificate | undefined,
    { endpoint, accessKey, secretKey, region, caPem }: OutscaleSettings,
    { transport, now, timeoutMs }: DeliveryParts,
): Promise<TransportAnswer> {
    const url = `${endpoint}/${call}`;
    const headers = signedHeaders({ url, body, date: now(), accessKey, secretKey, region });
    return transport.send(
        { call, url, headers: { ...headers, "User-Agent": "pulumi-portcullis" }, body, timeoutMs },
        { ...(certificate && { certificate }), ...(caPem !== undefined && { caPem }) },
    );
}
