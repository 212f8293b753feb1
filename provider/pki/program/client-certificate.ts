/** The ClientCertificate resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { Credential } from "../credentials";
import type { KeyAlgorithm } from "../keys";
import type { KeyFileArgs } from "./certificate-authority";

export interface ClientCertificateResourceArgs {
    /** The subject's common name: access rules compare it exactly. */
    commonName: pulumi.Input<string>;
    /** The certificate of the authority that issues it, PEM. */
    authorityCertificatePem: pulumi.Input<string>;
    /** The authority's private key, PEM; encrypted in state. Exactly one of this and `authorityKeyFile`. */
    authorityPrivateKeyPem?: pulumi.Input<string | undefined>;
    authorityKeyFile?: pulumi.Input<KeyFileArgs>;
    /** A certificate request, PEM, for a key that never leaves its card or HSM. No key is made then. */
    csrPem?: pulumi.Input<string>;
    /** "RSA-4096" unless given; "RSA-2048", "RSA-3072", "EC-P256", "EC-P384". Not with `csrPem`. */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /** Of the certificate, as "365d" (the default), "8h". It never outlives its authority. */
    validity?: pulumi.Input<string>;
    /** A new certificate is issued by the first `up` this long before the end. "30d" unless given. */
    renewBefore?: pulumi.Input<string>;
}

/** A certificate for TLS client authentication, issued where the program runs. */
export class ClientCertificate extends DynamicResource {
    declare readonly commonName: pulumi.Output<string>;
    declare readonly certificatePem: pulumi.Output<string>;
    /** PKCS#8 PEM, encrypted in state; absent with `csrPem`. */
    declare readonly privateKeyPem: pulumi.Output<string | undefined>;
    /**
     * Every certificate that the client can still present, with its key: the present one first, then those before it
     * that have not ended. Encrypted in state; empty with `csrPem`.
     */
    declare readonly credentials: pulumi.Output<Credential[]>;
    /** ISO 8601. */
    declare readonly notBefore: pulumi.Output<string>;
    /** ISO 8601. */
    declare readonly notAfter: pulumi.Output<string>;
    /** SHA-1 of the certificate's DER, lower-case hexadecimal. */
    declare readonly fingerprintSha1: pulumi.Output<string>;
    /** Hexadecimal. */
    declare readonly serialNumber: pulumi.Output<string>;

    constructor(name: string, args: ClientCertificateResourceArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            {
                token: "pki:ClientCertificate",
                outputs: [
                    "certificatePem",
                    "privateKeyPem",
                    "credentials",
                    "notBefore",
                    "notAfter",
                    "fingerprintSha1",
                    "serialNumber",
                ],
                secrets: ["privateKeyPem", "authorityPrivateKeyPem", "credentials"],
            },
            name,
            { ...args },
            opts,
        );
    }
}
