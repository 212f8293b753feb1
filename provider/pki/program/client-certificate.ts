/** The ClientCertificate resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { Credential } from "../credentials";
import type { KeyAlgorithm } from "../keys";
import type { KeyFileArgs } from "./certificate-authority";

/**
 * What the certificate says, and who issues it. With another `commonName`, `csrPem`, `keyAlgorithm` or `validity`,
 * another certificate is issued.
 */
export interface ClientCertificateResourceArgs {
    /**
     * The subject's, which access rules compare exactly: 1 to 64 characters, none of them a control character, no space
     * at either end.
     */
    commonName: pulumi.Input<string>;
    /**
     * The certificate of the authority that issues it: exactly one, self-signed, PEM. Where it changes, the client's
     * is kept if it was issued by the same key and does not outlive the new one.
     */
    authorityCertificatePem: pulumi.Input<string>;
    /** The authority's private key, unencrypted PEM; encrypted in state. Exactly one of this and `authorityKeyFile`. */
    authorityPrivateKeyPem?: pulumi.Input<string | undefined>;
    /** The encrypted file of the authority's private key. Needed only when a certificate is issued. */
    authorityKeyFile?: pulumi.Input<KeyFileArgs>;
    /**
     * A certificate request, PEM, for a key that never leaves its card or HSM. Only its key is taken from it. A key is
     * made here unless given.
     */
    csrPem?: pulumi.Input<string>;
    /** "RSA-4096" unless given; "RSA-2048", "RSA-3072", "EC-P256", "EC-P384". Not with `csrPem`. */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /**
     * Of each certificate. A whole number with s, m, h or d, as "8h", at most "36500d"; "365d" unless given. Cut short
     * where the authority ends sooner.
     */
    validity?: pulumi.Input<string>;
    /**
     * A new certificate is issued by the first `up` this long before the end, unless it would end no later. In the form
     * of `validity`, and shorter. "30d" unless given.
     */
    renewBefore?: pulumi.Input<string>;
}

/**
 * A certificate for TLS client authentication, issued where the program runs, each time for a new key unless there is
 * a `csrPem`. A new one calls none back: those before it hold until their own end.
 */
export class ClientCertificate extends DynamicResource {
    /** The subject's. */
    declare readonly commonName: pulumi.Output<string>;
    /** The present one. */
    declare readonly certificatePem: pulumi.Output<string>;
    /** PKCS#8 PEM, encrypted in state; absent with `csrPem`. */
    declare readonly privateKeyPem: pulumi.Output<string | undefined>;
    /**
     * Certificates that the client can still present, each with its key, at most four: the present one first, then
     * those before it that had not ended by the last update. Encrypted in state. With `csrPem` only what was issued
     * before for keys made here.
     */
    declare readonly credentials: pulumi.Output<Credential[]>;
    /** When the certificate begins to hold, ISO 8601 in UTC. */
    declare readonly notBefore: pulumi.Output<string>;
    /** When it ends, ISO 8601 in UTC. */
    declare readonly notAfter: pulumi.Output<string>;
    /** SHA-1 of the certificate's DER, lower-case hexadecimal. */
    declare readonly fingerprintSha1: pulumi.Output<string>;
    /** Lower-case hexadecimal. */
    declare readonly serialNumber: pulumi.Output<string>;

    constructor(name: string, args: ClientCertificateResourceArgs, opts?: pulumi.CustomResourceOptions) {
        super("pki:ClientCertificate", name, { ...args }, opts);
    }
}
