/** Whether the rules admit a caller: criteria within a rule are AND, entries of a criterion OR, rules OR. */
import { rangeContains } from "./addresses";
import { readCertificate, readPem, satisfies, type ReadCertificate } from "./certificates";
import type { AccountState, ApiAccessRuleRecord, CaRecord } from "./state";

/** Who calls. Both fields are what the service itself would see of the connection. */
export interface Caller {
    /** An IPv4 or IPv6 address. */
    readonly sourceAddress: string;
    /** DER of the leaf that the caller proved to hold in the TLS handshake. */
    readonly certificate?: Buffer | undefined;
    /** The key that signed; the account's first root key unless given. */
    readonly accessKey?: string | undefined;
}

/** The part of an account that decides admission. */
export type EnforcedPart = Pick<AccountState, "rules" | "cas" | "policy">;

/**
 * The calls that need the certificate even in a trusted session: those that the specification marks with
 * `ApiKeyAuthSec`.
 */
const ALWAYS_FULL = new Set([
    "CreateCa",
    "ReadCas",
    "UpdateCa",
    "DeleteCa",
    "CreateApiAccessRule",
    "ReadApiAccessRules",
    "UpdateApiAccessRule",
    "DeleteApiAccessRule",
    "ReadApiAccessPolicy",
    "UpdateApiAccessPolicy",
    "CreateAccessKey",
    "ReadAccessKeys",
    "UpdateAccessKey",
    "DeleteAccessKey",
]);

function namesMatch(rule: ApiAccessRuleRecord, leaf: ReadCertificate): boolean {
    if (rule.Cns.length === 0) return true;
    // Which of several common names counts is not documented: none does.
    const [name, ...more] = leaf.commonNames;
    return name !== undefined && more.length === 0 && rule.Cns.includes(name);
}

function certificateMatches(
    rule: ApiAccessRuleRecord,
    cas: readonly CaRecord[],
    leaf: ReadCertificate | undefined,
    now: number,
): boolean {
    if (leaf === undefined || !namesMatch(rule, leaf)) return false;
    return cas.some((ca) => {
        if (!rule.CaIds.includes(ca.CaId)) return false;
        const anchor = readPem(ca.CaPem);
        return !("unreadable" in anchor) && satisfies(leaf, anchor, now);
    });
}

/**
 * Whether a caller is admitted to a call. In a trusted session, the calls outside of the fourteen do without the
 * certificate; the address criterion of a rule stays.
 */
export function isAdmitted(part: EnforcedPart, caller: Caller, call: string, now: number): boolean {
    const read = caller.certificate === undefined ? undefined : readCertificate(caller.certificate);
    const leaf = read === undefined || "unreadable" in read ? undefined : read;
    const needsCertificate = !part.policy.RequireTrustedEnv || ALWAYS_FULL.has(call);
    return part.rules.some((rule) => {
        // Cns without CaIds cannot be created; were there one, it would demand what nobody can show.
        const namesCertificates = rule.CaIds.length > 0 || rule.Cns.length > 0;
        if (!namesCertificates && rule.IpRanges.length === 0) return false;
        if (
            rule.IpRanges.length > 0 &&
            !rule.IpRanges.some((range) => rangeContains(range, caller.sourceAddress))
        ) {
            return false;
        }
        if (!namesCertificates || !needsCertificate) return true;
        return certificateMatches(rule, part.cas, leaf, now);
    });
}

/** What was in force since when, so that enforcement can lag behind the state. */
export class EnforcementHistory {
    private entries: { readonly since: number; readonly part: EnforcedPart }[] = [];

    /** Superseded entries older than this are forgotten; no lag may be longer. */
    public static readonly LONGEST_LAG_MS = 3_600_000;

    public record(part: EnforcedPart, since: number): void {
        const last = this.entries.at(-1);
        if (last !== undefined && last.since === since) this.entries.pop();
        this.entries.push({ since, part });
        const horizon = since - EnforcementHistory.LONGEST_LAG_MS;
        const kept = this.entries.findLastIndex((entry) => entry.since <= horizon);
        if (kept > 0) this.entries.splice(0, kept);
    }

    public reset(part: EnforcedPart): void {
        this.entries = [{ since: Number.NEGATIVE_INFINITY, part }];
    }

    /** What was in force at a moment: the oldest known part where the moment lies before all. */
    public at(moment: number): EnforcedPart | undefined {
        return (this.entries.findLast((entry) => entry.since <= moment) ?? this.entries[0])?.part;
    }
}
