/** Says in words why an endpoint could not be used, and what to do about it. */
import type { TransportFailure } from "../../https/failure";
import type { CallName } from "./calls";
import { EndpointUnreachable } from "./errors";
import { summarise, type ClientCertificate } from "./identity";

/** What was being reached, and how. */
export interface Reaching {
    readonly call: CallName;
    readonly host: string;
    readonly timeoutMs: number;
    readonly certificate: ClientCertificate | undefined;
    readonly now: Date;
}

/** What happened, as the end of a sentence. */
export function whyOf(failure: TransportFailure, { host, timeoutMs }: Reaching): string {
    switch (failure.reason) {
        case "reset":
            return `the connection to ${host} broke before the whole answer came`;
        case "timeout":
            return `${host} did not answer within ${timeoutMs / 1000} s`;
        case "refused":
            return `nothing accepts connections at ${host}`;
        case "unknownHost":
            return `the host ${host} is not known`;
        case "untrustedServer":
            return `the TLS certificate of ${host} could not be verified`;
        case "clientCertificateRefused":
            return `${host} did not accept the client certificate`;
        case "other":
            return `the connection to ${host} failed`;
    }
}

export function unreachable(failure: TransportFailure, reaching: Reaching): EndpointUnreachable {
    return new EndpointUnreachable({
        call: reaching.call,
        host: reaching.host,
        why: whyOf(failure, reaching),
        remedy: remedyOf(failure, reaching),
        certificateRefused: failure.reason === "clientCertificateRefused",
        systemCode: failure.systemCode,
    });
}

function remedyOf(failure: TransportFailure, { certificate, now }: Reaching): string {
    switch (failure.reason) {
        case "untrustedServer":
            return (
                "Where a private authority signs the endpoint's certificate, name its PEM file in `caFile` " +
                "(or OSC_CA_FILE); if the certificate is expired or for another host, check the `endpoint`."
            );
        case "clientCertificateRefused": {
            const shown = summarise(certificate);
            if (shown !== undefined && shown.notAfter < now) {
                return `Renew the client certificate: ${shown.subject} expired on ${shown.notAfter.toISOString()}.`;
            }
            return "Check the client certificate (x509CertPath and x509KeyPath, or OSC_X509_CLIENT_CERT and OSC_X509_CLIENT_KEY).";
        }
        case "unknownHost":
            return "Check the `endpoint` and the `region` (or OSC_ENDPOINT_API and OSC_REGION), and this machine's name resolution.";
        case "reset":
        case "timeout":
        case "refused":
        case "other":
            return (
                "Check the `endpoint` and the `region` (or OSC_ENDPOINT_API and OSC_REGION), and that the network, " +
                "its firewall or proxy lets this machine reach it; a private authority goes in `caFile`."
            );
    }
}
