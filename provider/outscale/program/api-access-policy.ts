/** The ApiAccessPolicy resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { AccountRecord } from "../account-record";
import type { BlockingKey, Policy } from "../trusted-session";
import type { ClientCertificateArgs } from "./shared";

export interface ApiAccessPolicyArgs {
    /** The maximum lifetime of every access key, as "90d". Keys need no expiration date unless given. */
    maxAccessKeyExpiration?: pulumi.Input<string>;
    /**
     * Whether a trusted session is required: calls other than those on keys, rules, authorities and the policy then do
     * without the client certificate, and Cockpit v2 asks every user for WebAuthn. Needs `maxAccessKeyExpiration`. False
     * unless given.
     */
    requireTrustedEnv?: pulumi.Input<boolean>;
    /**
     * Never ask for more than the account does: a part that is stricter there is relaxed, one that is looser is left,
     * and destroying it changes nothing. What has to come before keys and rules that the old policy would not allow.
     * False unless given.
     */
    onlyRelax?: pulumi.Input<boolean>;
    /** `blocking` of a KeyAudit: the preview then lists the keys that stand in the way. None unless given. */
    blocking?: pulumi.Input<BlockingKey[]>;
    /** `blockingRules` of a KeyAudit: the preview then lists the rules that stand in the way. None unless given. */
    blockingRules?: pulumi.Input<string[]>;
    /**
     * `found` of a KeyAudit that was made before: what destroy gives back, even where the deployment that first
     * changes the policy is interrupted. What the policy is at creation unless given.
     */
    record?: pulumi.Input<AccountRecord>;
    /** The client certificate that has to work before a trusted session is required, and after. */
    probe?: pulumi.Input<ClientCertificateArgs>;
    /** Client certificates to present where the rules refuse what is configured. None unless given. */
    clientCertificates?: pulumi.Input<pulumi.Input<ClientCertificateArgs>[]>;
}

/**
 * The API access policy of an OUTSCALE account; there is one an account. Both of its fields are always sent.
 *
 * A stricter policy is set only when nothing stands in its way: every key of root and of every EIM user ends within the
 * maximum, and the provider's own not in less than 7 days; and for a trusted session every rule names a CA, and a call with the client certificate succeeds. Otherwise
 * it is refused (`Lockout`) with every key and rule that does, and nothing is changed. Destroying it gives back what was
 * found.
 */
export class ApiAccessPolicy extends DynamicResource {
    /** As on the account; absent where there is no maximum. With `onlyRelax`, as asked where the account is looser. */
    declare readonly maxAccessKeyExpiration: pulumi.Output<string | undefined>;
    /** As on the account. With `onlyRelax`, as asked where the account is looser. */
    declare readonly requireTrustedEnv: pulumi.Output<boolean>;
    /** What the policy was. */
    declare readonly found: pulumi.Output<Policy>;

    constructor(name: string, args: ApiAccessPolicyArgs, opts?: pulumi.CustomResourceOptions) {
        super("outscale:ApiAccessPolicy", name, { ...args }, opts);
    }
}
