/** A TLS gate before a Vault server: it lets calls through one by one, and can shut before or after any of them. */
import { createServer, request, type Server } from "node:https";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import type { Pair } from "./holders";

/** Where the gate shuts: before it passes the call on, or when it has the answer and keeps it. */
export interface Fall {
    /** Of the calls through the gate, counted from 0. */
    readonly at: number;
    readonly when: "before" | "after";
    /** Whether it stays shut until it is opened again; else only this one call is cut off. */
    readonly forGood: boolean;
}

/** One call that reached the gate. */
export interface GateCall {
    readonly method: string;
    readonly path: string;
    readonly requestBody: string;
    readonly answer: string;
}

export class VaultGate {
    readonly #server: Server;
    /** Where calls go. */
    public target = "";
    public fall: Fall | undefined;
    /** It also shuts, for good, before the first call of this path. */
    public shutBefore: string | undefined;
    public calls: GateCall[] = [];
    #isShut = false;

    /** `clients` are the only ones who may present a certificate: the gate has to present it in turn. */
    constructor(server: Pair, authorityPem: string, clients: readonly Pair[]) {
        this.#server = createServer(
            {
                cert: server.certificatePem,
                key: server.privateKeyPem,
                ca: authorityPem,
                requestCert: true,
                rejectUnauthorized: false,
            },
            (incoming, outgoing) => {
                void this.#pass(incoming, outgoing, clients);
            },
        );
    }

    public async open(): Promise<void> {
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    }

    public get url(): string {
        return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    /** Lets everything through again, counting from 0. */
    public reset(fall?: Fall): void {
        this.#isShut = false;
        this.fall = fall;
        this.calls = [];
    }

    public async close(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    async #pass(
        incoming: IncomingMessage,
        outgoing: ServerResponse,
        clients: readonly Pair[],
    ): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks);
        const number = this.calls.length;
        const call = {
            method: incoming.method ?? "",
            path: incoming.url ?? "",
            requestBody: body.toString(),
        };
        const falls = this.fall?.at === number;
        this.#isShut ||= this.shutBefore === call.path;
        if (this.#isShut || (falls && this.fall?.when === "before")) {
            this.calls.push({ ...call, answer: "" });
            this.#isShut ||= this.fall?.forGood === true;
            incoming.socket.destroy();
            return;
        }
        const index = this.calls.push({ ...call, answer: "" }) - 1;
        const { socket } = incoming;
        const presented =
            socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.toString() : undefined;
        const client = clients.find((each) => each.certificatePem.trim() === presented?.trim());
        const answer = await this.#forward(call, incoming.headers, body, client);
        this.calls[index] = { ...call, answer: answer.body.toString() };
        if (falls) {
            this.#isShut ||= this.fall?.forGood === true;
            incoming.socket.destroy();
            return;
        }
        outgoing.writeHead(answer.status, { "Content-Type": "application/json" });
        outgoing.end(answer.body);
    }

    #forward(
        { method, path }: { readonly method: string; readonly path: string },
        headers: IncomingHttpHeaders,
        body: Buffer,
        client: Pair | undefined,
    ): Promise<{ readonly status: number; readonly body: Buffer }> {
        return new Promise((resolve, reject) => {
            const outgoing = request(
                `${this.target}${path}`,
                {
                    method,
                    rejectUnauthorized: false,
                    agent: false,
                    headers: Object.fromEntries(
                        ["x-vault-token", "x-vault-wrap-ttl"].flatMap((name) => {
                            const value = headers[name];
                            return typeof value === "string" ? [[name, value]] : [];
                        }),
                    ),
                    ...(client && { cert: client.certificatePem, key: client.privateKeyPem }),
                },
                (answer) => {
                    const chunks: Buffer[] = [];
                    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
                    answer.on("end", () => {
                        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) });
                    });
                },
            );
            outgoing.on("error", reject);
            outgoing.end(body);
        });
    }
}
