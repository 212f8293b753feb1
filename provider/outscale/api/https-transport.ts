/** The transport over node:https: connections kept alive for each TLS identity, one deadline for each try. */
import { Agent } from "node:https";
import { createSecureContext } from "node:tls";
import { PortcullisError } from "../../errors";
import { exchange } from "../../https/exchange";
import { identityOf } from "./identity";
import type { Transport, TransportTls } from "./transport";

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
        send: async ({ url, headers, body, timeoutMs }, tls) => {
            const agent = agentFor(tls);
            return await exchange({
                ...{ method: "POST", url, headers, body, timeoutMs, agent },
                maxAnswerBytes: MAX_ANSWER_BYTES,
            });
        },
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
