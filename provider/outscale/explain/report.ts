/** The report on an account's access: its form is what `portcullis access explain --json` prints. */
import type { Verdict } from "../access";

/**
 * Who may open an account, and what would happen if something went. Plain JSON: absent values are null, moments are
 * ISO 8601 in UTC. Properties may be added; those here keep their names and meaning for as long as `version` is 1.
 */
export interface AccessReport {
    readonly version: 1;
    readonly source: AccessSource;
    /** The moment that it was decided for. */
    readonly at: string;
    readonly identities: readonly IdentityReport[];
    readonly rules: readonly RuleReport[];
    readonly authorities: readonly AuthorityReport[];
    /** Null where they are not known: not every state has any, and not every caller may read them. */
    readonly keys: readonly KeyReport[] | null;
    /** Null where it is not known. */
    readonly policy: PolicyReport | null;
    /** What was not known or left out, and what to do about it: sentences for people. */
    readonly notes: readonly string[];
}

/** Where the account's picture comes from. */
export type AccessSource =
    | { readonly kind: "account"; readonly endpoint: string; readonly region: string }
    /** `stack` is `<project>/<stack>`, null for a state without resources. */
    | { readonly kind: "state"; readonly file: string; readonly stack: string | null };

/** A certificate in a few facts. */
export interface CertificateSummary {
    /** The subject's, null where it has none that can be relied on. */
    readonly commonName: string | null;
    readonly notBefore: string;
    readonly notAfter: string;
    /** SHA-1 of the DER, lower-case hexadecimal. */
    readonly fingerprint: string;
}

export interface IdentityReport {
    /** Unique within the report. */
    readonly name: string;
    /** An address or range; null means any IPv4 address. */
    readonly sourceIp: string | null;
    /** What it presents, null for nothing. */
    readonly certificate: CertificateSummary | null;
    /** `admitted` only where every address of the identity is. */
    readonly verdict: Verdict;
    /** Ids of the rules that admit it, or a part of its addresses. */
    readonly by: readonly string[];
}

/** What an identity would lose. */
export interface Loss {
    /** The identity's name. */
    readonly identity: string;
    /**
     * `lockedOut`: admitted now, if only from some of its addresses, and then from none. `narrowed`: some addresses
     * that admit it now would not. `uncertain`: it may lose access; that hangs on a certificate that is not known.
     */
    readonly effect: "lockedOut" | "narrowed" | "uncertain";
}

export interface RuleReport {
    readonly id: string;
    readonly description: string;
    readonly caIds: readonly string[];
    readonly cns: readonly string[];
    readonly ipRanges: readonly string[];
    /** The rule in a few words. */
    readonly summary: string;
    /** What the rule says of each identity, in their order. */
    readonly verdicts: readonly {
        readonly identity: string;
        readonly verdict: Verdict;
        readonly reason: string;
    }[];
    /** Who would lose what if the rule were deleted. */
    readonly without: readonly Loss[];
    /** Whether it is the account's last rule, which the API refuses to delete. False for a state. */
    readonly isLast: boolean;
}

export interface AuthorityReport {
    readonly id: string;
    readonly description: string;
    /** SHA-1 of the certificate's DER, as the account has it; null where a state does not say. */
    readonly fingerprint: string | null;
    /** Null where it is not known: the API never returns it. */
    readonly certificate: CertificateSummary | null;
    /** Ids of the rules that name it. */
    readonly rules: readonly string[];
    /** Who would lose what if the authority were deleted and the rules stayed as they are. */
    readonly without: readonly Loss[];
}

export interface KeyReport {
    readonly id: string;
    /** The EIM user whose key it is; null for the root user. */
    readonly user: string | null;
    /** `ACTIVE` or `INACTIVE`. */
    readonly state: string;
    readonly tag: string | null;
    /** Null where it never expires; the service's own text where that is no date. */
    readonly expiresAt: string | null;
    /** Whether it is active and has surely not expired. */
    readonly isUsable: boolean;
    /** Whether it is its owner's only usable key: without it, the owner can make no call with a key. */
    readonly isLastUsable: boolean;
    /** Whether it is the key that the report was read with. */
    readonly isCalling: boolean;
}

export interface PolicyReport {
    readonly maxAccessKeyExpirationSeconds: number;
    /** Whether the trusted session is on. */
    readonly requireTrustedEnv: boolean;
    /** What a trusted session does not allow: it cannot be switched on while any stands. Sentences for people. */
    readonly blockers: readonly string[];
    /** Who would lose what without the rules that name no authority, none of which a trusted session allows. */
    readonly losses: readonly Loss[];
}
