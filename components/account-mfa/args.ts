/** The arguments of AccountMfa. */
import type * as pulumi from "@pulumi/pulumi";
import type { ClientCertificateArgs, ProtectedIdentityArgs } from "../../provider/outscale/program/shared";
import type { RuleCriteriaArgs } from "../../provider/outscale/program/retired-api-access-rule";
import type { KeyFileArgs } from "../../provider/pki/program/certificate-authority";
import type { KeyAlgorithm } from "../../provider/pki/keys";

/** An authority made by the component. */
export interface MadeAuthorityArgs {
    /** "<project> <stack> <name> <generation>" unless given. */
    commonName?: pulumi.Input<string>;
    organization?: pulumi.Input<string>;
    /** "RSA-4096" unless given. */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /** "365d" unless given. */
    validity?: pulumi.Input<string>;
    /** Renewed with the same key this long before its end. "30d" unless given. */
    renewBefore?: pulumi.Input<string>;
    /** Keeps each generation's key in an encrypted file and out of state; the path must hold `{generation}`, which is replaced. */
    privateKeyFile?: { path: string; passphraseVariable: string };
    /**
     * Raise it by one to rotate to a new key. Both generations are accepted from then on, so that holders can change
     * over; the one before last is dropped. 1 unless given.
     */
    generation?: number;
    /** Whether the generation before the present one is still accepted. True unless given. */
    keepPrevious?: boolean;
}

/** An authority that exists already. */
export interface GivenAuthorityArgs {
    /** Certificates, PEM, by a label of your own: all are accepted. Add the new one, and later remove the old one. */
    certificates: Record<string, pulumi.Input<string>>;
    /** The label of the one that issues. The first unless given. */
    issuer?: string;
    /** The issuer's private key, PEM. Without it and `privateKeyFile`, every client must bring its certificate. */
    privateKeyPem?: pulumi.Input<string>;
    privateKeyFile?: KeyFileArgs;
}

/** A client whose certificate the component issues. */
export interface IssuedClientArgs {
    /** The client's name unless given. */
    commonName?: pulumi.Input<string>;
    /** A certificate request, PEM, for a key that never leaves its card or HSM. */
    csrPem?: pulumi.Input<string>;
    /** "RSA-4096" unless given. */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
    /** "365d" unless given. */
    validity?: pulumi.Input<string>;
    /** "30d" unless given. */
    renewBefore?: pulumi.Input<string>;
}

/** A client that brings its certificate. */
export interface GivenClientArgs {
    certificatePem: pulumi.Input<string>;
    /** Needed for the client that is the operator, and for nothing else. */
    privateKeyPem?: pulumi.Input<string>;
}

/** A rule that admits holders of a certificate; all criteria given are cumulative. */
export interface CertificateRuleArgs {
    /** Subject common names. Any unless given. */
    cns?: pulumi.Input<pulumi.Input<string>[]>;
    /** Addresses or CIDR ranges. Any unless given. */
    ipRanges?: pulumi.Input<pulumi.Input<string>[]>;
    description?: pulumi.Input<string>;
}

/** A client of the component as a protected identity. */
export interface ProtectedClientArgs {
    /** The client's name in `clients`. */
    client: string;
    /** Where it calls from. Any IPv4 address unless given. */
    sourceIp?: pulumi.Input<string>;
}

export interface AccountMfaArgs {
    /** Made by the component unless given. */
    authority?: MadeAuthorityArgs | GivenAuthorityArgs;
    /** Who gets a client certificate, by name. */
    clients: Record<string, IssuedClientArgs | GivenClientArgs>;
    /** The rules that admit holders of a certificate, by name. One rule, `certificate`, for any of them unless given. */
    rules?: Record<string, CertificateRuleArgs>;
    /** Addresses that are admitted without a certificate, for the day it fails. None unless given. */
    backupIpRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /** Whose access nothing may take away. Every client, from any address, unless given. */
    protect?: (ProtectedClientArgs | ProtectedIdentityArgs)[];
    /**
     * The client whose certificate the provider presents once the rules refuse calls without one, or a certificate
     * of its own. The first client with a private key unless given.
     */
    operator?: string | ClientCertificateArgs;
    /** Leave the rule that admits the whole world. False unless given: then a key and secret alone still suffice. */
    keepDefaultRule?: boolean;
    /** Leave the rule that admits Cockpit's own address (accounts that have one). False unless given. */
    keepCockpitRule?: boolean;
    /** What the default rule looks like, where several rules admit the whole world. */
    defaultRule?: RuleCriteriaArgs;
}
