/** When a certificate is due for renewal, and which inputs of one differ by meaning: pure decisions. */
import { isDeepStrictEqual } from "node:util";
import { durationOrUndefined, parseDuration } from "../duration";
import { isKnown } from "../inputs";
import type { PlannedInputs } from "../resource";
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

/**
 * The properties whose wanted value is not that of the state: unknown, or different by meaning. Durations are
 * compared as such, so that "24h" is "1d".
 */
export function changedProperties<Inputs extends object>(
    state: Inputs,
    inputs: PlannedInputs<Inputs>,
    properties: readonly (keyof Inputs & string)[],
): readonly (keyof Inputs & string)[] {
    return properties.filter((property) => {
        const wanted: unknown = inputs[property];
        return !isKnown(wanted) || !same(state[property], wanted);
    });
}

function same(one: unknown, other: unknown): boolean {
    if (isDeepStrictEqual(one, other)) return true;
    if (typeof one !== "string" || typeof other !== "string") return false;
    const duration = durationOrUndefined(one);
    return duration !== undefined && duration === durationOrUndefined(other);
}
