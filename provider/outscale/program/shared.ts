/** Arguments that several OUTSCALE resources share. */
import * as pulumi from "@pulumi/pulumi";

/** A client certificate with its private key, both PEM. */
export interface ClientCertificateArgs {
    /** Exactly one certificate. */
    certificatePem: pulumi.Input<string>;
    /** The certificate's own, unencrypted. Encrypted in state, whatever is passed. */
    privateKeyPem: pulumi.Input<string>;
}

/** An identity whose access is never taken away: calls that would do so are refused. */
export interface ProtectedIdentityArgs {
    /** Refusals speak of it by this name; give one identity the same name in every deployment. */
    name: pulumi.Input<string>;
    /** The address or CIDR range that it calls from. Any IPv4 address unless given. */
    sourceIp?: pulumi.Input<string>;
    /** The client certificate that it presents, exactly one, PEM. Required unless `sourceIp` is given. */
    certificatePem?: pulumi.Input<string>;
    /**
     * Certificates, PEM, of the authorities that may have issued `certificatePem`: the API never returns them. None
     * unless given. Where the issuer's is not known, no rule can be shown to admit the certificate, and a change of a
     * rule that its access may hang on is refused.
     */
    authorityPems?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * What OUTSCALE resources take besides their own arguments. ApiAccessPlan, which makes no call, takes `protect` alone;
 * ApiAccessRuleRecord, which changes nothing, `clientCertificates` alone.
 */
export interface SharedArgs {
    /** The identities that no change of this resource may lock out, each with a name of its own. None unless given. */
    protect?: pulumi.Input<pulumi.Input<ProtectedIdentityArgs>[]>;
    /**
     * Client certificates to present, in this order, where the account's rules refuse the identity that is
     * configured. They let a program go on working after it has itself closed the gate to calls without one.
     * Encrypted in state. None unless given.
     */
    clientCertificates?: pulumi.Input<pulumi.Input<ClientCertificateArgs>[]>;
}

/** `<project>/<stack> <name>`: tells this stack's objects on the account apart from all others. */
export function defaultDescription(name: string): string {
    return `${pulumi.getProject()}/${pulumi.getStack()} ${name}`;
}
