/** Whether a set of API access rules admits an identity: decided offline, as a pure function. */
import { verifyClientCertificate, commonNameOf } from "../pki/chain";
import { ANY_IPV4, covers, overlaps, parseRange, within, type AddressRange } from "./ranges";

/** A certificate authority as a rule names it. */
export interface Authority {
    /** What reasons call it; for one on the account `ca-…`. */
    readonly id: string;
    /** PEM. Absent where it is not known here: the API never returns it. */
    readonly certificatePem?: string;
    /** Named by the rule, yet no longer on the account: nobody is admitted by it. */
    readonly gone?: boolean;
}

/** An API access rule: criteria within it are cumulative, one entry of each criterion is enough. */
export interface AccessRule {
    /** What decisions call it; for one on the account `aar-…`. */
    readonly id: string;
    /** Counts for nothing in the decision. */
    readonly description?: string;
    /** One of these must have issued the certificate. Empty: no certificate is asked for. */
    readonly authorities: readonly Authority[];
    /** Subject common names, compared exactly; empty: any. */
    readonly cns: readonly string[];
    /** Addresses or CIDR ranges; empty: any. */
    readonly ipRanges: readonly string[];
    /** True in a preview where a part of the rule is not known yet: nothing can be said of it. */
    readonly pending?: boolean;
}

/** Who calls the API: from where, and with which client certificate. */
export interface Identity {
    /** What its owner calls it; errors name it so. */
    readonly name: string;
    /** An address or range, every address of which must be admitted. Any IPv4 address unless said. */
    readonly sourceIp?: string | undefined;
    /** The client certificate that it presents, PEM. None unless said. */
    readonly certificatePem?: string | undefined;
}

/** `undetermined` where it is not known yet, or hangs on an authority whose certificate is not known here. */
export type Verdict = "admitted" | "refused" | "undetermined";

/** What one rule says of an identity, and why. */
export interface RuleVerdict {
    /** The `id` of the AccessRule. */
    readonly ruleId: string;
    /** Of those addresses of the identity that are within the rule's. */
    readonly verdict: Verdict;
    /** A part of a sentence, for people. */
    readonly reason: string;
}

/** Whether an identity is admitted, by which rules, and from where. */
export interface AccessDecision {
    /** `admitted` only where every address of the identity is. */
    readonly verdict: Verdict;
    /** The rules that admit the identity, or a part of its addresses. */
    readonly by: readonly string[];
    /** Every rule's say, in the order of the rules. */
    readonly rules: readonly RuleVerdict[];
    /** The identity's addresses that are admitted; ranges may overlap. */
    readonly admitted: readonly AddressRange[];
    /** Those that are admitted or undetermined. */
    readonly possible: readonly AddressRange[];
}

/**
 * Decides whether the rules admit the identity at a moment: criteria within a rule are AND, entries of a criterion
 * OR, rules OR. Different rules may admit different parts of the identity's addresses.
 *
 * Deliberately no kinder than the documentation: a certificate counts only when the named authority itself issued
 * it, both are valid at that moment, and it is meant for client authentication.
 * Source: OUTSCALE user guide, "About API Access Rules".
 *
 * @throws PortcullisError `InvalidInput` where an address is none, or where a rule asks for a certificate and the
 * identity's `certificatePem` is given, but is not exactly one certificate
 */
export function decideAccess(rules: readonly AccessRule[], identity: Identity, at: Date): AccessDecision {
    const source = parseRange(identity.sourceIp ?? ANY_IPV4);
    const judged = rules.map((rule) => judge(rule, identity, source, at));
    const rangesOf = (verdicts: readonly Verdict[]): AddressRange[] =>
        judged.filter((entry) => verdicts.includes(entry.verdict)).flatMap((entry) => entry.ranges);
    const admitted = rangesOf(["admitted"]);
    const possible = rangesOf(["admitted", "undetermined"]);
    const verdict = covers(admitted, source)
        ? "admitted"
        : covers(possible, source)
          ? "undetermined"
          : "refused";
    return {
        verdict,
        admitted,
        possible,
        by: judged.filter((entry) => entry.verdict === "admitted").map((entry) => entry.ruleId),
        rules: judged.map(({ ruleId, verdict, reason }) => ({ ruleId, verdict, reason })),
    };
}

interface Judged extends RuleVerdict {
    /** The part of the identity's addresses that the verdict speaks of. */
    readonly ranges: readonly AddressRange[];
}

function judge(rule: AccessRule, identity: Identity, source: AddressRange, at: Date): Judged {
    const ranges =
        rule.ipRanges.length === 0
            ? [source]
            : rule.ipRanges
                  .map(parseRange)
                  .filter((range) => overlaps(range, source))
                  .map((range) => within(range, source));
    const say = (verdict: Verdict, reason: string): Judged => ({ ruleId: rule.id, verdict, reason, ranges });
    if (rule.pending === true)
        return { ...say("undetermined", "it is not known until it is deployed"), ranges: [source] };
    if (rule.authorities.length === 0 && rule.ipRanges.length === 0) {
        return say("refused", "it names neither an authority nor an address");
    }
    if (ranges.length === 0) {
        return say("refused", `${identity.sourceIp ?? ANY_IPV4} is outside ${rule.ipRanges.join(", ")}`);
    }
    const partly = rule.ipRanges.length > 0 && !covers(ranges, source);
    const from = partly ? `from ${rule.ipRanges.join(", ")} only` : "from every address of the identity";
    if (rule.authorities.length === 0) return say("admitted", from);
    if (identity.certificatePem === undefined) return say("refused", "it asks for a client certificate");
    return judgeCertificate(rule, identity.certificatePem, at, from, say);
}

function judgeCertificate(
    rule: AccessRule,
    certificatePem: string,
    at: Date,
    from: string,
    say: (verdict: Verdict, reason: string) => Judged,
): Judged {
    const commonName = commonNameOf(certificatePem);
    if (rule.cns.length > 0 && (commonName === undefined || !rule.cns.includes(commonName))) {
        return say(
            "refused",
            `the certificate's CN ${commonName ?? "(none)"} is not among ${rule.cns.join(", ")}`,
        );
    }
    const failures: string[] = [];
    let undetermined: Authority | undefined;
    for (const authority of rule.authorities) {
        if (authority.gone === true) {
            failures.push(`${authority.id} is no longer on the account`);
            continue;
        }
        if (authority.certificatePem === undefined) {
            undetermined = authority;
            continue;
        }
        const { trusted, reason } = verifyClientCertificate(certificatePem, authority.certificatePem, at);
        if (trusted) return say("admitted", `a certificate of ${authority.id}, ${from}`);
        failures.push(`${authority.id}: ${reason ?? "not trusted"}`);
    }
    if (undetermined !== undefined) {
        return say("undetermined", `the certificate of ${undetermined.id} is not known here`);
    }
    return say("refused", failures.join("; "));
}
