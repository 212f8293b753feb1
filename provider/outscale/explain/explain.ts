/** Explains an account's access: whom each rule admits and why, and what would happen if something went. */
import { commonNameOf, validityOf } from "../../pki/chain";
import { fingerprintSha1 } from "../../pki/pem";
import { accountAccess, withoutAuthority, withoutRule, type ApiRule } from "../account";
import { decideAccess, type AccessRule } from "../access";
import type { ApiAccessPolicy, Ca } from "../api/objects";
import { describeRule, type ProtectedIdentity } from "../protection";
import { explainKeys } from "./keys";
import type { OwnedKey } from "../access-keys";
import { losses } from "./losses";
import type { AccessReport, AccessSource, CertificateSummary } from "./report";
import { explainPolicy } from "./trusted-session";

/** An account as far as it is known, in the API's own forms. */
export interface AccountPicture {
    readonly source: AccessSource;
    readonly rules: readonly ApiRule[];
    /** An empty `CaFingerprint` is one that is not known. A rule's authority that is not here is no longer there. */
    readonly cas: readonly Ca[];
    readonly keys?: readonly OwnedKey[] | undefined;
    readonly policy?: ApiAccessPolicy | undefined;
    /** The id of the access key that it was read with. */
    readonly callingKey?: string | undefined;
    /** What could not be read: sentences for people. */
    readonly notes: readonly string[];
}

/** Whom the report speaks of. */
export interface Asked {
    /** Each with a name of its own. */
    readonly identities: readonly ProtectedIdentity[];
    /** Certificates of authorities, PEM, besides those of the identities: matched by fingerprint. */
    readonly authorityPems: readonly string[];
}

/**
 * The report for one moment. It makes no call; every verdict is `decideAccess`'s, every loss one that the guard would
 * refuse.
 * @throws PortcullisError `InvalidInput` where an address or a certificate is none
 */
export function explainAccess(picture: AccountPicture, asked: Asked, at: Date): AccessReport {
    const { identities } = asked;
    const pems = [...asked.authorityPems, ...identities.flatMap(({ authorityPems }) => authorityPems)];
    const { rules, authority } = accountAccess(picture.rules, picture.cas, pems);
    const decided = identities.map((identity) => ({
        identity,
        decision: decideAccess(rules, identity, at),
    }));
    const lost = (after: readonly AccessRule[]) => losses(rules, after, identities, at);
    const keys = picture.keys && explainKeys(picture.keys, picture.callingKey, at);
    const unknown = picture.cas.filter(
        ({ CaId }) => authority(CaId).certificatePem === undefined && naming(rules, CaId).length > 0,
    );
    return {
        version: 1,
        source: picture.source,
        at: at.toISOString(),
        identities: decided.map(({ identity, decision }) => ({
            name: identity.name,
            sourceIp: identity.sourceIp ?? null,
            certificate: summaryOf(identity.certificatePem),
            verdict: decision.verdict,
            by: decision.by,
        })),
        rules: rules.map((rule, index) => ({
            id: rule.id,
            description: rule.description ?? "",
            caIds: rule.authorities.map(({ id }) => id),
            cns: rule.cns,
            ipRanges: rule.ipRanges,
            summary: describeRule(rule),
            verdicts: decided.flatMap(({ identity, decision }) => {
                const said = decision.rules[index];
                if (said === undefined) return [];
                return [{ identity: identity.name, verdict: said.verdict, reason: said.reason }];
            }),
            without: lost(withoutRule(rules, rule.id)),
            // A state need not hold every rule of the account.
            isLast: picture.source.kind === "account" && rules.length === 1,
        })),
        authorities: picture.cas.map((ca) => ({
            id: ca.CaId,
            description: ca.Description,
            fingerprint: ca.CaFingerprint === "" ? null : ca.CaFingerprint,
            certificate: summaryOf(authority(ca.CaId).certificatePem),
            rules: naming(rules, ca.CaId),
            without: lost(withoutAuthority(rules, ca.CaId)),
        })),
        keys: keys ?? null,
        policy: picture.policy ? explainPolicy(picture.policy, rules, keys, identities, at) : null,
        notes: [...picture.notes, ...gaps(asked, unknown)],
    };
}

function naming(rules: readonly AccessRule[], caId: string): readonly string[] {
    return rules.filter(({ authorities }) => authorities.some(({ id }) => id === caId)).map(({ id }) => id);
}

function summaryOf(pem: string | undefined): CertificateSummary | null {
    if (pem === undefined) return null;
    const { notBefore, notAfter } = validityOf(pem);
    return {
        commonName: commonNameOf(pem) ?? null,
        notBefore: notBefore.toISOString(),
        notAfter: notAfter.toISOString(),
        fingerprint: fingerprintSha1(pem),
    };
}

/** What was not given, as far as it keeps the report from saying more. */
function gaps({ identities }: Asked, unknown: readonly Ca[]): readonly string[] {
    if (identities.length === 0) {
        return [
            "No identity was given, so nobody is said to be admitted: name some (--identity, --identities).",
        ];
    }
    if (!identities.some(({ certificatePem }) => certificatePem !== undefined)) return [];
    return unknown.map(({ CaId, CaFingerprint }) => {
        const which = CaFingerprint === "" ? "" : ` (SHA-1 ${CaFingerprint})`;
        return (
            `The certificate of ${CaId}${which} is not known here, and the API never returns it: give its PEM file ` +
            `(--authority), and what rules say that name it is decided.`
        );
    });
}
