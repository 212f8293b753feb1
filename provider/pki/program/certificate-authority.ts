/** The CertificateAuthority resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { KeyAlgorithm } from "../keys";

/** A private key in an AES-256 encrypted PKCS#8 file outside of state. */
export interface KeyFileArgs {
    /**
     * Of the PEM file: absolute, or relative to where Pulumi runs. Its folder must exist; a leading `~` is not
     * expanded, and refused.
     */
    path: pulumi.Input<string>;
    /** The name of the environment variable that holds its passphrase, wherever the key is needed. */
    passphraseVariable: pulumi.Input<string>;
}

/** What it is. Another `commonName`, `organization`, `keyAlgorithm` or `pathLength` makes another authority. */
export interface CertificateAuthorityArgs {
    /** The subject's: 1 to 64 characters, none of them a control character, no space at either end. */
    commonName: pulumi.Input<string>;
    /** The subject's, in the form of `commonName`. None unless given. */
    organization?: pulumi.Input<string>;
    /** "RSA-4096" unless given; "RSA-2048", "RSA-3072", "EC-P256", "EC-P384". */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /**
     * Of each certificate. A whole number with s, m, h or d, as "8h", at most "36500d"; "365d" unless given. A change
     * issues a new certificate with the same key.
     */
    validity?: pulumi.Input<string>;
    /** How many authorities may stand between this one and a client: 0 to 10. 1 unless given. */
    pathLength?: pulumi.Input<number>;
    /**
     * The certificate is renewed, with the same key, by the first `up` this long before its end. In the form of
     * `validity`, and shorter. "30d" unless given.
     */
    renewBefore?: pulumi.Input<string>;
    /**
     * Keeps the private key in this encrypted file and out of state. A file that is there is adopted where the
     * passphrase opens it and its key is of `keyAlgorithm`, and for an authority that exists already only where it
     * holds that one's key. It is never overwritten, and kept on destroy. Given later, the key moves there; taken out,
     * the key moves into state, and the file stays. In state unless given.
     */
    privateKeyFile?: pulumi.Input<KeyFileArgs>;
    /** Whether a change that would make another authority is refused. False unless given. */
    permanent?: pulumi.Input<boolean>;
}

/**
 * A self-signed authority for client certificates, made where the program runs. A renewal keeps key and subject, so
 * that what was issued before still holds.
 */
export class CertificateAuthority extends DynamicResource {
    /** The present one; a renewal gives another. */
    declare readonly certificatePem: pulumi.Output<string>;
    /** PKCS#8 PEM, encrypted in state; absent with `privateKeyFile`. */
    declare readonly privateKeyPem: pulumi.Output<string | undefined>;
    /** When the certificate begins to hold, ISO 8601 in UTC. */
    declare readonly notBefore: pulumi.Output<string>;
    /** When it ends, ISO 8601 in UTC. */
    declare readonly notAfter: pulumi.Output<string>;
    /** SHA-1 of the certificate's DER, lower-case hexadecimal. */
    declare readonly fingerprintSha1: pulumi.Output<string>;

    constructor(name: string, args: CertificateAuthorityArgs, opts?: pulumi.CustomResourceOptions) {
        super("pki:CertificateAuthority", name, { ...args }, opts);
    }
}
