/** The KeyAudit resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { AccountRecord } from "../account-record";
import type { BlockingKey } from "../trusted-session";
import type { ClientCertificateArgs } from "./shared";

export type { AccountRecord } from "../account-record";
export type { BlockingKey } from "../trusted-session";

export interface KeyAuditArgs {
    /** The maximum lifetime that the keys are judged by, as "90d". Only whether they expire at all unless given. */
    maxAccessKeyExpiration?: pulumi.Input<string>;
    /**
     * Keys to give an expiration date, by access key id: a date ("2027-01-31"), which is yours to move on, or a duration
     * from now ("90d"), which the first `up` in its last third moves on. Their state and tag stay. Nothing else of the account is changed;
     * refused (`AmbiguousMatch`) where nobody on the account has that key. A key that is taken out stays as it is;
     * destroy gives back the dates that were found.
     */
    expire?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /**
     * Ids of keys to deactivate and delete. They cannot be given back. The key that the provider is calling with is
     * refused (`Lockout`). None unless given.
     */
    remove?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Values whose change has the account read anew: ids and dates of keys that the program makes, for example. None
     * unless given.
     */
    triggers?: pulumi.Input<pulumi.Input<string>[]>;
    /** `found` of an audit made before, which keeps what was found even where this deployment is interrupted. */
    record?: pulumi.Input<AccountRecord>;
    /** Client certificates to present where the rules refuse what is configured. None unless given. */
    clientCertificates?: pulumi.Input<pulumi.Input<ClientCertificateArgs>[]>;
}

/**
 * Every access key of the account, of root and of all EIM users, and those among them that would keep a trusted session
 * from being required. Read when it is created or changed, and by `pulumi refresh`. Where the key that the provider is
 * calling with ends in less than 7 days, or would by what is asked, an audit that names keys or has a `record` refuses
 * (`Lockout`); any other tells of it in `ownEnd`. The provider needs a key of root
 * for it (`InvalidConfiguration`): no other can see root's keys.
 */
export class KeyAudit extends DynamicResource {
    /** The keys, without their secrets, and the policy, as they were when this resource was created. */
    declare readonly found: pulumi.Output<AccountRecord>;
    /** The keys that never expire, or not within `maxAccessKeyExpiration`. */
    declare readonly blocking: pulumi.Output<BlockingKey[]>;
    /** The access rules that name no CA, each with its id and criteria. */
    declare readonly blockingRules: pulumi.Output<string[]>;
    /** The dates that were set, ISO 8601 in UTC, by access key id. */
    declare readonly dates: pulumi.Output<Record<string, string>>;
    /** When the key ends that made the calls, ISO 8601 in UTC; absent where it does not. */
    declare readonly ownEnd: pulumi.Output<string | undefined>;

    constructor(name: string, args: KeyAuditArgs = {}, opts?: pulumi.CustomResourceOptions) {
        super("outscale:KeyAudit", name, { ...args }, opts);
    }
}
