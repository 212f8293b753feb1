/** How a signed call travels: the interface that the client sends through. */
import type { ClientCertificate } from "./identity";

/** One try of a call, ready to be sent by POST. */
export interface TransportRequest {
    /** The call's name, for logs and stand-ins; the URL has it as well. */
    readonly call: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** From the start of the connection to the last byte of the answer. */
    readonly timeoutMs: number;
}

/** Who the connection speaks as, and whom it trusts. */
export interface TransportTls {
    readonly certificate?: ClientCertificate;
    /** The authorities trusted for the endpoint, in place of the system's. */
    readonly caPem?: string;
}

export interface TransportAnswer {
    readonly status: number;
    /** By lower-case name. */
    readonly headers?: Readonly<Record<string, string | undefined>>;
    readonly body: string;
}

/** Sends one try. It rejects with `TransportFailure` where no whole answer came; any other error is passed on as is. */
export interface Transport {
    send(request: TransportRequest, tls: TransportTls): Promise<TransportAnswer>;
}
