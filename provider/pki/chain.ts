/** Whether a client certificate was issued by an authority and holds at a moment: decided offline, synchronously. */
import { PortcullisError } from "../errors";
import { bitsOf, EXTENSION, parseCertificate, type ParsedCertificate } from "./parsed-certificate";

/** The decision; `reason` is a readable sentence, there exactly where the certificate is not trusted. */
export interface ChainVerdict {
    readonly trusted: boolean;
    readonly reason?: string;
}

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;
const SMALLEST_RSA_KEY = 2048;

/** Signature algorithms over MD5 or SHA-1, which TLS servers refuse. */
const BROKEN_SIGNATURES: ReadonlyMap<string, string> = new Map([
    ["1.2.840.113549.1.1.4", "MD5"],
    ["1.2.840.113549.1.1.5", "SHA-1"],
    ["1.2.840.10045.4.1", "SHA-1"],
    ["1.2.840.10040.4.3", "SHA-1"],
]);

/** Critical extensions that are evaluated here, or constrain nothing that is decided here. */
const UNDERSTOOD: readonly string[] = [
    EXTENSION.keyUsage,
    EXTENSION.subjectAltName,
    EXTENSION.basicConstraints,
    EXTENSION.crlDistributionPoints,
    EXTENSION.certificatePolicies,
    EXTENSION.extendedKeyUsage,
];

/**
 * Decides whether a server that trusts `authorityPem` accepts the client certificate at a moment (RFC 5280, section
 * 6, for a path of one certificate): the authority is a root and a CA, it issued the certificate directly, both are
 * valid, and the certificate is one for TLS clients.
 *
 * It is stricter than `openssl verify -purpose sslclient`, since an acceptance that the server does not share locks
 * its owner out: the extended key usage must be there, names must match octet for octet, basicConstraints must be
 * critical, the client must not be a CA, and SHA-1, short RSA keys and name constraints are refused. Revocation is not looked at.
 * Malformed input is not trusted; nothing is thrown.
 */
export function verifyClientCertificate(
    certificatePem: string,
    authorityPem: string,
    at: Date,
): ChainVerdict {
    try {
        const client = parseCertificate(certificatePem);
        const authority = parseCertificate(authorityPem);
        const reason = refusalOf(client, authority, at);
        return reason === undefined ? { trusted: true } : { trusted: false, reason };
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return { trusted: false, reason: error.problem };
    }
}

/**
 * Why a certificate cannot act as an authority of client certificates; undefined where it can.
 *
 * @param at the moment at which it must be valid; its validity is not looked at unless given
 * @throws PortcullisError `InvalidInput` where the text is not exactly one certificate
 */
export function refusalOfAuthority(pem: string, at?: Date): string | undefined {
    const authority = parseCertificate(pem);
    return wrongAuthority(authority) ?? (at && outsideValidity(authority, "authority", at));
}

/**
 * The subject's common name, exactly as encoded. Undefined where there is none, where there are several (servers
 * differ on which one counts, so none may be relied on), and where it is empty or holds control characters.
 *
 * @throws PortcullisError `InvalidInput` where the text is not exactly one certificate
 */
export function commonNameOf(certificatePem: string): string | undefined {
    return commonName(parseCertificate(certificatePem));
}

/**
 * The period in which a certificate is valid; the moment `notAfter` itself no longer belongs to it.
 *
 * @throws PortcullisError `InvalidInput` where the text is not exactly one certificate
 */
export function validityOf(pem: string): { readonly notBefore: Date; readonly notAfter: Date } {
    const { notBefore, notAfter } = parseCertificate(pem);
    return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
}

function refusalOf(client: ParsedCertificate, authority: ParsedCertificate, at: Date): string | undefined {
    return (
        wrongAuthority(authority) ??
        notIssuedBy(client, authority) ??
        outsideValidity(authority, "authority", at) ??
        outsideValidity(client, "client", at) ??
        wrongClient(client)
    );
}

function wrongAuthority(authority: ParsedCertificate): string | undefined {
    const { basicConstraints, keyUsage, extendedKeyUsage, extensions, x509 } = authority;
    const name = nameOf(authority, "authority");
    if (basicConstraints?.ca !== true) return `${name} is not a CA: its basicConstraints do not say CA:TRUE.`;
    if (!basicConstraints.critical) return `${name} has basicConstraints that are not marked critical.`;
    if (keyUsage?.has(KEY_CERT_SIGN) === false) {
        return `${name} may not sign certificates: its keyUsage lacks keyCertSign.`;
    }
    if (extendedKeyUsage?.includes(CLIENT_AUTH) === false) {
        return `${name} may not issue for TLS clients: its extendedKeyUsage lacks clientAuth.`;
    }
    if (extensions.has(EXTENSION.nameConstraints)) {
        return `${name} has name constraints, which are not evaluated here.`;
    }
    if (
        !authority.issuer.equals(authority.subject) ||
        !x509.checkIssued(x509) ||
        !isSignedBy(authority, authority)
    ) {
        return `${name} is not self-signed: servers that ask for a whole chain do not trust it by itself.`;
    }
    return weakness(authority, "authority");
}

/** Parsed certificates are remembered by their text, so one signature is verified once. */
const signatures = new WeakMap<ParsedCertificate, WeakMap<ParsedCertificate, boolean>>();

function isSignedBy(certificate: ParsedCertificate, authority: ParsedCertificate): boolean {
    const known = signatures.get(certificate) ?? new WeakMap<ParsedCertificate, boolean>();
    const signed = known.get(authority) ?? certificate.x509.verify(authority.publicKey);
    signatures.set(certificate, known.set(authority, signed));
    return signed;
}

function notIssuedBy(client: ParsedCertificate, authority: ParsedCertificate): string | undefined {
    const by = nameOf(authority, "authority");
    const name = nameOf(client, "client");
    if (!client.issuer.equals(authority.subject)) {
        return `${name} was not issued by ${lower(by)}: it names another issuer.`;
    }
    // The names are equal here, so what is left to it are the key identifiers.
    if (!client.x509.checkIssued(authority.x509)) {
        return `${name} was not issued by ${lower(by)}: it names an issuer of that name with another key.`;
    }
    if (!isSignedBy(client, authority)) {
        return `${name} was not issued by ${lower(by)}: its signature is not by that authority's key.`;
    }
    return undefined;
}

function wrongClient(client: ParsedCertificate): string | undefined {
    const name = nameOf(client, "client");
    if (client.basicConstraints?.ca === true) return `${name} is itself a CA.`;
    if (client.extendedKeyUsage === undefined) {
        return `${name} is not marked for TLS clients: it has no extendedKeyUsage.`;
    }
    if (!client.extendedKeyUsage.includes(CLIENT_AUTH)) {
        return `${name} is not for TLS clients: its extendedKeyUsage lacks clientAuth.`;
    }
    if (client.keyUsage?.has(DIGITAL_SIGNATURE) === false) {
        return `${name} cannot be used in a TLS handshake: its keyUsage lacks digitalSignature.`;
    }
    if (bitsOf(client.extensions.get(EXTENSION.netscapeCertType))?.has(0) === false) {
        return `${name} is not for TLS clients: its Netscape certificate type lacks "SSL client".`;
    }
    return weakness(client, "client");
}

function outsideValidity(certificate: ParsedCertificate, role: Role, at: Date): string | undefined {
    const { notBefore, notAfter } = certificate;
    // Written so that an invalid date is never within the validity.
    if (!(at >= notBefore)) {
        return `${nameOf(certificate, role)} is not valid before ${iso(notBefore)} (it is ${iso(at)}).`;
    }
    if (!(at < notAfter)) {
        return `${nameOf(certificate, role)} expired on ${iso(notAfter)} (it is ${iso(at)}).`;
    }
    return undefined;
}

const RSA_PSS = "1.2.840.113549.1.1.10";

/** P-256, P-384 and P-521 by OpenSSL's names. */
const STRONG_CURVES = ["prime256v1", "secp384r1", "secp521r1"];

function weakness(certificate: ParsedCertificate, role: Role): string | undefined {
    const name = nameOf(certificate, role);
    const digest = BROKEN_SIGNATURES.get(certificate.signatureAlgorithm);
    if (certificate.signatureAlgorithm === RSA_PSS) {
        return `${name} is signed with RSA-PSS, whose digest is not looked at here.`;
    }
    if (digest !== undefined) return `${name} is signed with ${digest}, which TLS servers refuse.`;
    const { modulusLength: bits, namedCurve } = certificate.publicKey.asymmetricKeyDetails ?? {};
    if (namedCurve !== undefined && !STRONG_CURVES.includes(namedCurve)) {
        return `${name} has a key on the curve ${namedCurve}, which TLS servers may refuse.`;
    }
    if (bits !== undefined && bits < SMALLEST_RSA_KEY) {
        return `${name} has a key of ${bits} bits, which TLS servers refuse.`;
    }
    for (const [id, { critical }] of certificate.extensions) {
        if (critical && !UNDERSTOOD.includes(id)) {
            return `${name} has a critical extension (${id}) that is not understood here.`;
        }
    }
    return undefined;
}

type Role = "authority" | "client";

function nameOf(certificate: ParsedCertificate, role: Role): string {
    const given = commonName(certificate) ?? certificate.x509.fingerprint.replaceAll(":", "").toLowerCase();
    return `${role === "authority" ? "The authority" : "The client certificate"} ${JSON.stringify(given)}`;
}

function lower(name: string): string {
    return name.replace(/^The/, "the");
}

function commonName({ commonNames }: ParsedCertificate): string | undefined {
    const [name, another] = commonNames;
    return name === undefined || another !== undefined || /^$|[\0-\x1f\x7f]/.test(name) ? undefined : name;
}

function iso(time: Date): string {
    return Number.isNaN(time.getTime()) ? "an invalid date" : time.toISOString().replace(".000", "");
}
