/** X.509 as the rules use it: whether a certificate is a CA, and whether a CA issued a client certificate. */
import { createHash, X509Certificate as NodeCertificate } from "node:crypto";
import * as x509 from "./x509";

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";

/** A certificate, read once. */
export interface ReadCertificate {
    /** SHA-256 of the DER: names the certificate in memories. */
    readonly digest: string;
    /** SHA-1 of the DER, lower-case hex without colons. */
    readonly fingerprint: string;
    readonly node: NodeCertificate;
    readonly notBefore: number;
    readonly notAfter: number;
    /** The common names of the subject: none, one, or in odd certificates several. */
    readonly commonNames: readonly string[];
    readonly hasClientAuth: boolean;
    readonly isCa: boolean;
    /** Why this certificate is not accepted as a CA; undefined where it is. */
    readonly caProblem: string | undefined;
}

const LIMIT = 5_000;

class Memory<T> {
    private readonly entries = new Map<string, T>();

    public get(key: string, make: () => T): T {
        const known = this.entries.get(key);
        if (known !== undefined) return known;
        if (this.entries.size >= LIMIT) this.entries.clear();
        const made = make();
        this.entries.set(key, made);
        return made;
    }
}

function caProblemOf(certificate: x509.X509Certificate): string | undefined {
    const constraints = certificate.getExtension(x509.BasicConstraintsExtension);
    if (constraints === null) return "it has no basicConstraints extension";
    if (!constraints.ca) return "its basicConstraints say CA:FALSE";
    if (!constraints.critical) return "its basicConstraints extension is not critical";
    const usages = certificate.getExtension(x509.KeyUsagesExtension);
    if (usages !== null && (usages.usages & x509.KeyUsageFlags.keyCertSign) === 0) {
        return "its keyUsage lacks keyCertSign";
    }
    return undefined;
}

function read(der: Buffer, digest: string): ReadCertificate | { readonly unreadable: string } {
    try {
        const node = new NodeCertificate(der);
        const parsed = new x509.X509Certificate(new Uint8Array(der));
        const twice = [BASIC_CONSTRAINTS, KEY_USAGE].some((type) => parsed.getExtensions(type).length > 1);
        if (twice) return { unreadable: "it repeats an extension" };
        const usage = parsed.getExtension(x509.ExtendedKeyUsageExtension);
        return {
            digest,
            fingerprint: createHash("sha1").update(der).digest("hex"),
            node,
            notBefore: parsed.notBefore.getTime(),
            notAfter: parsed.notAfter.getTime(),
            commonNames: parsed.subjectName.getField("CN"),
            hasClientAuth: usage?.usages.some((oid) => oid === CLIENT_AUTH) ?? false,
            isCa: node.ca,
            caProblem: caProblemOf(parsed),
        };
    } catch {
        return { unreadable: "it is no X.509 certificate" };
    }
}

const certificates = new Memory<ReadCertificate | { readonly unreadable: string }>();

/** The certificate of a DER, or why it cannot be read. */
export function readCertificate(der: Buffer): ReadCertificate | { readonly unreadable: string } {
    const digest = createHash("sha256").update(der).digest("base64");
    return certificates.get(digest, () => read(der, digest));
}

const ONE_CERTIFICATE = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/;

const pems = new Memory<ReadCertificate | { readonly unreadable: string }>();

/** The certificate of a PEM that holds exactly one, and nothing else; or why it cannot be read. */
export function readPem(pem: string): ReadCertificate | { readonly unreadable: string } {
    return pems.get(pem, () => {
        const base64 = ONE_CERTIFICATE.exec(pem)?.[1]?.replace(/\s/g, "");
        if (base64 === undefined) return { unreadable: "it is not one certificate in PEM" };
        const der = Buffer.from(base64, "base64");
        if (der.toString("base64") !== base64) return { unreadable: "its base64 is malformed" };
        return readCertificate(der);
    });
}

const issuances = new Memory<boolean>();

/** Names and signature: `checkIssued` compares names, key identifiers and the CA's keyUsage; `verify` the rest. */
function issuedBy(leaf: ReadCertificate, ca: ReadCertificate): boolean {
    return issuances.get(`${leaf.digest} ${ca.digest}`, () => {
        try {
            return leaf.node.checkIssued(ca.node) && leaf.node.verify(ca.node.publicKey);
        } catch {
            return false;
        }
    });
}

function validAt(certificate: ReadCertificate, now: number): boolean {
    return certificate.notBefore <= now && now <= certificate.notAfter;
}

/**
 * Whether a client certificate satisfies a CA at a moment: issued directly by it, both valid now, for clientAuth,
 * and no CA itself. Whether the service accepts intermediates, or expired CAs, is not documented: it does not here.
 */
export function satisfies(leaf: ReadCertificate, ca: ReadCertificate, now: number): boolean {
    return (
        ca.caProblem === undefined &&
        !leaf.isCa &&
        leaf.hasClientAuth &&
        validAt(leaf, now) &&
        validAt(ca, now) &&
        issuedBy(leaf, ca)
    );
}
