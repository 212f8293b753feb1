/** One HTTP exchange with a Vault server over TLS that is always verified. */
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { createSecureContext } from "node:tls";
import { PortcullisError } from "../errors";
import { reasonOf, TransportFailure } from "../outscale/api/transport";

/** A client certificate, its chain following it where it has one, and its private key: PEM. */
export interface ClientIdentity {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

export interface Exchange {
    readonly url: URL;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** From connecting to the last byte of the answer. */
    readonly timeoutMs: number;
    readonly agent: Agent;
}

export interface RawAnswer {
    readonly status: number;
    readonly body: string;
}

/** Far above any answer that is asked for here. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** Shorter than the idle time of a Network Load Balancer. */
const IDLE_MS = 60_000;

export interface AgentOptions {
    readonly identity?: ClientIdentity | undefined;
    readonly caCertificatePem?: string | undefined;
    readonly serverName?: string | undefined;
    /** Whether the connection is used again. */
    readonly keepAlive: boolean;
}

/**
 * One connection, so that calls go one after another, and behind a load balancer to the same node.
 * @throws PortcullisError `InvalidInput`, without anything of a key
 */
export function agentOf({ identity, caCertificatePem, serverName, keepAlive }: AgentOptions): Agent {
    try {
        const secureContext = createSecureContext({
            minVersion: "TLSv1.2",
            ...(identity && { cert: identity.certificatePem, key: identity.privateKeyPem }),
            ...(caCertificatePem !== undefined && { ca: caCertificatePem }),
        });
        return new Agent({
            keepAlive,
            maxSockets: 1,
            timeout: IDLE_MS,
            secureContext,
            // Said outright: NODE_TLS_REJECT_UNAUTHORIZED in the environment would otherwise switch it off.
            rejectUnauthorized: true,
            ...(serverName !== undefined && { servername: serverName }),
        });
    } catch {
        throw new PortcullisError({
            code: "InvalidInput",
            problem: "The client certificate, its private key or `caCertificatePem` cannot be used for TLS.",
            remedy: "Give them in PEM, the key unencrypted and belonging to the certificate.",
        });
    }
}

/** Sends one request. Rejects with `TransportFailure` where no whole answer comes. */
export function exchange({ url, method, headers, body, timeoutMs, agent }: Exchange): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
        const outgoing = httpsRequest(url, {
            method,
            agent,
            headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
        });
        const mayHaveLeft = watch(outgoing);
        const fail = (failure: TransportFailure): void => {
            clearTimeout(deadline);
            reject(failure);
            outgoing.destroy();
        };
        const deadline = setTimeout(() => {
            fail(new TransportFailure("timeout", mayHaveLeft()));
        }, timeoutMs);
        const failBy = (error: Error): void => {
            const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
            const reason = reasonOf(code);
            const inHandshake = reason === "clientCertificateRefused" || reason === "untrustedServer";
            fail(new TransportFailure(reason, mayHaveLeft() && !inHandshake, code));
        };
        outgoing.on("error", failBy);
        outgoing.on("response", (incoming) => {
            collect(incoming).then((text) => {
                clearTimeout(deadline);
                resolve({ status: incoming.statusCode ?? 0, body: text });
            }, failBy);
        });
        outgoing.end(body);
    });
}

/** Whether bytes of the request may have left: none do before the TLS handshake is complete. */
function watch(outgoing: ClientRequest): () => boolean {
    let sent = false;
    outgoing.on("socket", (socket) => {
        if (outgoing.reusedSocket) sent = true;
        else socket.once("secureConnect", () => (sent = true));
    });
    return () => sent;
}

async function collect(incoming: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming) {
        // Without an encoding set, a message is read as buffers.
        const bytes = chunk as Buffer;
        size += bytes.length;
        if (size > MAX_ANSWER_BYTES) throw new Error("The answer is too large.");
        chunks.push(bytes);
    }
    return Buffer.concat(chunks).toString("utf8");
}
