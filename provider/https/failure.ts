/** Why a try over HTTPS brought no whole answer, and whether it may have been carried out all the same. */

/** Why no answer came. */
export type TransportReason =
    /** The connection broke. */
    | "reset"
    /** The time allowed ran out. */
    | "timeout"
    /** Nothing listens there, or no route leads there. */
    | "refused"
    /** The name has no address. */
    | "unknownHost"
    /** The server's certificate was not accepted here. */
    | "untrustedServer"
    /** The server ended the handshake over the client certificate. */
    | "clientCertificateRefused"
    /** Anything else in the connection or its TLS. */
    | "other";

/** A try that brought no whole answer. It never holds headers, bodies or keys. */
export class TransportFailure extends Error {
    constructor(
        public readonly reason: TransportReason,
        /** Whether the request may have reached the service, and so may have been carried out. */
        public readonly maySent: boolean,
        /** The platform's error code, for example `ECONNRESET`. */
        public readonly systemCode?: string,
    ) {
        super(systemCode === undefined ? reason : `${reason} (${systemCode})`);
        this.name = "TransportFailure";
    }
}

const RESET = ["ECONNRESET", "EPIPE", "ECONNABORTED", "HPE_INVALID_EOF_STATE"];
const REFUSED = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EHOSTDOWN", "ENETDOWN"];
const UNTRUSTED = [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_SIGNATURE_FAILURE",
    "CERT_UNTRUSTED",
    "CERT_REJECTED",
    "CERT_REVOKED",
    "CERT_CHAIN_TOO_LONG",
    "INVALID_CA",
    "INVALID_PURPOSE",
    "HOSTNAME_MISMATCH",
    "ERR_TLS_CERT_ALTNAME_INVALID",
];

/** The reason behind an error of node's sockets, names or TLS, by its code. */
export function reasonOf(systemCode: string | undefined): TransportReason {
    if (systemCode === undefined) return "other";
    if (RESET.includes(systemCode)) return "reset";
    if (systemCode === "ETIMEDOUT") return "timeout";
    if (REFUSED.includes(systemCode)) return "refused";
    if (systemCode === "ENOTFOUND" || systemCode === "EAI_AGAIN") return "unknownHost";
    if (UNTRUSTED.includes(systemCode)) return "untrustedServer";
    if (/^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/.test(systemCode))
        return "clientCertificateRefused";
    return "other";
}
