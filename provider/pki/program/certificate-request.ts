/** The CertificateRequest resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { RequestedTier, RequestWithKey } from "../certificate-request";
import type { KeyAlgorithm } from "../keys";
import type { KeyFileArgs } from "./certificate-authority";

/** What is asked for. A change makes another request with the same key; another key only where it is said. */
export interface CertificateRequestArgs {
    /**
     * "intermediate" or "issuer", authorities of path length 1 and 0, or "server", for TLS servers that are TLS clients
     * as well. Another one is another request altogether, with another key.
     */
    tier: pulumi.Input<RequestedTier>;
    /** The subject's: 1 to 64 characters, none of them a control character, no space at either end. */
    commonName: pulumi.Input<string>;
    /** The subject's, in the form of `commonName`. None unless given. */
    organization?: pulumi.Input<string>;
    /** The subject's: two capital letters (ISO 3166). None unless given. */
    country?: pulumi.Input<string>;
    /** A server's, at least one; the first label may be `*`. Not for an authority. */
    dnsNames?: pulumi.Input<pulumi.Input<string>[]>;
    /** A server's. None unless given; not for an authority. */
    ipAddresses?: pulumi.Input<pulumi.Input<string>[]>;
    /** The DNS domains that an authority asks to be constrained to. No constraint unless given; not for a server. */
    permittedDnsDomains?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The IP ranges that it asks to be constrained to beside those domains, as ["10.0.0.0/16"]; [] for none. Loopback
     * alone, 127.0.0.1/32 and ::1/128, unless given; only with `permittedDnsDomains`.
     */
    permittedIpRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /** "EC-P384" unless given; "EC-P256", "RSA-2048", "RSA-3072", "RSA-4096". Another one makes a new key. */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /** Raise it for a new key. 1 unless given. */
    generation?: pulumi.Input<number>;
    /**
     * Keeps the private key in this encrypted file and out of state. A file that is there is adopted where the passphrase
     * opens it and its key is of `keyAlgorithm`. It is never overwritten, so a new key needs another path, and kept on
     * destroy. In state, encrypted, unless given.
     */
    privateKeyFile?: pulumi.Input<KeyFileArgs>;
    /**
     * The certificate in use, PEM, so that a change of the request does not lose the key under it: the request that it
     * answers is kept in `previous`. It changes nothing by itself.
     */
    certificatePem?: pulumi.Input<string>;
}

/** A private key made where the program runs, and a certificate request (PKCS#10) for it, to be signed elsewhere. */
export class CertificateRequest extends DynamicResource {
    /** The present request, PEM. The same as long as nothing changes. */
    declare readonly requestPem: pulumi.Output<string>;
    /** PKCS#8 PEM, encrypted in state; absent with `privateKeyFile`. */
    declare readonly privateKeyPem: pulumi.Output<string | undefined>;
    /**
     * The request that `certificatePem` answered when the present one was made, with its key, until there is another
     * request; encrypted in state, at most one.
     */
    declare readonly previous: pulumi.Output<RequestWithKey[]>;

    constructor(name: string, args: CertificateRequestArgs, opts?: pulumi.CustomResourceOptions) {
        super("pki:CertificateRequest", name, { ...args }, opts);
    }
}
