/** The Ca resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import { defaultDescription, type SharedArgs } from "./shared";

export interface CaArgs extends SharedArgs {
    /**
     * Exactly one certificate, PEM. White space and text around it are never a difference; another certificate is
     * another authority.
     */
    caPem: pulumi.Input<string>;
    /** `<project>/<stack> <name>` unless given. */
    description?: pulumi.Input<string>;
    /**
     * Take over an authority of the account with the same certificate, whatever its description. False unless given.
     * Counts at creation only. Where there is none, one is created; where several fit and none has this description,
     * that is refused (`AmbiguousMatch`). Destroying what was taken over gives it back its description, and deletes
     * nothing.
     */
    adopt?: pulumi.Input<boolean>;
    /**
     * Take over this very authority (`ca-…`), as with `adopt`. Counts at creation only. Refused (`AmbiguousMatch`)
     * where the account has none of that id with this certificate.
     */
    adoptId?: pulumi.Input<string>;
}

/**
 * A certificate authority of an OUTSCALE account. Access rules that name it admit calls with a client certificate
 * that it issued. Its fingerprint is verified against the certificate after creation and at each refresh.
 */
export class Ca extends DynamicResource {
    /** In one normal form: white space and text around the certificate are gone. */
    declare readonly caPem: pulumi.Output<string>;
    /** As on the account. */
    declare readonly description: pulumi.Output<string>;
    /** `ca-` and 32 hexadecimal digits. */
    declare readonly caId: pulumi.Output<string>;
    /** SHA-1 of the certificate's DER, lower-case hexadecimal. */
    declare readonly fingerprint: pulumi.Output<string>;

    constructor(name: string, args: CaArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            "outscale:Ca",
            name,
            { ...args, description: args.description ?? defaultDescription(name) },
            opts,
        );
    }
}
