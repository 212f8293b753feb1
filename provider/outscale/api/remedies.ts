/** What to do about each error that the OUTSCALE API is known to answer with. */
import type { CertificateSummary } from "./identity";

/** What is known at the moment of the refusal. */
export interface Circumstances {
    readonly status: number;
    readonly apiCode: string | undefined;
    /** The client certificate presented, if any. */
    readonly certificate: CertificateSummary | undefined;
    readonly now: Date;
    /** How far this machine's clock is from the service's: positive when ahead. */
    readonly clockAheadMs: number | undefined;
}

const SUPPORT = "If no identity is admitted any more, only OUTSCALE Support can restore access.";
/** OUTSCALE accepts a call within 5 minutes of its timestamp; a minute less leaves room for the way. */
const CLOCK_TOLERANCE_MS = 4 * 60_000;

/** Source: the API's error page in the OUTSCALE user guide; codes 6, 24, 25: its page on throttling. */
export function remedyFor(circumstances: Circumstances): string {
    switch (circumstances.apiCode) {
        case "14":
        case "4":
            return unmatchedRules(circumstances);
        case "1":
            return badSignature(circumstances);
        case "5":
        case "7":
            return "Grant this call to the EIM user whose access key is used, or use a key of the account itself.";
        case "11":
            return "Do not try again: the caller is blocked for repeated failed authentications. Ask OUTSCALE Support.";
        case "13":
            return (
                "Stop everything that uses this access key, correct the secret key, and wait: after 4 failed " +
                "authentications in a row the caller is blocked for 1 minute, then longer, up to 10."
            );
        case "20":
            return "Change the expired password of the account or user in Cockpit, then run again.";
        case "6":
        case "24":
        case "25":
            return "Wait, then run again, with fewer parallel operations (`--parallel`) if it keeps happening.";
        case undefined:
        default:
            return byStatus(circumstances.status);
    }
}

function unmatchedRules({ certificate, now }: Circumstances): string {
    if (certificate === undefined) {
        return (
            "Present a client certificate (x509CertPath and x509KeyPath, or OSC_X509_CLIENT_CERT and " +
            `OSC_X509_CLIENT_KEY), or call from an address that an API access rule admits. ${SUPPORT}`
        );
    }
    const { subject, notBefore, notAfter } = certificate;
    if (notAfter < now) {
        return `Renew the client certificate: the one presented (${subject}) expired on ${notAfter.toISOString()}. ${SUPPORT}`;
    }
    if (notBefore > now) {
        return (
            `Wait, or correct this machine's clock: the client certificate presented (${subject}) is valid from ` +
            `${notBefore.toISOString()} only.`
        );
    }
    return (
        `Check the client certificate presented (${subject}): an API access rule has to name the authority that ` +
        `signed it, its CN and this machine's address where the rule lists any, and the certificate has to be made ` +
        `for client authentication. ${SUPPORT}`
    );
}

function badSignature({ clockAheadMs }: Circumstances): string {
    if (clockAheadMs !== undefined && Math.abs(clockAheadMs) > CLOCK_TOLERANCE_MS) {
        const minutes = Math.round(Math.abs(clockAheadMs) / 60_000);
        const side = clockAheadMs > 0 ? "ahead of" : "behind";
        return `Correct this machine's clock: it is ${minutes} minutes ${side} the service's.`;
    }
    return (
        "Check that the access key and secret key belong together and to the configured region, that the key is " +
        "active and has not expired, and that this machine's clock is right. Do not just try again: 4 failures in " +
        "a row block the caller."
    );
}

function byStatus(status: number): string {
    if (status === 401 || status === 403) {
        return "Check that the access key is active, and that its owner may make this call.";
    }
    if (status === 429 || status === 503) {
        return "Wait, then run again, with fewer parallel operations (`--parallel`) if it keeps happening.";
    }
    if (status === 404) return "Check the endpoint: it should be https://api.<region>.outscale.com/api/v1.";
    if (status >= 300 && status < 400) return "Check the endpoint: the OUTSCALE API itself never redirects.";
    if (status >= 500) return "Run again later; if it lasts, give the request id to OUTSCALE Support.";
    return "Correct what the service names, then run again.";
}
