/** What policy packs import: the rules of this domain for a team to enforce on all its stacks. */
import type { Policies } from "@pulumi/policy";
import { accessKeyEnds, accessKeyLifetime, accessKeySecretEncrypted } from "./key-policies";
import type { AccessPolicyOptions } from "./options";
import { noPlainPrivateKey } from "./private-key-policy";
import { noWorldOpenRule, noWorldOpenRules } from "./rule-policies";

export type { AccessEnforcement, AccessPolicyOptions } from "./options";

/**
 * The policies, for the `policies` of a `PolicyPack`: `no-world-open-rule`, `no-world-open-rules-together`,
 * `access-key-expires`, `access-key-max-lifetime`, `access-key-secret-encrypted`, `no-plain-private-key`.
 * They judge this package's resources and those of OUTSCALE's own Pulumi provider; the last one judges all resources.
 *
 * @throws PortcullisError `InvalidInput` where an option is malformed
 */
export function accessPolicies(options: AccessPolicyOptions = {}): Policies {
    return [
        noWorldOpenRule(options),
        noWorldOpenRules(options),
        accessKeyEnds(options),
        accessKeyLifetime(options, () => new Date()),
        accessKeySecretEncrypted(options),
        noPlainPrivateKey(options),
    ];
}
