/** Decides whether what stands above the nodes' certificate carries it: each authority, and the root that it leads to. */
import { X509Certificate } from "node:crypto";
import { constraintsOf, PURPOSE, weaknesses } from "../pki/offline/certificate-rules";
import { NO_NAMES } from "../pki/offline/general-names";
import { namesOutside } from "../pki/offline/name-constraints";
import { parseCertificate, type ParsedCertificate } from "../pki/parsed-certificate";
import type { CheckFailure } from "../resource";

/** Certificates, PEM, at least one. */
type Pems = readonly [string, ...string[]];

/** The day, as refusals have it. */
export function dayOf(time: Date): string {
    return time.toISOString().slice(0, 10);
}

/**
 * What is wrong with the chain above its leaf; without its links, nothing else is judged.
 *
 * @param chain the leaf, and each issuer behind what it issued
 * @param serverName the name that the leaf is for; undefined while it is not known
 */
export function chainFailures(
    chain: Pems,
    roots: Pems,
    serverName: string | undefined,
    now: Date,
): readonly CheckFailure[] {
    const broken = brokenLink(chain, roots);
    if (broken !== undefined) return [broken];
    const above = chain.slice(1).flatMap((pem, index) => {
        const said = `Its certificate number ${index + 2}`;
        return intermediateProblems(parseCertificate(pem), index, now).map(
            (problem) => `${said}${problem}. Have that authority certified anew.`,
        );
    });
    const outside = chain.slice(1).flatMap((pem, index) => {
        if (serverName === undefined || !excludes(parseCertificate(pem), serverName)) return [];
        return `Its certificate number ${index + 2} is constrained to names without ${JSON.stringify(serverName)}. Have the leaf issued below another authority.`;
    });
    return [
        ...[...above, ...outside].map((reason) => ({ property: "certificate", reason })),
        ...rootFailures(chain, roots, now),
    ];
}

function issuers(pem: string, roots: Pems): readonly string[] {
    return roots.filter((root) => isIssuedBy(pem, root));
}

function isIssuedBy(pem: string, by: string): boolean {
    const [one, issuer] = [new X509Certificate(pem), new X509Certificate(by)];
    return one.checkIssued(issuer) && one.verify(issuer.publicKey);
}

function brokenLink(chain: Pems, roots: Pems): CheckFailure | undefined {
    const broken = chain.findIndex((pem, index) => {
        const next = chain[index + 1];
        return next === undefined ? issuers(pem, roots).length === 0 : !isIssuedBy(pem, next);
    });
    if (broken < 0) return undefined;
    return broken === chain.length - 1
        ? {
              property: "authorities",
              reason: "None of them issued the last certificate of the chain. Give the root that it leads to, and every intermediate behind the leaf.",
          }
        : {
              property: "certificate",
              reason: `Its certificate number ${broken + 1} was not issued by the one behind it. Put the leaf first, and each issuer behind what it issued.`,
          };
}

/** @param below how many authorities stand between it and the leaf */
function intermediateProblems(certificate: ParsedCertificate, below: number, now: Date): readonly string[] {
    const { extendedKeyUsage = [PURPOSE.any], basicConstraints } = certificate;
    const pathLength = basicConstraints?.pathLength ?? Infinity;
    const serves =
        extendedKeyUsage.includes(PURPOSE.any) ||
        [PURPOSE.serverAuth, PURPOSE.clientAuth].every((purpose) => extendedKeyUsage.includes(purpose));
    return [
        ...authorityProblems(certificate, now),
        ...(pathLength >= below
            ? []
            : [
                  ` has path length ${pathLength}, and ${below} ${below === 1 ? "authority stands" : "authorities stand"} below it`,
              ]),
        ...(serves ? [] : [" leaves out serverAuth or clientAuth for all below it"]),
        ...weaknesses(certificate).map((weakness) => `: ${weakness.slice(0, -1)}`),
    ];
}

function authorityProblems(certificate: ParsedCertificate, now: Date): readonly string[] {
    const { basicConstraints, notBefore, notAfter } = certificate;
    return [
        ...(basicConstraints?.ca === true ? [] : [" is no authority's (CA:TRUE)"]),
        ...(now < notBefore ? [` is not valid before ${dayOf(notBefore)}`] : []),
        ...(now < notAfter ? [] : [` ended on ${dayOf(notAfter)}`]),
    ];
}

function excludes(certificate: ParsedCertificate, name: string): boolean {
    const constraints = constraintsOf(certificate);
    return (
        constraints !== undefined && namesOutside(constraints, { ...NO_NAMES, dnsNames: [name] }).length > 0
    );
}

/** A renewed root may stand beside the former one: one of those that fit has to be in order. */
function rootFailures(chain: Pems, roots: Pems, now: Date): readonly CheckFailure[] {
    const last = chain.at(-1) ?? chain[0];
    const judged = issuers(last, roots).map((root) => authorityProblems(parseCertificate(root), now));
    const [first = []] = judged;
    if (judged.some((problems) => problems.length === 0)) return [];
    return first.map((problem) => ({
        property: "authorities",
        reason: `The root of the chain${problem}. Give the root in use.`,
    }));
}
