/** The Pkcs12Bundle resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { Pkcs12Encryption } from "../pkcs12";

/** What is in the file, and what opens it. A change of any makes another file. */
export interface Pkcs12BundleArgs {
    /** Exactly one certificate, PEM. */
    certificatePem: pulumi.Input<string>;
    /** The certificate's own private key, unencrypted PEM, RSA of at least 2048 bits, P-256 or P-384; encrypted in state. */
    privateKeyPem: pulumi.Input<string | undefined>;
    /** The authorities above the certificate, PEM, each the issuer of the one before it. None unless given. */
    chainPems?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * What opens the file: 12 to 128 printable ASCII characters, no space at either end; encrypted in state. Whoever
     * has the file can guess at it offline, so let a password manager make it.
     */
    password: pulumi.Input<string>;
    /**
     * What importers show: 1 to 64 characters, none of them a control character or beyond U+FFFF. The certificate's
     * common name unless given.
     */
    friendlyName?: pulumi.Input<string>;
    /**
     * "modern" unless given: AES-256 and HMAC-SHA-256, which Firefox, OpenSSL 1.1.1, Java 12, Windows Server 2019, and
     * later ones of these open. "legacy": Triple DES and HMAC-SHA-1, weak, but what older ones need, and by many reports
     * the Keychain of macOS (Safari, Chrome) and Android up to 12.
     */
    encryption?: pulumi.Input<Pkcs12Encryption>;
    /**
     * Rounds of each derivation from the password: 10000 to 600000. 250000 unless given, 50000 with "legacy". Some
     * importers refuse more than 300000, the .NET runtime's among them.
     */
    iterations?: pulumi.Input<number>;
}

/**
 * A PKCS#12 file (.p12, .pfx) of a certificate, its key and its chain, as browsers import it. It is made where the
 * program runs, kept in state, and written nowhere.
 */
export class Pkcs12Bundle extends DynamicResource {
    /** The file, base64, encrypted in state. */
    declare readonly pkcs12: pulumi.Output<string>;

    constructor(name: string, args: Pkcs12BundleArgs, opts?: pulumi.CustomResourceOptions) {
        super("pki:Pkcs12Bundle", name, { ...args }, opts);
    }
}
