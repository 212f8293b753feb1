/** The two calls on the API access policy, and what it demands of access keys. */
import { parameter, resource } from "../refusals";
import type { AccountState, ApiAccessPolicyRecord } from "../state";
import type { Call } from "./call";

const LONGEST_SECONDS = 3_153_600_000;

export const readApiAccessPolicy: Call<"ReadApiAccessPolicy"> = (state) => ({
    body: { ApiAccessPolicy: state.policy },
});

export const updateApiAccessPolicy: Call<"UpdateApiAccessPolicy"> = (state, request, { now }) => {
    const { MaxAccessKeyExpirationSeconds: seconds, RequireTrustedEnv: trusted } = request;
    if (seconds < 0 || seconds > LONGEST_SECONDS) {
        throw parameter.invalid(
            "MaxAccessKeyExpirationSeconds",
            `it must lie between 0 and ${LONGEST_SECONDS}.`,
        );
    }
    if (trusted && seconds === 0) {
        throw resource.policyUnmet("A trusted session needs MaxAccessKeyExpirationSeconds greater than 0.");
    }
    if (trusted && state.rules.some((rule) => rule.CaIds.length === 0)) {
        throw resource.policyUnmet("A trusted session needs every API access rule to name a CA.");
    }
    for (const key of seconds === 0 ? [] : state.keys) {
        if (key.ExpirationDate === null) {
            throw resource.policyUnmet(`The access key ${key.AccessKeyId} has no expiration date.`);
        }
        // The specification says greater; an older tutorial, greater or equal.
        if (key.ExpirationDate - now >= seconds * 1000) {
            throw resource.policyUnmet(
                `The remaining lifetime of the access key ${key.AccessKeyId} is not below the maximum.`,
            );
        }
    }
    const policy = { MaxAccessKeyExpirationSeconds: seconds, RequireTrustedEnv: trusted };
    return { state: { ...state, policy }, body: { ApiAccessPolicy: policy } };
};

/** Refuses an expiration date (milliseconds, null for never) that the policy forbids, or that has passed. */
export function requireExpiry(policy: ApiAccessPolicyRecord, expiry: number | null, now: number): void {
    const seconds = policy.MaxAccessKeyExpirationSeconds;
    if (expiry === null) {
        if (seconds > 0) throw resource.policyUnmet("The policy demands an expiration date of access keys.");
        return;
    }
    // Not documented; a key that is born expired serves nobody.
    if (expiry <= now) throw parameter.invalid("ExpirationDate", "it has passed.");
    if (seconds > 0 && expiry - now > seconds * 1000) {
        throw resource.policyUnmet(`The policy allows access keys ${seconds} seconds at most.`);
    }
}

/** Whether any key of the account is its user's. */
export function hasKeys(state: AccountState, userName: string): boolean {
    return state.keys.some((key) => key.UserName === userName);
}
