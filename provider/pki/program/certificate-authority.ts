/** The CertificateAuthority resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { KeyAlgorithm } from "../keys";

/** A private key in an AES-256 encrypted PKCS#8 file outside of state. */
export interface KeyFileArgs {
    /** Path of the PEM file. */
    path: pulumi.Input<string>;
    /** The environment variable that holds its passphrase. */
    passphraseVariable: pulumi.Input<string>;
}

export interface CertificateAuthorityArgs {
    /** The subject's common name. */
    commonName: pulumi.Input<string>;
    organization?: pulumi.Input<string>;
    /** "RSA-4096" unless given; "RSA-2048", "RSA-3072", "EC-P256", "EC-P384". */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /** Of the certificate, as "365d" (the default), "8h". */
    validity?: pulumi.Input<string>;
    /** How many authorities may stand below this one. 1 unless given. */
    pathLength?: pulumi.Input<number>;
    /** The certificate is renewed, with the same key, by the first `up` this long before its end. "30d" unless given. */
    renewBefore?: pulumi.Input<string>;
    /** Keeps the private key in this encrypted file and out of state. */
    privateKeyFile?: pulumi.Input<KeyFileArgs>;
}

/** A self-signed authority for client certificates, made where the program runs. */
export class CertificateAuthority extends DynamicResource {
    declare readonly certificatePem: pulumi.Output<string>;
    /** PKCS#8 PEM, encrypted in state; absent with `privateKeyFile`. */
    declare readonly privateKeyPem: pulumi.Output<string | undefined>;
    /** ISO 8601. */
    declare readonly notBefore: pulumi.Output<string>;
    /** ISO 8601. */
    declare readonly notAfter: pulumi.Output<string>;
    /** SHA-1 of the certificate's DER, lower-case hexadecimal. */
    declare readonly fingerprintSha1: pulumi.Output<string>;

    constructor(name: string, args: CertificateAuthorityArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            {
                token: "pki:CertificateAuthority",
                outputs: ["certificatePem", "privateKeyPem", "notBefore", "notAfter", "fingerprintSha1"],
                secrets: ["privateKeyPem"],
            },
            name,
            { ...args },
            opts,
        );
    }
}
