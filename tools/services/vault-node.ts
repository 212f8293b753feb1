/** One node of a test's cluster: the server on a loopback address of its own, from the configuration of real nodes. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { join } from "node:path";
import { PLACEHOLDERS } from "../../components/vault-cluster/node/server-config";
import { PORTS } from "../../components/vault-cluster/node/settings";
import type { VaultProgram } from "./openbao";
import { startServer, type RunningServer } from "./server";
import type { ClusterTls } from "./vault-tls";

export interface NodeOptions {
    readonly program: VaultProgram;
    /** Its id in Raft, in the form of an instance's. */
    readonly id: string;
    /** On loopback, as 127.9.0.1. */
    readonly address: string;
    /** A folder for its configuration and data. */
    readonly directory: string;
    /** The configuration with its placeholders; `data` in it is this node's own. */
    readonly configuration: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly tls: ClusterTls;
}

/** An answer of a server: its status and the text of it. */
export interface Answer {
    readonly status: number;
    readonly text: string;
}

export interface AskOptions {
    readonly token?: string;
    readonly body?: unknown;
    /** Milliseconds; 10,000 unless given. */
    readonly limit?: number;
    /** The API's unless given. */
    readonly port?: number;
    /** PEM, for who signs in by one. */
    readonly client?: { readonly certificate: string; readonly privateKey: string };
}

/** One call below `/v1/`, over TLS that is verified by the cluster's authority and the name in its certificates. */
export type Ask = (method: string, path: string, options?: AskOptions) => Promise<Answer>;

export interface ClusterNode {
    readonly id: string;
    readonly address: string;
    /** `https://<address>:8200`. */
    readonly url: string;
    readonly directory: string;
    /** Of the server, and of the last one where it is down. */
    readonly process: () => RunningServer;
    readonly isRunning: () => boolean;
    /** Starts the server on what is there, and waits until it answers, sealed or not. */
    readonly start: () => Promise<void>;
    /** SIGKILL: gone at once, as an instance whose power is cut. */
    readonly kill: () => Promise<void>;
    /** SIGINT, as its unit has it, until it is gone. */
    readonly stop: () => Promise<void>;
    /** Kills it and removes its data, as an instance that is terminated. */
    readonly destroy: () => Promise<void>;
    readonly ask: Ask;
    /** The status of `sys/health`: 200 active, 429 standby, 501 not initialised, 503 sealed; 0 without an answer. */
    readonly health: () => Promise<number>;
}

export function clusterNode(options: NodeOptions): ClusterNode {
    const { program, id, address, directory, tls } = options;
    const configuration = join(directory, "server.hcl");
    mkdirSync(join(directory, "data"), { recursive: true });
    // As the boot program does it.
    writeFileSync(
        configuration,
        options.configuration.replaceAll(PLACEHOLDERS.address, address).replaceAll(PLACEHOLDERS.nodeId, id),
    );
    const ask: Ask = (method, path, asked) => askNode(address, tls, method, path, asked);
    const health = async (): Promise<number> =>
        (await ask("GET", "sys/health", { limit: 2_000 }).catch(() => ({ status: 0 }))).status;
    let server: RunningServer | undefined;
    const process = (): RunningServer => {
        if (server === undefined) throw new Error(`${id} has not been started yet`);
        return server;
    };
    const end = async (signal: NodeJS.Signals): Promise<void> => {
        if (server?.isRunning() === true) await server.end(signal);
    };
    return {
        ...{ id, address, directory, ask, health, process },
        url: `https://${address}:${PORTS.api}`,
        isRunning: () => server?.isRunning() === true,
        start: async () => {
            server = await startServer({
                command: program.command,
                args: ["server", `-config=${configuration}`],
                environment: options.environment,
                cwd: directory,
                isReady: async () => (await health()) > 0,
            });
        },
        kill: () => end("SIGKILL"),
        stop: () => end("SIGINT"),
        destroy: async () => {
            await end("SIGKILL");
            rmSync(directory, { recursive: true, force: true });
        },
    };
}

function askNode(
    address: string,
    tls: ClusterTls,
    method: string,
    path: string,
    { token, body, limit = 10_000, port = PORTS.api, client }: AskOptions = {},
): Promise<Answer> {
    const options: RequestOptions = {
        host: address,
        port,
        path: `/v1/${path}`,
        method,
        ca: tls.authorities,
        servername: tls.serverName,
        // Each call on a connection of its own, as a client behind a load balancer that has lost a node.
        agent: false,
        signal: AbortSignal.timeout(limit),
        headers: token === undefined ? {} : { "X-Vault-Token": token },
        ...(client && { cert: client.certificate, key: client.privateKey }),
    };
    return new Promise((resolve, reject) => {
        const outgoing = request(options, (response) => {
            let text = "";
            response.setEncoding("utf8").on("data", (part: string) => (text += part));
            response.on("error", reject);
            response.on("end", () => {
                resolve({ status: response.statusCode ?? 0, text });
            });
        });
        outgoing.on("error", reject);
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
