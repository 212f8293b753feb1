/** When a call to a Vault server is made again: the pure decision after each try. */
import type { TransportReason } from "../https/failure";

/** How one try ended without what was asked for. */
export type Failed =
    | { readonly kind: "answer"; readonly status: number; readonly words: readonly string[] }
    | { readonly kind: "silence"; readonly reason: TransportReason; readonly maySent: boolean };

export interface Asked {
    /** Whether a second call would do something else than the first: initialisation does. */
    readonly once: boolean;
    /** Further statuses that may be over soon, as a 403 for a token that this node has not heard of yet. */
    readonly soonOver: readonly number[];
}

/**
 * Statuses that pass: a redirect by a standby that cannot pass a call on, a state of replication, a rate limit, and all
 * that a node answers while it starts, unseals or elects.
 */
const PASSING: readonly number[] = [307, 412, 429, 472, 473];

/** Reasons that no further try changes. */
const LASTING: readonly TransportReason[] = ["untrustedServer", "clientCertificateRefused"];

/** Whether the same call may be made again. */
export function mayTryAgain(failed: Failed, { once, soonOver }: Asked): boolean {
    if (failed.kind === "silence") {
        if (LASTING.includes(failed.reason)) return false;
        return !(once && failed.maySent);
    }
    const { status } = failed;
    if (soonOver.includes(status)) return true;
    // Of what is done once, a 5xx does not say whether it was.
    if (status >= 500) return !once;
    return PASSING.includes(status);
}

/** Milliseconds before try number `tried` (from 1): a quarter of a second, doubled each time up to 2 seconds. */
export function waitBefore(tried: number): number {
    return Math.min(250 * 2 ** Math.min(tried - 1, 10), 2_000);
}
