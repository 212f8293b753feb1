/** The RetiredApiAccessRule resource, and the record it rests on, as programs use them. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { RecordedRule } from "../api-access-rule-record";
import { sharedSecrets, type ClientCertificateArgs, type SharedArgs } from "./shared";

/** What the rule looks like. Every criterion given must hold; a list given is the whole list, addresses by meaning. */
export interface RuleCriteriaArgs {
    ruleId?: pulumi.Input<string>;
    description?: pulumi.Input<string>;
    caIds?: pulumi.Input<pulumi.Input<string>[]>;
    cns?: pulumi.Input<pulumi.Input<string>[]>;
    ipRanges?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface ApiAccessRuleRecordArgs extends RuleCriteriaArgs {
    /** See `SharedArgs.clientCertificates`. */
    clientCertificates?: pulumi.Input<pulumi.Input<ClientCertificateArgs>[]>;
}

/**
 * An existing rule as it was found, once, and kept in state. Several rules that fit are refused; none is recorded
 * as none. Nothing on the account is changed.
 */
export class ApiAccessRuleRecord extends DynamicResource {
    /** Absent where the account had no such rule. */
    declare readonly found: pulumi.Output<RecordedRule | undefined>;

    constructor(name: string, args: ApiAccessRuleRecordArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            { token: "outscale:ApiAccessRuleRecord", outputs: ["found"], secrets: sharedSecrets },
            name,
            { ...args },
            opts,
        );
    }
}

export interface RetiredApiAccessRuleArgs extends RuleCriteriaArgs, SharedArgs {
    /** The `id` of the ApiAccessProof that must stand before the rule goes. */
    proof?: pulumi.Input<string>;
}

/**
 * Declares that an existing rule, found by its criteria and never by guess, is gone. It is recorded in state first
 * (the child `<name>-record`), then deleted; destroying this resource gives it back.
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
            { token: "outscale:RetiredApiAccessRule", outputs: ["restores"], secrets: sharedSecrets },
            name,
            { record: record.found, criteria, proof, protect, ...via },
            opts,
        );
    }
}
