/** The ApiAccessProof resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { PlannedRuleArgs } from "./api-access-plan";
import type { ClientCertificateArgs, SharedArgs } from "./shared";

/** A rule that the program declares and that is meant to stay. */
export interface DeclaredRuleArgs extends PlannedRuleArgs {
    /** The `ruleId` of its ApiAccessRule. A rule without one is planned, and found missing at deployment. */
    ruleId: pulumi.Input<string | undefined>;
}

/** What is proven, for whom, and with which certificate. */
export interface ApiAccessProofArgs extends SharedArgs {
    /** The rules that are meant to stay: they alone must admit everyone in `protect`. */
    rules: pulumi.Input<pulumi.Input<DeclaredRuleArgs>[]>;
    /**
     * The client certificate to try the gate with. The declared rules must not refuse it from every address. Without
     * one the proof is the offline decision alone.
     */
    probe?: pulumi.Input<ClientCertificateArgs>;
    /**
     * Whether everyone in `protect` must be admitted with the certificate of the last deployment as well, because its
     * holder has no other until this one ends. True unless given; where there are several proofs, let the last in
     * the order of the program be the one that does, for only that one knows that a deployment was finished.
     */
    protectPrevious?: pulumi.Input<boolean>;
}

/**
 * Shows that the declared rules admit every protected identity: at preview over the rules as planned, at deployment
 * over the rules as they are, followed by a call with the probe's certificate. A change of rules may take a moment to
 * be enforced: the call is tried up to five times within ten seconds. It is made anew only when an input changes.
 *
 * It fails with `Lockout` where somebody would lose access without the rules that are not declared, and with
 * `ProofFailed` where the declared rules do not admit somebody protected or the probe, or the call is refused. Nothing
 * that depends on it is done then; give its `id` to what retires other rules.
 */
export class ApiAccessProof extends DynamicResource {
    /** When it was decided, ISO 8601 in UTC. */
    declare readonly provenAt: pulumi.Output<string>;
    /**
     * Whether the probe could have succeeded by nothing but a declared rule that names an authority. False without a
     * probe, where an undeclared rule that names an authority may admit the probe too, and where any rule, declared or
     * not, admits without a certificate: with a backup address it is never true.
     */
    declare readonly conclusive: pulumi.Output<boolean>;
    /** Rules found at that time that ask for no certificate and are not declared, each with its id and criteria. */
    declare readonly otherRules: pulumi.Output<string[]>;

    constructor(name: string, args: ApiAccessProofArgs, opts?: pulumi.CustomResourceOptions) {
        super("outscale:ApiAccessProof", name, { ...args }, opts);
    }
}
