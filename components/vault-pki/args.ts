/** The arguments of VaultPki. */
import type * as pulumi from "@pulumi/pulumi";
import type { KeyAlgorithm } from "../../provider/pki/keys";

/** Who signs in by an AppRole, from where, and for how long. */
export interface AppRoleArgs {
    /**
     * Addresses and CIDR ranges that its secret id and its tokens are good from, as Vault sees them: behind a load
     * balancer that hides its clients, the balancer's own. None broader than /8 (IPv6: /32).
     */
    boundCidrs: pulumi.Input<pulumi.Input<string>[]>;
    /** The role's name: "cert-manager", "snapshot" or "drill" unless given. */
    name?: string;
    /** How long a token lasts, "1m" to "1h"; it is a batch token, which nothing renews. "10m" unless given. */
    tokenTtl?: string;
    /**
     * How long a secret id lasts, at most "397d". Without end unless given: whoever holds it cannot renew it, so an end
     * is an outage that somebody has to prevent in time, by `secretIdGeneration`.
     */
    secretIdTtl?: string;
    /** How long the token that opens the wrapped secret id lasts, "1m" to "7d"; "24h" unless given. */
    wrappingTtl?: string;
    /**
     * Raise it by one for another secret id, wrapped anew: when the last token was not opened in time, or to rotate.
     * Secret ids of before stay good until they end, are destroyed by their accessor, or the role goes. A whole number;
     * 1 unless given.
     */
    secretIdGeneration?: number;
}

/** Who takes snapshots. */
export interface SnapshotRoleArgs extends AppRoleArgs {
    /**
     * Path of the secrets engine, KV of version 1, that is made for the canary: one entry, which `portcullis snapshot save`
     * writes just before a snapshot and by which a restore shows what it brought back. "portcullis-canary" unless given;
     * what saves is told of another one by `--canary-mount`.
     */
    canaryMount?: string;
}

/**
 * Who looks at a server that a snapshot was restored to, on the machine that the server runs on: secret id and tokens are
 * good from 127.0.0.1 alone, so that they open nothing at the cluster itself. A secret id is good on snapshots that were
 * taken after it was made: of another generation, bring it to its place once a snapshot has it.
 */
export type DrillRoleArgs = Omit<AppRoleArgs, "boundCidrs">;

/** Certificates, each exactly one, PEM. No text with a private key in it is taken. */
export interface SignedIssuerArgs {
    /** What the intermediate signed for the request. Its path length is 0. */
    issuer: string;
    /** The authority that signed it. */
    intermediate: string;
    /** The authority above that. */
    root: string;
}

/** What issues, to whom, and for how long. */
export interface VaultPkiArgs {
    /**
     * Where Vault answers those who verify its certificates, as "https://vault.example.org:8200": the addresses of the
     * issuer's certificate, its revocation list and its OCSP responder are below it. Its host is a reserved name.
     */
    address: pulumi.Input<string>;
    /**
     * DNS names, besides that of `address`, for which nobody may have a leaf signed, since whoever holds one could pass for
     * who has the name: others by which Vault is called, and with `allowClientAuth` those by which anybody signs in to
     * Vault with a certificate below the same root, as administrators with `authorityPem` and `commonNames`. None of them
     * may lie within `domains`. None unless given.
     */
    reservedNames?: string[];
    /** Path of the secrets engine, "pki_private_issuer" unless given. Moving it later is a new authority. */
    mount?: string;
    /** The issuer's subject: 1 to 64 characters. */
    commonName: string;
    /** In the issuer's subject and every leaf's: 1 to 64 characters. */
    organization: string;
    /** In the issuer's subject and every leaf's: the two letters of ISO 3166, as "FR". */
    country: string;
    /**
     * The issuer's key: "EC-P384" unless given, "EC-P256", "RSA-2048", "RSA-3072", "RSA-4096". Vault makes it and never
     * gives it out. Key and subject stay what they are: another one counts from the next `generation` on.
     */
    keyAlgorithm?: KeyAlgorithm;
    /**
     * Raise it by one for a new key and request. The issuer of before works on until the new request's certificate is
     * in `signed`. A whole number; 1 unless given.
     */
    generation?: number;
    /**
     * The issuer's certificate, which the intermediate authority signed for `request`, away from the platform, and those
     * above it. Until it is given, everything but the issuer is there, and preview and update say what to sign.
     */
    signed?: SignedIssuerArgs;
    /**
     * Domains below which leaves may be; each has two labels at least. All within the constraints of those above. Neither
     * the host of `address` nor any of `reservedNames` may be a name that they admit: Vault has a domain of its own.
     */
    domains: string[];
    /** Name of the PKI role, "server" unless given. */
    role?: string;
    /** How long a leaf lasts, "1h" to "397d"; "90d" unless given. Cut short where the issuer ends sooner. */
    leafLifetime?: string;
    /** Keys of leaves: "any" unless given, "rsa" (from 2048 bits on), "ec" (from P-256 on), "ed25519". */
    leafKeyType?: "any" | "rsa" | "ec" | "ed25519";
    /**
     * Whether leaves are for TLS clients, too. False unless given. Vault's nodes sign in by certificates for its name below
     * the same root, which is reserved; see `reservedNames` for others that do.
     */
    allowClientAuth?: boolean;
    /** Whether a leaf may be for the first label `*`. False unless given. */
    allowWildcards?: boolean;
    /** Whether a leaf may be for one of `domains` itself. False unless given. */
    allowBareDomains?: boolean;
    /** Path of the AppRole auth method, "approle" unless given. */
    authMount?: string;
    /** Whether that auth method is enabled here. True unless given; false where it is there already. */
    enableAuthMount?: boolean;
    /** Who has leaves signed, and may nothing else. */
    certManager: AppRoleArgs;
    /** Who takes snapshots of the storage, writes the canary before them, and may nothing else. None unless given. */
    snapshot?: SnapshotRoleArgs;
    /**
     * Who compares a restored server with what was saved: reads the canary of `snapshot`, which has to be given as well,
     * lists mounts, auth methods and policies by name, and may nothing else. None unless given.
     */
    drill?: DrillRoleArgs;
    /**
     * Whether destroying leaves the secrets engine: the issuer's key, the revocation list and the OCSP responder, so
     * that certificates already issued go on being verified and can be revoked. Nobody can have any issued, for role
     * and AppRoles go. True unless given; false counts from the next update on.
     */
    keepOnDestroy?: boolean;
}
