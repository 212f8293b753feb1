/** The certificates that a client can still present: its present one, and those it had before that have not ended. */
import type { Issued } from "./issue";

/** A certificate and its private key, both PEM. */
export interface Credential {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
    /** ISO 8601. */
    readonly notAfter: string;
}

/** So many at most: the present one, and those of interrupted deployments before it. */
export const CREDENTIALS_KEPT = 4;

/**
 * The present certificate first, then the former ones, newest first. A deployment that issues a new certificate goes
 * on calling with the former one until the new one is accepted, also when it was interrupted and is run again.
 */
export function credentialsAfter(
    before: readonly Credential[],
    { certificatePem, privateKeyPem, notAfter }: Issued,
    now: Date,
): Credential[] {
    const present = privateKeyPem === undefined ? [] : [{ certificatePem, privateKeyPem, notAfter }];
    const former = before.filter(
        (credential) =>
            credential.certificatePem !== certificatePem && Date.parse(credential.notAfter) > now.getTime(),
    );
    return [...present, ...former].slice(0, CREDENTIALS_KEPT);
}
