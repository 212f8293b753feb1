/** The ApiAccessRule resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import { defaultDescription, sharedSecrets, type SharedArgs } from "./shared";

export interface ApiAccessRuleArgs extends SharedArgs {
    /** Authorities, one of which must have issued the caller's certificate. None asked for unless given. */
    caIds?: pulumi.Input<pulumi.Input<string>[]>;
    /** Subject common names, one of which the certificate must bear, exactly. Needs `caIds`. Any unless given. */
    cns?: pulumi.Input<pulumi.Input<string>[]>;
    /** Addresses or CIDR ranges, one of which the call must come from. Any unless given. */
    ipRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /** `<project>/<stack> <name>` unless given. */
    description?: pulumi.Input<string>;
    /** Take over a rule of the account with the same criteria, whatever its description. False unless given. */
    adopt?: pulumi.Input<boolean>;
    /** Take over this very rule (`aar-…`), whatever it says now. */
    adoptId?: pulumi.Input<string>;
}

/**
 * An access rule of an OUTSCALE account: at least one of `caIds` and `ipRanges`. Criteria within a rule are
 * cumulative, one entry of each is enough, and any rule that matches admits the call.
 * A change or deletion after which somebody in `protect` would no longer be admitted is refused.
 */
export class ApiAccessRule extends DynamicResource {
    declare readonly caIds: pulumi.Output<string[]>;
    declare readonly cns: pulumi.Output<string[]>;
    declare readonly ipRanges: pulumi.Output<string[]>;
    declare readonly description: pulumi.Output<string>;
    /** `aar-` and 32 hexadecimal digits. */
    declare readonly ruleId: pulumi.Output<string>;

    constructor(name: string, args: ApiAccessRuleArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            {
                token: "outscale:ApiAccessRule",
                // The lists too: one that the program leaves out is an output all the same.
                outputs: ["ruleId", "caIds", "cns", "ipRanges"],
                secrets: sharedSecrets,
            },
            name,
            { ...args, description: args.description ?? defaultDescription(name) },
            opts,
        );
    }
}
