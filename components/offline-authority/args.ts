/** What OfflineAuthority takes. */
import type { KeyFileArgs } from "../../provider/pki/program/certificate-authority";
import type { KeyAlgorithm } from "../../provider/pki/keys";

/** What the subjects share. */
interface SubjectArgs {
    /** The subjects' organization: 1 to 64 characters. None unless given. */
    organization?: string;
    /** The subjects' country: two capital letters (ISO 3166). None unless given. */
    country?: string;
}

export interface IntermediateArgs {
    /** The subject's: 1 to 64 characters. "<project> <stack> <name> intermediate" unless given. */
    commonName?: string;
    /**
     * Keeps the intermediate's key, made here, in this encrypted file: what signs Vault's certificates needs it. It is
     * never in state. Exactly one of this and `request`; neither in development.
     */
    privateKeyFile?: KeyFileArgs;
    /** A certificate request, PEM, for a key that was made elsewhere, on a card or in an HSM, and stays there. */
    request?: string;
    /**
     * The DNS domains that everything below is constrained to, as ["example.org"], in a critical extension. No
     * constraint unless given; none in development, for @pulumi/tls has no name constraints.
     */
    permittedDnsDomains?: string[];
    /**
     * The IP ranges that everything below is constrained to beside those domains, as ["10.0.0.0/16"]; [] for none. Those of
     * `server.ipAddresses` have to be within. Loopback alone, 127.0.0.1/32 and ::1/128, unless given; only with
     * `permittedDnsDomains`, and neither with `request`, whose own wishes count, nor in development.
     */
    permittedIpRanges?: string[];
    /** "EC-P384" unless given. Not with `request`, and not in development. */
    keyAlgorithm?: KeyAlgorithm;
    /** Raise it, with another path of the key file, for a new key. 1 unless given. Not with `request`, and not in development. */
    generation?: number;
}

export interface ServerArgs {
    /** At least one; the first is what nodes and clients look for. */
    dnsNames: string[];
    /** None unless given. */
    ipAddresses?: string[];
    /** The subject's: 1 to 64 characters. The first DNS name unless given. */
    commonName?: string;
    /** "EC-P256" unless given. Not in development. */
    keyAlgorithm?: KeyAlgorithm;
    /** Raise it for a new key: the certificate in use and its key stay until the new request is signed. 1 unless given. Not in development. */
    generation?: number;
}

/** Certificates that were signed away from the platform: the text of each, PEM, exactly one, public. */
export interface SignedArgs {
    /** The root's, self-signed: path length 2 or more, or no limit. */
    root?: string;
    /** The intermediate's, issued by the root: path length 1. */
    intermediate?: string;
    /** Vault's own, issued by the intermediate. */
    server?: string;
}

export interface OfflineAuthorityArgs extends SubjectArgs {
    /**
     * "offline" unless given: the root's key never comes near the platform. "development": all keys, the root's too,
     * are made by @pulumi/tls and are in state, encrypted; never for what matters. What only the offline way has a use for is refused then.
     */
    mode?: "offline" | "development";
    /** The intermediate authority. */
    intermediate: IntermediateArgs;
    /** The certificate that Vault's nodes present to clients and to each other. */
    server: ServerArgs;
    /** What came back from the operator, as far as it did. Taking one away again takes down what stands on it. Not in development. */
    signed?: SignedArgs;
}
