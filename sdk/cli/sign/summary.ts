/** What is about to be signed, as text for the operator who decides. */
import type { KeyObject } from "node:crypto";
import { parseCertificate } from "../../../provider/pki/parsed-certificate";
import { keyAlgorithmOf } from "../../../provider/pki/keys";
import type { CertificateOrder } from "../../../provider/pki/offline/certify";
import { keyFingerprint } from "../../../provider/pki/offline/order";
import { LOOPBACK } from "../../../provider/pki/offline/ip-ranges";
import { subjectText } from "../../../provider/pki/offline/subject-text";
import { authorityRule } from "../../../provider/pki/offline/tiers";

/** One line a fact, ended by line feeds; names of the request's choice are shown with nothing in them that misleads. */
export function summary(order: CertificateOrder): string {
    const { tier, names, permittedDnsDomains, permittedIpRanges = LOOPBACK, issuerPem } = order;
    const rule = authorityRule(tier);
    const issuer = issuerPem === undefined ? undefined : parseCertificate(issuerPem);
    const listed = (list: readonly string[]): string => list.join(", ");
    const facts: readonly (readonly [string, string])[] = [
        ["tier", rule === undefined ? tier : `${tier} (an authority, path length ${rule.pathLength})`],
        ["subject", subjectText(order.subject)],
        ["key", keyText(order.publicKey)],
        ["its SHA-256", keyFingerprint(order.publicKey)],
        ...(names === undefined
            ? []
            : [["names", listed([...names.dnsNames, ...names.ipAddresses])] as const]),
        ...(rule === undefined
            ? []
            : [
                  [
                      "constrained to",
                      permittedDnsDomains === undefined
                          ? "nothing"
                          : listed([...permittedDnsDomains, ...permittedIpRanges]),
                  ] as const,
              ]),
        ["valid from", order.notBefore.toISOString()],
        ["valid until", order.notAfter.toISOString()],
        ["issuer", issuer === undefined ? "itself" : subjectText(issuer.subject)],
        ...(issuer === undefined ? [] : [["its key", keyFingerprint(issuer.publicKey)] as const]),
    ];
    const width = Math.max(...facts.map(([label]) => label.length)) + 2;
    return facts.map(([label, value]) => `  ${label.padEnd(width)}${value}\n`).join("");
}

function keyText(key: KeyObject): string {
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    return keyAlgorithmOf(key) ?? (modulusLength === undefined ? String(namedCurve) : `RSA-${modulusLength}`);
}
