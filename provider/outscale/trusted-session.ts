/** What stands in the way of a maximum lifetime of keys, and of a trusted session: pure decisions, key by key and rule by rule. */
import type { OwnedKey } from "./access-keys";
import type { AccessRule } from "./access";
import { describeRule } from "./protection";

/** An account's API access policy. */
export interface Policy {
    /** Seconds; 0: access keys need no expiration date. */
    readonly maxAccessKeyExpirationSeconds: number;
    readonly requireTrustedEnv: boolean;
}

/** A key that a maximum lifetime does not allow. */
export interface BlockingKey {
    readonly accessKeyId: string;
    /** Absent for root. */
    readonly userName?: string | undefined;
    /** The end of a sentence that begins with the key. */
    readonly reason: string;
}

/**
 * The keys that never expire, or not soon enough: the service asks that each remaining lifetime, also of an inactive
 * key, is below the maximum. `maxSeconds` 0: only whether they expire at all is judged.
 * Source: OUTSCALE API specification 1.42.0, UpdateApiAccessPolicy (an older tutorial says "greater or equal").
 */
export function blockingKeys(
    keys: readonly Pick<OwnedKey, "accessKeyId" | "userName" | "expirationDate">[],
    maxSeconds: number,
    now: Date,
): readonly BlockingKey[] {
    return keys.flatMap(({ accessKeyId, userName, expirationDate }): BlockingKey[] => {
        const reason = flawOf(expirationDate, maxSeconds, now);
        if (reason === undefined) return [];
        return [{ accessKeyId, ...(userName === undefined ? {} : { userName }), reason }];
    });
}

function flawOf(expirationDate: string | undefined, maxSeconds: number, now: Date): string | undefined {
    if (expirationDate === undefined) return "never expires";
    const end = Date.parse(expirationDate);
    if (Number.isNaN(end)) return `ends on a date that cannot be read (${expirationDate})`;
    const isWithin = maxSeconds === 0 || end - now.getTime() < maxSeconds * 1_000;
    if (isWithin) return undefined;
    return `ends only on ${expirationDate}, not within the maximum of ${maxSeconds} seconds`;
}

/** Whether a key may be given this date (ISO 8601), or none: it has not passed, and a maximum in force allows it. */
export function canHaveDate(expirationDate: string | undefined, maxSeconds: number, now: Date): boolean {
    if (expirationDate !== undefined && Date.parse(expirationDate) <= now.getTime()) return false;
    return maxSeconds === 0 || flawOf(expirationDate, maxSeconds, now) === undefined;
}

/** One sentence about each key. */
export function describeBlockingKey({ accessKeyId, userName, reason }: BlockingKey): string {
    return `The access key ${accessKeyId} of ${describeOwner(userName)} ${reason}.`;
}

/** Whose a key is, for people. */
export function describeOwner(userName: string | undefined): string {
    return userName === undefined ? "the root user" : `the EIM user ${userName}`;
}

/** The rules that name no authority, each in a few words: none may stand in a trusted session. */
export function blockingRules(rules: readonly AccessRule[]): readonly string[] {
    return rules.filter(({ authorities }) => authorities.length === 0).map(describeRule);
}

export function describeBlockingRule(rule: string): string {
    return `The access rule ${rule} names no authority.`;
}

/** Whether the policy asks for more than the other does. */
export function isStricter(policy: Policy, other: Policy): boolean {
    const limit = ({ maxAccessKeyExpirationSeconds: seconds }: Policy): number =>
        seconds === 0 ? Infinity : seconds;
    return (policy.requireTrustedEnv && !other.requireTrustedEnv) || limit(policy) < limit(other);
}

/** What asks for no more than either of them, in each of its parts. */
export function looser(one: Policy, other: Policy): Policy {
    const seconds = [one.maxAccessKeyExpirationSeconds, other.maxAccessKeyExpirationSeconds];
    return {
        maxAccessKeyExpirationSeconds: seconds.includes(0) ? 0 : Math.max(...seconds),
        requireTrustedEnv: one.requireTrustedEnv && other.requireTrustedEnv,
    };
}

export function samePolicy(one: Policy, other: Policy): boolean {
    return (
        one.requireTrustedEnv === other.requireTrustedEnv &&
        one.maxAccessKeyExpirationSeconds === other.maxAccessKeyExpirationSeconds
    );
}
