/** The ApiAccessProof resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { PlannedRuleArgs } from "./api-access-plan";
import { sharedSecrets, type ClientCertificateArgs, type SharedArgs } from "./shared";

/** A rule that the program declares and that is meant to stay. */
export interface DeclaredRuleArgs extends PlannedRuleArgs {
    /** The `ruleId` of its ApiAccessRule. A rule without one is planned, and found missing at deployment. */
    ruleId: pulumi.Input<string | undefined>;
}

export interface ApiAccessProofArgs extends SharedArgs {
    /** The rules that are meant to stay: they alone must admit everyone in `protect`. */
    rules: pulumi.Input<pulumi.Input<DeclaredRuleArgs>[]>;
    /** The client certificate to try the gate with. Without one the proof is the offline decision alone. */
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
 * over the rules as they are, followed by a call with the probe's certificate. Where it fails, nothing that depends
 * on it is done; give its `id` to what retires other rules.
 */
export class ApiAccessProof extends DynamicResource {
    /** When the proof was made, ISO 8601. */
    declare readonly provenAt: pulumi.Output<string>;
    /** Whether the probe could have succeeded by nothing but a declared rule that asks for a certificate. */
    declare readonly conclusive: pulumi.Output<boolean>;
    /** Rules found at that time that ask for no certificate and are not declared. */
    declare readonly otherRules: pulumi.Output<string[]>;

    constructor(name: string, args: ApiAccessProofArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            {
                token: "outscale:ApiAccessProof",
                outputs: ["provenAt", "conclusive", "otherRules"],
                secrets: ["probe", ...sharedSecrets],
            },
            name,
            { ...args },
            opts,
        );
    }
}
