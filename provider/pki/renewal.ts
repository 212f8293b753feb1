/** When a certificate is due for renewal, and how its inputs are compared: pure decisions. */
import type { Same } from "../changes";
import { parseDuration, sameDuration } from "../duration";
import { parseCertificate } from "./parsed-certificate";

/** What the state of every certificate tells about it. */
export interface CertificateFacts {
    /** The certificate. */
    readonly certificatePem: string;
    /** Start of validity, ISO 8601 in UTC. */
    readonly notBefore: string;
    /** End of validity, ISO 8601 in UTC. */
    readonly notAfter: string;
    /** SHA-1 of the certificate's DER: lower-case hexadecimal without colons. */
    readonly fingerprintSha1: string;
}

export function factsOf(certificatePem: string): CertificateFacts {
    const { notBefore, notAfter, x509 } = parseCertificate(certificatePem);
    return {
        certificatePem,
        notBefore: notBefore.toISOString(),
        notAfter: notAfter.toISOString(),
        fingerprintSha1: x509.fingerprint.replaceAll(":", "").toLowerCase(),
    };
}

/** Whether the end of validity is at most `renewBefore` away. */
export function isDue(notAfter: string, renewBefore: string, now: Date): boolean {
    return now.getTime() >= Date.parse(notAfter) - parseDuration(renewBefore, "renewBefore");
}

/** Compares durations by their length, so that "24h" is "1d". */
export const sameDurations: Readonly<Record<"validity" | "renewBefore", Same>> = {
    validity: sameDuration,
    renewBefore: sameDuration,
};
