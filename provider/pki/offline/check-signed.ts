/** Whether certificates that were signed away from the platform are exactly the expected ones: a pure decision. */
import { PortcullisError } from "../../errors";
import { isMalformed } from "../der";
import {
    authorityKeyIdentifierOf,
    parseCertificate,
    subjectKeyIdentifierOf,
    type ParsedCertificate,
} from "../parsed-certificate";
import { invalidInput, normalisePem, refusePrivateKey } from "../pem";
import { answeredRequest, listed, namesOf, spki } from "./answered-request";
import { constraintsOf, faultsOf, remedyFor, type Finding } from "./certificate-rules";
import { NO_NAMES } from "./general-names";
import { boundsAddresses } from "./ip-ranges";
import { isInSubtree, namesOutside } from "./name-constraints";
import type { Tier } from "./tiers";

/** One certificate as it was given, and what it must be. */
export interface ExpectedCertificate {
    readonly tier: Tier;
    /** The input property that holds it, named in faults, as `signed.intermediate`. */
    readonly property: string;
    /** The text given: one certificate, PEM. */
    readonly pem: string;
    /**
     * The requests (PKCS#10, PEM) of which it may be the answer, the present one first. Not compared unless given: a
     * root has none, and a preview may not know them yet.
     */
    readonly requests?: readonly string[] | undefined;
    /**
     * For an authority: it must be constrained to these DNS domains, or to less, and to some IP ranges, or none. Any
     * constraint will do unless given.
     */
    readonly permittedDnsDomains?: readonly string[] | undefined;
    /** For an authority: DNS domains under which it will issue, which no constraint may exclude. */
    readonly issuesFor?: readonly string[] | undefined;
}

/** A finding about one of the certificates. */
export interface SignedFinding extends Finding {
    readonly tier: Tier;
    readonly property: string;
}

export interface SignedVerdict {
    /** What is refused, all of it; empty where the certificates are as expected. */
    readonly faults: readonly SignedFinding[];
    /** What holds now, and has to be seen to: a certificate that ends soon, or answers a former request. */
    readonly warnings: readonly SignedFinding[];
    /** The certificates that could be read, by tier, in their one normal form. */
    readonly certificates: Readonly<Partial<Record<Tier, string>>>;
    /** Which of its requests each certificate answers, by tier: an index. */
    readonly answered: Readonly<Partial<Record<Tier, number>>>;
}

const DAY = 86_400_000;
/** How long before its end a certificate is warned about: a signature of the root takes a meeting, a server's an hour. */
const WARNED_BEFORE: Readonly<Record<Tier, number>> = {
    root: 180 * DAY,
    intermediate: 90 * DAY,
    issuer: 30 * DAY,
    server: 30 * DAY,
};

/** Which tier signs each; the root signs itself. */
export const SIGNED_BY = {
    root: "root",
    intermediate: "root",
    issuer: "intermediate",
    server: "intermediate",
} as const satisfies Readonly<Record<Tier, Tier>>;

const FORMER: Finding = {
    problem: "It answers the former request; the present one is not signed yet.",
    remedy: "Sign the present request, and give its certificate in the place of this one.",
};

interface Read extends ExpectedCertificate {
    readonly certificate: ParsedCertificate;
}

/**
 * Decides whether each text is the expected certificate: nothing else and no private key in the text, for the key (and,
 * for a server, the names) of a request, of its tier's kind, issued by the tier above where that is given too, within
 * the name constraints above it, valid now and no longer than its issuer. Nothing is thrown; every fault is named.
 *
 * @param expected at most one of each tier, in any order
 */
export function checkSigned(expected: readonly ExpectedCertificate[], now: Date): SignedVerdict {
    const faults: SignedFinding[] = [];
    const warnings: SignedFinding[] = [];
    const answered: Partial<Record<Tier, number>> = {};
    const read = new Map<Tier, Read>();
    for (const one of expected) {
        const { tier, property } = one;
        const guarded = guard(property, tier, () => {
            refusePrivateKey(one.pem, property);
            return parseCertificate(one.pem, property);
        });
        if ("refused" in guarded) faults.push(guarded.refused);
        else read.set(tier, { ...one, certificate: guarded.value });
    }
    for (const one of read.values()) {
        const { tier, property, certificate } = one;
        const named = (finding: Finding): SignedFinding => ({ tier, property, ...finding });
        const guarded = guard(property, tier, () => {
            const request = answeredRequest(certificate, tier, one.requests);
            const index = request.index;
            if (index !== undefined) answered[tier] = index;
            if (index !== undefined && index > 0) warnings.push(named(FORMER));
            return [
                ...request.findings,
                ...faultsOf(certificate, tier),
                ...domainFaults(one),
                ...issuerFaults(one, read),
                ...constraintFaults(one, read),
            ];
        });
        if ("refused" in guarded) faults.push(guarded.refused);
        else faults.push(...guarded.value.map(named));
        faults.push(...validityFaults(certificate, tier, now).map(named));
        warnings.push(...endingSoon(certificate, tier, now).map(named));
    }
    faults.push(...sharedKeys([...read.values()]));
    const certificates = Object.fromEntries(
        [...read].map(([tier, { pem }]): [string, string] => [tier, normalisePem(pem)]),
    );
    return { faults, warnings, certificates, answered };
}

/**
 * Throws all the faults of a verdict as one error; its property is the first fault's.
 *
 * @throws PortcullisError `InvalidInput`
 */
export function refuseFaults({ faults }: Pick<SignedVerdict, "faults">): void {
    const [first, ...rest] = faults;
    if (first === undefined) return;
    if (rest.length === 0) throw invalidInput(first.property, first.problem, first.remedy);
    const all = faults.map(({ property, problem }) => `${property}: ${problem}`);
    throw new PortcullisError({
        code: "InvalidInput",
        property: first.property,
        problem: all.join(" "),
        remedy: [...new Set(faults.map(({ remedy }) => remedy))].join(" "),
    });
}

type Guarded<T> = { readonly value: T } | { readonly refused: SignedFinding };

/** The value, or what was refused on the way to it; a malformed extension, too, is a fault and no failure. */
function guard<T>(property: string, tier: Tier, work: () => T): Guarded<T> {
    try {
        return { value: work() };
    } catch (error) {
        if (error instanceof PortcullisError) {
            const problem = error.problem.replace(`${property}: `, "");
            return { refused: { tier, property, problem, remedy: error.remedy } };
        }
        if (!isMalformed(error)) throw error;
        const problem = "One of its extensions breaks the rules of its encoding (DER).";
        return { refused: { tier, property, problem, remedy: remedyFor(tier) } };
    }
}

function domainFaults({ tier, certificate, permittedDnsDomains: wanted }: Read): readonly Finding[] {
    if (tier === "server" || wanted === undefined) return [];
    const constraints = constraintsOf(certificate);
    const permitted = constraints?.permittedDns;
    const remedy = remedyFor(tier);
    if (constraints === undefined || permitted === undefined) {
        return [{ problem: `It is not constrained to DNS names in ${wanted.join(", ")}.`, remedy }];
    }
    const wide = permitted.filter(
        (domain) => !wanted.some((tree) => isInSubtree(domain.replace(/^\./, ""), tree)),
    );
    return [
        ...(wide.length === 0
            ? []
            : [{ problem: `Its name constraints permit more than was asked for: ${listed(wide)}.`, remedy }]),
        ...(boundsAddresses(constraints.permittedIps, constraints.excludedIps)
            ? []
            : [{ problem: "Its name constraints leave every IP address open.", remedy }]),
    ];
}

function issuerFaults({ tier, certificate }: Read, read: ReadonlyMap<Tier, Read>): readonly Finding[] {
    const remedy = remedyFor(tier);
    if (tier === "root") {
        const { issuer, subject, publicKey, x509 } = certificate;
        const keyId = authorityKeyIdentifierOf(certificate);
        const own = keyId === undefined || keyId === subjectKeyIdentifierOf(certificate);
        return issuer.equals(subject) && own && x509.verify(publicKey)
            ? []
            : [{ problem: "It is not self-signed, so it is no root.", remedy }];
    }
    const by = read.get(SIGNED_BY[tier]);
    return by === undefined
        ? []
        : issuedBy(certificate, by).map((problem) => ({
              problem,
              remedy: `${remedy.slice(0, -1)}, by the key of ${by.property}; or correct ${by.property}.`,
          }));
}

function issuedBy(certificate: ParsedCertificate, by: Read): readonly string[] {
    const issuer = by.certificate;
    if (!certificate.issuer.equals(issuer.subject)) {
        return [`It was not issued by ${by.property}: it names another issuer.`];
    }
    if (!certificate.x509.verify(issuer.publicKey)) {
        return [`It was not issued by ${by.property}: its signature is not by that key.`];
    }
    const keyId = authorityKeyIdentifierOf(certificate);
    const named = keyId !== undefined && keyId === subjectKeyIdentifierOf(issuer);
    return [
        ...(named ? [] : [`It does not name the key of ${by.property} (authorityKeyIdentifier).`]),
        ...(certificate.subject.equals(issuer.subject) ? [`It has the same subject as ${by.property}.`] : []),
        ...(certificate.notAfter > issuer.notAfter
            ? [`It ends on ${iso(certificate.notAfter)}, after ${by.property} (${iso(issuer.notAfter)}).`]
            : []),
    ];
}

/** Names outside the constraints of any authority above; an authority's are those it will issue for. */
function constraintFaults(one: Read, read: ReadonlyMap<Tier, Read>): readonly Finding[] {
    const { tier, certificate, issuesFor = [] } = one;
    const isServer = tier === "server";
    const names = isServer ? namesOf(certificate.extensions) : { ...NO_NAMES, dnsNames: issuesFor };
    return above(one, read).flatMap((authority) => {
        const constraints = constraintsOf(authority.certificate);
        const outside = constraints === undefined ? [] : namesOutside(constraints, names);
        if (outside.length === 0) return [];
        const whose =
            authority === one ? "its own name constraints" : `the constraints of ${authority.property}`;
        const what = isServer ? "It has names outside" : "It is to issue for names outside";
        return [
            {
                problem: `${what} ${whose}: ${listed(outside)}.`,
                remedy: "Leave them out, or widen the constraints.",
            },
        ];
    });
}

/** The authorities that bound a certificate: itself where it is one, and those above it that were given. */
function above(one: Read, read: ReadonlyMap<Tier, Read>): readonly Read[] {
    const issuer = one.tier === "root" ? undefined : read.get(SIGNED_BY[one.tier]);
    const own = one.tier === "server" ? [] : [one];
    return issuer === undefined ? own : [...own, ...above(issuer, read)];
}

function validityFaults(certificate: ParsedCertificate, tier: Tier, now: Date): readonly Finding[] {
    const { notBefore, notAfter } = certificate;
    if (!(now >= notBefore)) {
        return [
            {
                problem: `It is not valid before ${iso(notBefore)} (it is ${iso(now)}).`,
                remedy: "Wait until then, or correct the clock that was wrong.",
            },
        ];
    }
    if (now < notAfter) return [];
    return [{ problem: `It expired on ${iso(notAfter)} (it is ${iso(now)}).`, remedy: remedyFor(tier) }];
}

/**
 * A warning where a certificate ends soon. Its beginning may precede its issuer's, as that of every certificate does
 * whose issuer was renewed with the same key.
 */
function endingSoon({ notAfter }: ParsedCertificate, tier: Tier, now: Date): readonly Finding[] {
    const left = notAfter.getTime() - now.getTime();
    if (left <= 0 || left > WARNED_BEFORE[tier]) return [];
    const days = Math.floor(left / DAY);
    const problem = `It ends on ${iso(notAfter)}, in ${days} ${days === 1 ? "day" : "days"}.`;
    return [{ problem, remedy: remedyFor(tier) }];
}

function sharedKeys(read: readonly Read[]): readonly SignedFinding[] {
    return read.flatMap((one, index) => {
        const other = read
            .slice(0, index)
            .find(({ certificate }) => spki(certificate).equals(spki(one.certificate)));
        if (other === undefined) return [];
        const problem = `It has the same key as ${other.property}.`;
        const remedy = "Give each its own key.";
        return [{ tier: one.tier, property: one.property, problem, remedy }];
    });
}

function iso(time: Date): string {
    return time.toISOString().replace(".000", "");
}
