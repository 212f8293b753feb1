/** The connection to a Vault server: over TLS that is always verified. */
import { Agent } from "node:https";
import { createSecureContext } from "node:tls";
import { PortcullisError } from "../errors";

/** A client certificate, its chain following it where it has one, and its private key: PEM. */
export interface ClientIdentity {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

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
