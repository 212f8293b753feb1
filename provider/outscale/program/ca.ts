/** The Ca resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import { defaultDescription, sharedSecrets, type SharedArgs } from "./shared";

export interface CaArgs extends SharedArgs {
    /** The authority's certificate, PEM. White space is never a difference; another certificate is another authority. */
    caPem: pulumi.Input<string>;
    /** `<project>/<stack> <name>` unless given. */
    description?: pulumi.Input<string>;
    /** Take over an authority of the account with the same certificate, whatever its description. False unless given. */
    adopt?: pulumi.Input<boolean>;
    /** Take over this very authority (`ca-…`); it must have the same certificate. */
    adoptId?: pulumi.Input<string>;
}

/**
 * A certificate authority of an OUTSCALE account. Access rules that name it admit calls with a client certificate
 * that it issued. Its fingerprint is verified against the certificate after creation and at each refresh.
 */
export class Ca extends DynamicResource {
    declare readonly caPem: pulumi.Output<string>;
    declare readonly description: pulumi.Output<string>;
    /** `ca-` and 32 hexadecimal digits. */
    declare readonly caId: pulumi.Output<string>;
    /** SHA-1 of the certificate's DER, lower-case hexadecimal. */
    declare readonly fingerprint: pulumi.Output<string>;

    constructor(name: string, args: CaArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            { token: "outscale:Ca", outputs: ["caId", "fingerprint"], secrets: sharedSecrets },
            name,
            { ...args, description: args.description ?? defaultDescription(name) },
            opts,
        );
    }
}
