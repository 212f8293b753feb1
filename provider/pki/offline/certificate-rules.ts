/** What a certificate must be by itself to stand in its tier (RFC 5280, 4): each rule names every fault it finds. */
import { bitsOf, EXTENSION, subjectKeyIdentifierOf, type ParsedCertificate } from "../parsed-certificate";
import { nameConstraintsOf } from "./name-constraints";
import { authorityRule, signCommand, type AuthorityRule, type Tier } from "./tiers";

/** What is wrong, and what to do: sentences. */
export interface Finding {
    readonly problem: string;
    readonly remedy: string;
}

/** SHA-256, SHA-384 and SHA-512 with RSA (PKCS#1 v1.5) and with ECDSA: what every TLS library verifies. */
const SIGNATURES: readonly string[] = [
    "1.2.840.113549.1.1.11",
    "1.2.840.113549.1.1.12",
    "1.2.840.113549.1.1.13",
    "1.2.840.10045.4.3.2",
    "1.2.840.10045.4.3.3",
    "1.2.840.10045.4.3.4",
];
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** Critical extensions that are evaluated here, or constrain nothing that is decided here. */
const UNDERSTOOD: readonly string[] = [
    EXTENSION.keyUsage,
    EXTENSION.subjectAltName,
    EXTENSION.basicConstraints,
    EXTENSION.nameConstraints,
    EXTENSION.crlDistributionPoints,
    EXTENSION.certificatePolicies,
    EXTENSION.extendedKeyUsage,
];

/** Bits of keyUsage (RFC 5280, 4.2.1.3). */
export const USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;
/** Purposes of extendedKeyUsage, by their usual names. */
export const PURPOSE = {
    serverAuth: "1.3.6.1.5.5.7.3.1",
    clientAuth: "1.3.6.1.5.5.7.3.2",
    any: "2.5.29.37.0",
} as const;

/** The faults of one certificate, apart from its request, its issuer and the time. */
export function faultsOf(certificate: ParsedCertificate, tier: Tier): readonly Finding[] {
    const rule = authorityRule(tier);
    const problems = [
        ...weaknesses(certificate),
        ...(rule === undefined ? serverFaults(certificate) : authorityFaults(certificate, tier, rule)),
    ];
    return problems.map((problem) => ({ problem, remedy: remedyFor(tier) }));
}

/** The remedy of whatever only a new certificate mends. */
export function remedyFor(tier: Tier): string {
    return tier === "root"
        ? `Give another root, or make one: ${signCommand(tier)}.`
        : `Sign the request again: ${signCommand(tier)}.`;
}

/** A weak key, a weak signature, a serial number or a critical extension that verifiers refuse: sentences. */
export function weaknesses({ extensions, publicKey, signatureAlgorithm, x509 }: ParsedCertificate): string[] {
    const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
    const strong =
        publicKey.asymmetricKeyType === "rsa"
            ? (modulusLength ?? 0) >= 2048
            : CURVES.includes(namedCurve ?? "");
    const unknown = [...extensions].filter(([id, { critical }]) => critical && !UNDERSTOOD.includes(id));
    return [
        ...(strong ? [] : ["Its key is none of RSA from 2048 bits on, P-256, P-384 and P-521."]),
        ...(SIGNATURES.includes(signatureAlgorithm)
            ? []
            : [`It is signed by an algorithm (${signatureAlgorithm}) other than RSA or ECDSA with SHA-2.`]),
        ...(/^(?!0+$)[0-9A-F]{1,40}$/i.test(x509.serialNumber)
            ? []
            : ["Its serial number is not a positive number of at most 20 octets."]),
        ...unknown.map(([id]) => `It has a critical extension (${id}) that is not understood here.`),
    ];
}

function authorityFaults(certificate: ParsedCertificate, tier: Tier, rule: AuthorityRule): string[] {
    const { subject, extensions } = certificate;
    return [
        // An empty SEQUENCE has two octets.
        ...(subject.length > 2 ? [] : ["Its subject is empty, which an authority's must not be."]),
        ...basicFaults(certificate, rule),
        ...authorityUsageFaults(certificate, tier),
        ...(subjectKeyIdentifierOf(certificate) === undefined ? ["It has no subjectKeyIdentifier."] : []),
        ...(extensions.get(EXTENSION.nameConstraints)?.critical === false
            ? ["Its name constraints are not marked critical, so that some verifiers pass over them."]
            : []),
        ...(constraintsOf(certificate)?.directory === true
            ? ["Its name constraints bound directory names, which is not evaluated here."]
            : []),
    ];
}

function basicFaults({ basicConstraints }: ParsedCertificate, rule: AuthorityRule): string[] {
    if (basicConstraints?.ca !== true) return ["Its basicConstraints do not say CA:TRUE."];
    const { critical, pathLength } = basicConstraints;
    const wanted = `${rule.pathLength}${rule.orMore ? " or more, or none" : ""}`;
    const fits = rule.orMore ? (pathLength ?? Infinity) >= rule.pathLength : pathLength === rule.pathLength;
    return [
        ...(critical ? [] : ["Its basicConstraints are not marked critical."]),
        ...(fits ? [] : [`Its path length is ${pathLength ?? "not limited"}; it must be ${wanted}.`]),
    ];
}

function authorityUsageFaults(certificate: ParsedCertificate, tier: Tier): string[] {
    const { keyUsage, extendedKeyUsage = [PURPOSE.any], extensions } = certificate;
    if (keyUsage === undefined) return ["It has no keyUsage; an authority's says keyCertSign and cRLSign."];
    const { keyCertSign, cRLSign, digitalSignature } = USAGE;
    // A root that signs no revocation list is what others may have made it; those below are made for this.
    const needed: Readonly<Record<string, number>> =
        tier === "root" ? { keyCertSign } : { keyCertSign, cRLSign };
    const others = [...keyUsage].filter(
        (bit) => ![keyCertSign, cRLSign, digitalSignature].includes(bit as 0),
    );
    const serves =
        extendedKeyUsage.includes(PURPOSE.any) ||
        (extendedKeyUsage.includes(PURPOSE.serverAuth) && extendedKeyUsage.includes(PURPOSE.clientAuth));
    return [
        ...(extensions.get(EXTENSION.keyUsage)?.critical === true
            ? []
            : ["Its keyUsage is not marked critical."]),
        ...Object.entries(needed)
            .filter(([, bit]) => !keyUsage.has(bit))
            .map(([name]) => `Its keyUsage lacks ${name}.`),
        ...(tier !== "root" && others.length > 0
            ? ["Its keyUsage allows more than keyCertSign, cRLSign and digitalSignature."]
            : []),
        ...(serves ? [] : ["Its extendedKeyUsage leaves out serverAuth or clientAuth for all below it."]),
    ];
}

function serverFaults(certificate: ParsedCertificate): string[] {
    const { basicConstraints, keyUsage, extendedKeyUsage = [], extensions } = certificate;
    return [
        ...(basicConstraints?.ca === true ? ["It is an authority's (CA:TRUE)."] : []),
        ...(keyUsage?.has(USAGE.digitalSignature) === true ? [] : ["Its keyUsage lacks digitalSignature."]),
        ...(keyUsage?.has(USAGE.keyCertSign) === true ? ["Its keyUsage has keyCertSign."] : []),
        ...(["serverAuth", "clientAuth"] as const)
            .filter((name) => !extendedKeyUsage.includes(PURPOSE[name]))
            .map((name) => `Its extendedKeyUsage lacks ${name}.`),
        ...(bitsOf(extensions.get(EXTENSION.netscapeCertType)) === undefined
            ? []
            : ["It has a Netscape certificate type."]),
    ];
}

/** The name constraints of an authority; undefined without any. Throws where they are malformed. */
export function constraintsOf({ extensions }: ParsedCertificate) {
    const extension = extensions.get(EXTENSION.nameConstraints);
    return extension === undefined ? undefined : nameConstraintsOf(extension.value);
}
