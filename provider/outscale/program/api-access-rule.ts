/** The ApiAccessRule resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import { defaultDescription, type SharedArgs } from "./shared";

export interface ApiAccessRuleArgs extends SharedArgs {
    /** `caId`s, one of whose authorities must have issued the caller's certificate. None asked for unless given. */
    caIds?: pulumi.Input<pulumi.Input<string>[]>;
    /** Subject common names, one of which the certificate must bear, exactly. Needs `caIds`. Any unless given. */
    cns?: pulumi.Input<pulumi.Input<string>[]>;
    /** Addresses or CIDR ranges, one of which the call must come from. Any unless given. */
    ipRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /** `<project>/<stack> <name>` unless given. */
    description?: pulumi.Input<string>;
    /**
     * Take over a rule of the account with the same criteria, whatever its description. False unless given. Counts at
     * creation only. Where there is none, one is created; where several fit and none has this description, that is
     * refused (`AmbiguousMatch`). Destroying what was taken over gives it back what it said before, instead of
     * deleting it.
     */
    adopt?: pulumi.Input<boolean>;
    /**
     * Take over this very rule (`aar-…`), as with `adopt`, and make it say what is given here. Counts at creation only.
     * Refused (`AmbiguousMatch`) where the account has no such rule, and, unless `widen` is true, where the rule would
     * admit somebody whom it does not admit as found: by a criterion that is left out here, or a list that holds more.
     */
    adoptId?: pulumi.Input<string>;
    /**
     * Whether a rule may admit more by its adoption. False unless given. Counts at creation only: what a later change of
     * the program does to the rule is shown by the preview. Where somebody has narrowed an adopted rule since then, and
     * an update would undo that without the preview's having shown it, it is refused (`AmbiguousMatch`) until a refresh.
     */
    widen?: pulumi.Input<boolean>;
    /**
     * Whether a rule that is narrowed is made anew, and the old one deleted at the end of the deployment, instead of
     * being changed in place. Worth it where a proof comes between; an adopted rule never is. False unless given.
     */
    replaceToNarrow?: pulumi.Input<boolean>;
}

/**
 * An access rule of an OUTSCALE account: at least one of `caIds` and `ipRanges`. Criteria within a rule are
 * cumulative, one entry of each is enough, and any rule that matches admits the call.
 * A change or deletion after which somebody in `protect` would no longer be admitted is refused (`Lockout`), and so is
 * the deletion of the account's last rule.
 */
export class ApiAccessRule extends DynamicResource {
    /** Empty where no certificate is asked for. */
    declare readonly caIds: pulumi.Output<string[]>;
    /** Empty where any common name will do. */
    declare readonly cns: pulumi.Output<string[]>;
    /** Empty where any address will do. */
    declare readonly ipRanges: pulumi.Output<string[]>;
    /** As on the account. */
    declare readonly description: pulumi.Output<string>;
    /** `aar-` and 32 hexadecimal digits. */
    declare readonly ruleId: pulumi.Output<string>;

    constructor(name: string, args: ApiAccessRuleArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            "outscale:ApiAccessRule",
            name,
            { ...args, description: args.description ?? defaultDescription(name) },
            opts,
        );
    }
}
