/** When to try again: the pure decision after each try, and how long to wait before the next. */
import type { CallKind } from "./calls";

/** OUTSCALE's guidance for clients: 3 retries, waiting 1, 2 and 4 s, each with up to 3 s of jitter. */
export interface RetryPolicy {
    /** Tries after the first. Default: 3. */
    readonly retries: number;
    /** The wait before the first retry; each later one is twice as long. Default: 1000. */
    readonly baseMs: number;
    /** At most this much is added to every wait, at random. Default: 3000. */
    readonly jitterMs: number;
    /** No wait is longer, whatever the service asks for. Default: 30000. */
    readonly maxMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
    retries: 3,
    baseMs: 1_000,
    jitterMs: 3_000,
    maxMs: 30_000,
};

/** How a try failed, as far as trying again goes. */
export interface Failure {
    /** Whether the call may have been carried out all the same. */
    readonly uncertain: boolean;
    /** Whether another try could end differently. */
    readonly again: boolean;
    /** What the service asked to wait, at least. */
    readonly waitMs: number;
}

export type NextStep =
    | { readonly step: "retry"; readonly waitMs: number }
    /** Throw the failure as it is: the call was not carried out, or changes nothing. */
    | { readonly step: "fail" }
    /** Throw that the answer is lost: the call may have been carried out. */
    | { readonly step: "lost" };

/**
 * What to do after the failed try number `tried` (from 0). `random` is in [0, 1).
 * A create that may have been carried out is never sent again from here.
 */
export function nextStep(
    kind: CallKind,
    failure: Failure,
    tried: number,
    policy: RetryPolicy,
    random: number,
): NextStep {
    if (kind === "create" && failure.uncertain) return { step: "lost" };
    if (failure.again && tried < policy.retries) {
        const backoff = policy.baseMs * 2 ** tried + Math.floor(random * policy.jitterMs);
        return { step: "retry", waitMs: Math.min(Math.max(backoff, failure.waitMs), policy.maxMs) };
    }
    return { step: "fail" };
}
