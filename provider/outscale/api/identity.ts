/** What a caller presents besides its access key: a client certificate, or none. */
import { createHash, X509Certificate } from "node:crypto";

/** A client certificate, followed by its intermediates if any, and its unencrypted private key. */
export interface ClientCertificate {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

/** One way of presenting oneself to the API. */
export interface Identity {
    readonly certificate?: ClientCertificate;
    /** Equal for equal identities; reveals nothing of the key. */
    readonly key: string;
}

export function identityOf(certificate: ClientCertificate | undefined): Identity {
    if (certificate === undefined) return { key: "no certificate" };
    const { certificatePem, privateKeyPem } = certificate;
    const key = createHash("sha256").update(`${certificatePem}\0${privateKeyPem}`).digest("hex");
    return { certificate, key };
}

/** What may be told of a presented certificate. */
export interface CertificateSummary {
    /** The subject on one line, for example `CN=alice, O=Example`. */
    readonly subject: string;
    readonly notBefore: Date;
    readonly notAfter: Date;
}

/** Nothing where there is no certificate, or none that can be read. */
export function summarise(certificate: ClientCertificate | undefined): CertificateSummary | undefined {
    if (certificate === undefined) return undefined;
    try {
        const leaf = new X509Certificate(certificate.certificatePem);
        return {
            subject: leaf.subject.replaceAll("\n", ", "),
            notBefore: new Date(leaf.validFrom),
            notAfter: new Date(leaf.validTo),
        };
    } catch {
        return undefined;
    }
}
