/** Reads an answer: the response in its checked form, or what kind of failure it is. */
import { z } from "zod";
import { responseSchemas, type CallName, type Calls } from "./calls";
import { OutscaleError, UnusableAnswer } from "./errors";
import { summarise, type ClientCertificate } from "./identity";
import { redact } from "./redaction";
import { remedyFor } from "./remedies";
import type { TransportAnswer } from "./transport";

/** What one answered try came to. */
export type Reading<Response> =
    | { readonly kind: "done"; readonly response: Response }
    /** Not carried out, and worth trying again. */
    | { readonly kind: "throttled"; readonly error: OutscaleError; readonly waitMs: number }
    /** May have been carried out; `again` where trying again is of use. */
    | { readonly kind: "uncertain"; readonly error: OutscaleError | UnusableAnswer; readonly again: boolean }
    /** Not carried out, and trying again would change nothing. */
    | { readonly kind: "refused"; readonly error: OutscaleError };

/** Who asked, for remedies and for keeping secrets out of errors. */
export interface Asking {
    readonly secretKey: string;
    readonly certificate: ClientCertificate | undefined;
    readonly now: Date;
    /** Whether an earlier try of the same call got no answer. */
    readonly afterLostAnswer: boolean;
}

export function readAnswer<Name extends CallName>(
    call: Name,
    answer: TransportAnswer,
    asking: Asking,
): Reading<Calls[Name]["response"]> {
    if (answer.status === 200) return readSuccess(call, answer);
    const error = readError(call, answer, asking);
    if (answer.status === 429 || answer.status === 503) {
        return { kind: "throttled", error, waitMs: retryAfterMs(answer) };
    }
    if (answer.status >= 500) return { kind: "uncertain", error, again: true };
    return { kind: "refused", error };
}

function readSuccess<Name extends CallName>(
    call: Name,
    answer: TransportAnswer,
): Reading<Calls[Name]["response"]> {
    const unusable = (flaw: string): Reading<never> => ({
        kind: "uncertain",
        error: new UnusableAnswer(call, answer.status, flaw),
        again: false,
    });
    const json = parseJson(answer.body);
    if (json === undefined) return unusable("it is not JSON");
    const parsed = responseSchemas[call].safeParse(json);
    if (parsed.success) return { kind: "done", response: deepFreeze(parsed.data) };
    // Only paths: zod's messages may repeat parts of values.
    const paths = parsed.error.issues.map((issue) => issue.path.join(".") || "the whole");
    return unusable(`missing or malformed: ${[...new Set(paths)].slice(0, 5).join(", ")}`);
}

const nativeError = z.object({
    Errors: z
        .array(
            z.object({
                Code: z.coerce.string().optional(),
                Type: z.string().optional(),
                Details: z.string().optional(),
            }),
        )
        .min(1),
    ResponseContext: z.object({ RequestId: z.string().optional() }).optional(),
});

/** RFC 9457, section 3.1; extension members vary. */
const problemError = z.object({
    type: z.string().optional(),
    title: z.string().optional(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    code: z.coerce.string().optional(),
});

function readError(call: CallName, answer: TransportAnswer, asking: Asking): OutscaleError {
    const { apiCode, apiType, details, requestId } = errorFacts(answer);
    const clean = (text: string | undefined): string | undefined =>
        text === undefined
            ? undefined
            : redact(text, [asking.secretKey, asking.certificate?.privateKeyPem ?? ""]);
    return new OutscaleError({
        call,
        status: answer.status,
        apiCode: clean(apiCode),
        apiType: clean(apiType),
        details: clean(details),
        requestId: clean(requestId),
        afterLostAnswer: asking.afterLostAnswer,
        remedy: remedyFor({
            status: answer.status,
            apiCode,
            certificate: summarise(asking.certificate),
            now: asking.now,
            clockAheadMs: clockAheadMs(answer, asking.now),
        }),
    });
}

interface ErrorFacts {
    readonly apiCode?: string | undefined;
    readonly apiType?: string | undefined;
    readonly details?: string | undefined;
    readonly requestId?: string | undefined;
}

function errorFacts(answer: TransportAnswer): ErrorFacts {
    const json = parseJson(answer.body);
    const native = nativeError.safeParse(json);
    if (native.success) {
        const { Errors: errors, ResponseContext: context } = native.data;
        const details = errors
            .flatMap((error) => (error.Details === undefined ? [] : [error.Details]))
            .join(" ");
        return {
            apiCode: errors[0]?.Code,
            apiType: errors[0]?.Type,
            details: details === "" ? undefined : details,
            requestId: context?.RequestId,
        };
    }
    const problem = problemError.safeParse(json);
    if (!problem.success) return {};
    const { type, title, detail, instance, code } = problem.data;
    return {
        apiCode: code ?? /(\d+)$/.exec(type ?? "")?.[1],
        apiType: title ?? type,
        details: detail,
        requestId: instance ?? answer.headers?.["x-request-id"],
    };
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** The seconds of RFC 9110 section 10.2.3; 0 where there are none (its date form is not used by the API). */
function retryAfterMs({ headers }: TransportAnswer): number {
    const value = headers?.["retry-after"];
    return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : 0;
}

function clockAheadMs({ headers }: TransportAnswer, now: Date): number | undefined {
    const date = Date.parse(headers?.date ?? "");
    return Number.isNaN(date) ? undefined : now.getTime() - date;
}

/** Several callers may share one answer, so none may change it. */
function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null) {
        for (const part of Object.values(value)) deepFreeze(part);
        Object.freeze(value);
    }
    return value;
}
