/** The transport over node:https: connections kept alive for each TLS identity, one deadline for each try. */
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { createSecureContext } from "node:tls";
import { PortcullisError } from "../../errors";
import { identityOf } from "./identity";
import {
    reasonOf,
    TransportFailure,
    type Transport,
    type TransportAnswer,
    type TransportRequest,
    type TransportTls,
} from "./transport";

/** An idle connection is closed before a server would, so that a call is seldom sent into a closing one. */
const IDLE_MS = 4_000;
/** Far above any answer of the API; what goes on beyond it is no answer. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A transport that can be closed; unclosed, its idle connections still let the process end. */
export interface HttpsTransport extends Transport {
    close(): void;
}

export function httpsTransport(): HttpsTransport {
    const agents = new Map<string, Agent>();
    const agentFor = (tls: TransportTls): Agent => {
        const key = `${identityOf(tls.certificate).key}\0${tls.caPem ?? ""}`;
        const agent = agents.get(key) ?? agentOf(tls);
        agents.set(key, agent);
        return agent;
    };
    return {
        send: async (request, tls) => await sendOnce(request, agentFor(tls)),
        close: () => {
            for (const agent of agents.values()) agent.destroy();
            agents.clear();
        },
    };
}

function agentOf({ certificate, caPem }: TransportTls): Agent {
    try {
        const secureContext = createSecureContext({
            minVersion: "TLSv1.2",
            ...(certificate && { cert: certificate.certificatePem, key: certificate.privateKeyPem }),
            ...(caPem !== undefined && { ca: caPem }),
        });
        // Said outright: NODE_TLS_REJECT_UNAUTHORIZED in the environment would otherwise switch it off.
        return new Agent({ keepAlive: true, timeout: IDLE_MS, secureContext, rejectUnauthorized: true });
    } catch {
        // The platform's error is dropped: nothing of a key may reach a log.
        throw new PortcullisError({
            code: "InvalidInput",
            problem:
                "The client certificate, its private key or the endpoint's authorities cannot be used for TLS.",
            remedy: "Give them in PEM, the key unencrypted and belonging to the certificate.",
        });
    }
}

function sendOnce(request: TransportRequest, agent: Agent): Promise<TransportAnswer> {
    return new Promise((resolve, reject) => {
        const outgoing = httpsRequest(request.url, {
            method: "POST",
            agent,
            headers: { ...request.headers, "Content-Length": Buffer.byteLength(request.body) },
        });
        const connection = watchConnection(outgoing);
        const deadline = setTimeout(() => {
            fail(new TransportFailure("timeout", connection.maySent()));
        }, request.timeoutMs);
        const fail = (failure: TransportFailure): void => {
            clearTimeout(deadline);
            reject(failure);
            outgoing.destroy();
        };
        const failBy = (error: Error): void => {
            const code = systemCodeOf(error);
            const reason = reasonOf(code);
            const refusedInHandshake = reason === "clientCertificateRefused" || reason === "untrustedServer";
            fail(new TransportFailure(reason, connection.maySent() && !refusedInHandshake, code));
        };
        outgoing.on("error", failBy);
        outgoing.on("response", (incoming) => {
            collect(incoming).then((answer) => {
                clearTimeout(deadline);
                resolve(answer);
            }, failBy);
        });
        outgoing.end(request.body);
    });
}

/** Whether bytes of the request may have left: none do before the TLS handshake is complete on this side. */
function watchConnection(outgoing: ClientRequest): { maySent(): boolean } {
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
    return { maySent: () => sent };
}

async function collect(incoming: IncomingMessage): Promise<TransportAnswer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming) {
        // Without an encoding set, a message is read as buffers.
        const bytes = chunk as Buffer;
        size += bytes.length;
        if (size > MAX_ANSWER_BYTES) throw new Error("The answer is too large.");
        chunks.push(bytes);
    }
    const headers: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(incoming.headers)) {
        headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
    return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString("utf8") };
}

function systemCodeOf(error: Error): string | undefined {
    return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
