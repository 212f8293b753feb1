/** The RetiredApiAccessRule resource, and the record it rests on, as programs use them. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { RecordedRule } from "../api-access-rule-record";
import type { ClientCertificateArgs, SharedArgs } from "./shared";

/**
 * What the rule looks like. At least one criterion is needed, every one given must hold, and one left out is not
 * looked at. A list given is the whole list, in any order: an empty one fits only a rule that has none of its kind.
 */
export interface RuleCriteriaArgs {
    /** `aar-` and 32 hexadecimal digits. */
    ruleId?: pulumi.Input<string>;
    /** The whole text, compared exactly. */
    description?: pulumi.Input<string>;
    /** Every authority that it names (`ca-…`). Empty: it asks for no certificate. */
    caIds?: pulumi.Input<pulumi.Input<string>[]>;
    /** Every subject common name that it asks for, compared exactly. Empty: it asks for none. */
    cns?: pulumi.Input<pulumi.Input<string>[]>;
    /** Every address and CIDR range that it asks for, compared by meaning. Empty: it asks for none. */
    ipRanges?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Which rule to record. Another criterion makes another record. */
export interface ApiAccessRuleRecordArgs extends RuleCriteriaArgs {
    /** Presented as `SharedArgs.clientCertificates` says. Encrypted in state. None unless given. */
    clientCertificates?: pulumi.Input<pulumi.Input<ClientCertificateArgs>[]>;
}

/**
 * An existing rule as it was found, once, and kept in state. Several rules that fit are refused (`AmbiguousMatch`);
 * none is recorded as none. Nothing on the account is changed.
 */
export class ApiAccessRuleRecord extends DynamicResource {
    /** Absent where the account had no such rule. */
    declare readonly found: pulumi.Output<RecordedRule | undefined>;

    constructor(name: string, args: ApiAccessRuleRecordArgs, opts?: pulumi.CustomResourceOptions) {
        super("outscale:ApiAccessRuleRecord", name, { ...args }, opts);
    }
}

/** Which rule is to be gone, and what must hold before it goes. */
export interface RetiredApiAccessRuleArgs extends RuleCriteriaArgs, SharedArgs {
    /** The `id` of the ApiAccessProof that must stand before the rule goes. Waits for nothing unless given. */
    proof?: pulumi.Input<string>;
}

/**
 * Declares that an existing rule, found by its criteria and never by guess, is gone. It is recorded in state first
 * (as `<name>-record`, below the same parent), then deleted; destroying this resource gives it back.
 *
 * Refused with `Lockout` where `protect` names nobody or one of them would no longer be admitted, and where every rule
 * that would remain asks for a certificate and the provider has none to present. After the deletion a call is tried
 * with the first of `clientCertificates`, if any, up to five times within ten seconds; where the rules refuse it, the
 * rule is given back (`ProofFailed`).
 */
export class RetiredApiAccessRule extends DynamicResource {
    /** The rules that destroying this resource gives back; empty where there was none. */
    declare readonly restores: pulumi.Output<RecordedRule[]>;

    constructor(name: string, args: RetiredApiAccessRuleArgs, opts?: pulumi.CustomResourceOptions) {
        const { proof, protect, clientCertificates, ...criteria } = args;
        const parent = opts?.parent === undefined ? {} : { parent: opts.parent };
        const via = clientCertificates === undefined ? {} : { clientCertificates };
        const record = new ApiAccessRuleRecord(`${name}-record`, { ...criteria, ...via }, parent);
        super(
            "outscale:RetiredApiAccessRule",
            name,
            { record: record.found, criteria, proof, protect, ...via },
            opts,
        );
    }
}
