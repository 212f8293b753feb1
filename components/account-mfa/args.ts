/** The arguments of AccountMfa. */
import type * as pulumi from "@pulumi/pulumi";
import type { AccessKeyArgs } from "../../provider/outscale/program/access-key";
import type { ClientCertificateArgs, ProtectedIdentityArgs } from "../../provider/outscale/program/shared";
import type { RuleCriteriaArgs } from "../../provider/outscale/program/retired-api-access-rule";
import type { KeyFileArgs } from "../../provider/pki/program/certificate-authority";
import type { SdkProfileArgs } from "../../provider/outscale/program/sdk-profile";
import type { Pkcs12BundleArgs } from "../../provider/pki/program/pkcs12-bundle";
import type { KeyAlgorithm } from "../../provider/pki/keys";

/** An authority made by the component. */
export interface MadeAuthorityArgs {
    /** The subject's, at most 64 characters. "<project> <stack> <name> <generation>" unless given. */
    commonName?: pulumi.Input<string>;
    /** The subject's, at most 64 characters. None unless given. */
    organization?: pulumi.Input<string>;
    /**
     * "RSA-4096" unless given; "RSA-2048", "RSA-3072", "EC-P256", "EC-P384". A generation that stands keeps its own, as
     * it keeps its subject: another one counts from the next generation on, and is refused for the present one.
     */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /** Of each certificate. A whole number with s, m, h or d, as "8h", at most "36500d"; "365d" unless given. */
    validity?: pulumi.Input<string>;
    /**
     * The certificate is renewed, with the same key, by the first `up` this long before its end. In the form of
     * `validity`, and shorter. "30d" unless given.
     */
    renewBefore?: pulumi.Input<string>;
    /**
     * Keeps each generation's key in an encrypted file and out of state; the path must hold `{generation}`, which is
     * replaced. In state unless given. See `KeyFileArgs`.
     */
    privateKeyFile?: { path: string; passphraseVariable: string };
    /**
     * Raise it by one to rotate to a new key. Both generations are accepted from then on, so that holders can change
     * over; the one before last is dropped. A whole number; 1 unless given.
     */
    generation?: number;
    /**
     * Whether the generation before the present one is still accepted. True unless given. With false, a rotation that
     * would leave protected holders of certificates of the last deployment behind is refused.
     */
    keepPrevious?: boolean;
}

/** An authority that exists already. */
export interface GivenAuthorityArgs {
    /**
     * Self-signed certificates, one PEM each, by a label of your own: all are accepted. Add the new one, and later
     * remove the old one.
     */
    certificates: Record<string, pulumi.Input<string>>;
    /** The label of the one that issues. The first unless given. */
    issuer?: string;
    /**
     * The issuer's private key, unencrypted PEM; encrypted in state. Without it and `privateKeyFile`, every client must
     * bring its certificate.
     */
    privateKeyPem?: pulumi.Input<string>;
    /** The same in an encrypted file, needed only when a certificate is issued. Counts where both are given. */
    privateKeyFile?: KeyFileArgs;
}

/** A client whose certificate the component issues. */
export interface IssuedClientArgs {
    /** The subject's, at most 64 characters; rules compare it exactly. The client's name unless given. */
    commonName?: pulumi.Input<string>;
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

/** A client that brings its certificate. */
export interface GivenClientArgs {
    /** Exactly one certificate, PEM, that an accepted authority issued. */
    certificatePem: pulumi.Input<string>;
    /** Unencrypted PEM; encrypted in state. Needed for the client that is the operator; given out in `certificates`. */
    privateKeyPem?: pulumi.Input<string>;
}

/** A rule that admits holders of a certificate; all criteria given are cumulative. */
export interface CertificateRuleArgs {
    /** Subject common names, compared exactly. Any unless given. */
    cns?: pulumi.Input<pulumi.Input<string>[]>;
    /** Addresses or CIDR ranges. Any unless given. */
    ipRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /** `<project>/<stack> <name>-rule-<rule>-<authority>` unless given. */
    description?: pulumi.Input<string>;
}

/** A client of the component as a protected identity. */
export interface ProtectedClientArgs {
    /** The client's name in `clients`. */
    client: string;
    /** Where it calls from. Any IPv4 address unless given. */
    sourceIp?: pulumi.Input<string>;
}

/** An access key of your own. */
export interface KeyPairArgs {
    accessKeyId: pulumi.Input<string>;
    /** Encrypted in state. */
    secretKey: pulumi.Input<string>;
}

/** A profile of OUTSCALE's tools, on the machine that runs the deployment; see `outscale.SdkProfile`. */
export interface ProfileArgs extends Pick<
    SdkProfileArgs,
    "client" | "path" | "region" | "endpoint" | "adopt"
> {
    /** The name in `clients` whose certificate the profile presents; its private key must be here. */
    holder: string;
    /** The name in `accessKeys` of the key that it signs with, or a key of your own. */
    accessKey: string | KeyPairArgs;
}

/** A PKCS#12 file of a client, for browsers and Cockpit v2; see `pki.Pkcs12Bundle`. */
export type BundleArgs = Pick<Pkcs12BundleArgs, "password" | "encryption" | "friendlyName" | "iterations">;

/** The trusted session that the account is put in, once it opens to certificates alone. */
export interface TrustedSessionArgs {
    /**
     * The maximum lifetime of every access key of the account, as "90d". Every key of the root user and of every EIM
     * user has to end within it.
     */
    maxAccessKeyExpiration: pulumi.Input<string>;
    /**
     * Keys that were made elsewhere and are to get an expiration date, by access key id: a date ("2027-01-31"), or a
     * duration ("60d"), which the first `up` in its last third moves on. Name the key that the provider calls with by a
     * duration. None unless given.
     */
    expire?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Ids of keys that were made elsewhere and are to go for good. None unless given. */
    remove?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Who may open the account, by which rules, and whom nothing may lock out. */
export interface AccountMfaArgs {
    /** Who issues the certificates that are accepted. Made by the component unless given by `certificates`. */
    authority?: MadeAuthorityArgs | GivenAuthorityArgs;
    /** Who gets a client certificate, or brings one, by name. */
    clients: Record<string, IssuedClientArgs | GivenClientArgs>;
    /**
     * By name; each is made once for each accepted authority (`certificate-1`). One, `certificate`, for any holder
     * unless given.
     */
    rules?: Record<string, CertificateRuleArgs>;
    /** Addresses or CIDR ranges that are admitted without a certificate, for the day it fails. None unless given. */
    backupIpRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Whose access nothing may take away. Every client, from any IPv4 address, unless given. A name means the same
     * identity in every deployment.
     */
    protect?: (ProtectedClientArgs | ProtectedIdentityArgs)[];
    /**
     * The client whose certificate the provider presents once the rules refuse calls without one, or a certificate
     * of its own; the proof tries the gate with it. A client's private key must be here. The first client with one
     * unless given; without any, the provider presents only what is configured.
     */
    operator?: string | ClientCertificateArgs;
    /** Leave the rule that admits the whole world. False unless given: then a key and secret alone still suffice. */
    keepDefaultRule?: boolean;
    /** Leave the rule that admits Cockpit's own address (accounts that have one). False unless given. */
    keepCockpitRule?: boolean;
    /**
     * What the rule that admits the whole world looks like, where several do. `ipRanges` 0.0.0.0/0, and neither
     * authority nor common name, unless given; given, none of that is added to it.
     */
    defaultRule?: RuleCriteriaArgs;
    /** Access keys to make, by name; see `outscale.AccessKey`. None unless given. */
    accessKeys?: Record<string, Omit<AccessKeyArgs, "clientCertificates">>;
    /** Profiles to write, by name, once the last proof has passed (a holder is part of it where `protect` names it). None unless given. */
    profiles?: Record<string, ProfileArgs>;
    /** Bundles to make, by the name of the client, whose private key must be here. None unless given. */
    bundles?: Record<string, BundleArgs>;
    /**
     * Requires a trusted session, as the last step, and only where nothing stands in its way: what does is listed, key
     * by key and rule by rule, and everything before it is done. Not together with `backupIpRanges`, `keepDefaultRule`
     * or `keepCockpitRule`; take those out in a deployment before. Destroy relaxes the policy first; taken out of the
     * program, the policy is relaxed at the end of that deployment, so that rules without a certificate, and keys
     * without an end, come in the one after. Not required unless given.
     */
    trustedSession?: TrustedSessionArgs;
}
