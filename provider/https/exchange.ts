/** One HTTP exchange over an agent of node:https, with one deadline, and what its failure means. */
import type { ClientRequest, IncomingMessage } from "node:http";
import { request as httpsRequest, type Agent } from "node:https";
import { systemCodeOf } from "../system-code";
import { reasonOf, TransportFailure } from "./failure";

export interface Exchange {
    readonly url: string | URL;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** From the start of the connection to the last byte of the answer. */
    readonly timeoutMs: number;
    readonly agent: Agent;
    /** A longer answer is none. */
    readonly maxAnswerBytes: number;
}

export interface ExchangeAnswer {
    readonly status: number;
    /** By lower-case name. */
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: string;
}

/** Sends one request. Rejects with `TransportFailure` where no whole answer comes. */
export function exchange(asked: Exchange): Promise<ExchangeAnswer> {
    const { url, method, headers, body, timeoutMs, agent, maxAnswerBytes } = asked;
    return new Promise((resolve, reject) => {
        const outgoing = httpsRequest(url, {
            method,
            agent,
            headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
        });
        const maySent = watchConnection(outgoing);
        const deadline = setTimeout(() => {
            fail(new TransportFailure("timeout", maySent()));
        }, timeoutMs);
        const fail = (failure: TransportFailure): void => {
            clearTimeout(deadline);
            reject(failure);
            outgoing.destroy();
        };
        const failBy = (error: Error): void => {
            const code = systemCodeOf(error);
            const reason = reasonOf(code);
            const refusedInHandshake = reason === "clientCertificateRefused" || reason === "untrustedServer";
            fail(new TransportFailure(reason, maySent() && !refusedInHandshake, code));
        };
        outgoing.on("error", failBy);
        outgoing.on("response", (incoming) => {
            collect(incoming, maxAnswerBytes).then((answer) => {
                clearTimeout(deadline);
                resolve(answer);
            }, failBy);
        });
        outgoing.end(body);
    });
}

/** Whether bytes of the request may have left: none do before the TLS handshake is complete on this side. */
function watchConnection(outgoing: ClientRequest): () => boolean {
    let sent = false;
    outgoing.on("socket", (socket) => {
        if (outgoing.reusedSocket) {
            sent = true;
            return;
        }
        socket.once("secureConnect", () => {
            sent = true;
        });
    });
    return () => sent;
}

async function collect(incoming: IncomingMessage, maxBytes: number): Promise<ExchangeAnswer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming) {
        // Without an encoding set, a message is read as buffers.
        const bytes = chunk as Buffer;
        size += bytes.length;
        if (size > maxBytes) throw new Error("The answer is too large.");
        chunks.push(bytes);
    }
    const headers: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(incoming.headers)) {
        headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
    return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString("utf8") };
}
