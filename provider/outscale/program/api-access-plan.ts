/** The ApiAccessPlan resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { ProtectedIdentityArgs } from "./shared";

/** A rule as a program plans it, with the certificates of its authorities. */
export interface PlannedRuleArgs {
    /** Refusals speak of the rule by this name. */
    name: pulumi.Input<string>;
    /** The certificates, PEM, of the authorities that it names. None, and so no certificate asked for, unless given. */
    authorityPems?: pulumi.Input<pulumi.Input<string>[]>;
    /** Subject common names, compared exactly. Any unless given. */
    cns?: pulumi.Input<pulumi.Input<string>[]>;
    /** Addresses or CIDR ranges. Any unless given. */
    ipRanges?: pulumi.Input<pulumi.Input<string>[]>;
}

/** What is judged, and for whom. */
export interface ApiAccessPlanArgs {
    /** The rules that are meant to stay: they alone must admit everyone in `protect`. */
    rules: pulumi.Input<pulumi.Input<PlannedRuleArgs>[]>;
    /** The identities that the rules must admit. None unless given. */
    protect?: pulumi.Input<pulumi.Input<ProtectedIdentityArgs>[]>;
}

/**
 * Decides over the rules as planned, without a call: refused at preview as far as certificates are known by then,
 * and at deployment before anything that depends on it is begun. Let authorities and rules depend on it
 * (`dependsOn`), and what is refused has touched nothing. It tries no gate: that is for `ApiAccessProof`.
 */
export class ApiAccessPlan extends DynamicResource {
    constructor(name: string, args: ApiAccessPlanArgs, opts?: pulumi.CustomResourceOptions) {
        super("outscale:ApiAccessPlan", name, { ...args }, opts);
    }
}
