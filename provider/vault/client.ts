/** The client of a Vault server: calls one after another, tried again where that is safe, answers read by a schema. */
import type { Agent } from "node:https";
import { z } from "zod";
import { exchange, type ExchangeAnswer } from "../https/exchange";
import { TransportFailure } from "../https/failure";
import { withoutSecrets } from "../redaction";
import { VaultRefusal, VaultUnreachable, VaultUnusableAnswer } from "./errors";
import { mayTryAgain, waitBefore, type Failed } from "./retry";
import { agentOf, type ClientIdentity } from "./transport";
import { jsonOf } from "../json";

export type { ClientIdentity } from "./transport";

/** Far above any answer that is asked for here. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Where a server is, and whom to trust there. */
export interface VaultTarget {
    /** `https://<host>[:<port>]`. */
    readonly address: string;
    /** The name in the server's certificate, where `address` has another. */
    readonly serverName?: string | undefined;
    /** The authorities trusted for it, PEM, in place of the system's. */
    readonly caCertificatePem?: string | undefined;
}

export interface CallOptions {
    readonly token?: string | undefined;
    /** Sent as JSON. */
    readonly body?: object;
    /** What of the body no error may repeat; a token is known by its name. */
    readonly secrets?: readonly string[];
    /** Statuses beyond 2xx that are an answer. */
    readonly accept?: readonly number[];
    /** See `Asked`. */
    readonly once?: boolean;
    readonly soonOver?: readonly number[];
    /** How long a call is tried again for, in ms. The server's own patience unless given. */
    readonly patienceMs?: number;
    /** Whether to use a connection of its own: behind a load balancer it may reach another node. */
    readonly fresh?: boolean;
}

export interface VaultAnswer<T> {
    readonly status: number;
    readonly data: T;
}

/** A server, as the resource sees it. */
export interface VaultServer {
    /**
     * Makes one call below `/v1/`; all calls of one server go over one connection, one after another.
     * @throws VaultRefusal, VaultUnreachable, VaultUnusableAnswer
     */
    call<T>(
        method: "GET" | "POST" | "DELETE",
        path: string,
        schema: z.ZodType<T>,
        options?: CallOptions,
    ): Promise<VaultAnswer<T>>;
    /** The same server with another patience. */
    patient(patienceMs: number): VaultServer;
    /** Ends the connection. */
    close(): void;
}

/** Where nothing of an answer is read. */
export const nothing = z.unknown();

/** What a client is made of besides its target; every part has a default. */
export interface ClientParts {
    /** Default: 15000. */
    readonly patienceMs?: number;
    /** For one try. Default: 30000. */
    readonly timeoutMs?: number;
    /** Milliseconds of any clock. */
    readonly now?: () => number;
    readonly sleep?: (ms: number) => Promise<void>;
}

/** Opens no connection before the first call. `identity` is presented with every one. */
export function openServer(
    target: VaultTarget,
    identity: ClientIdentity | undefined,
    parts: ClientParts = {},
): VaultServer {
    const { patienceMs = 15_000, timeoutMs = 30_000 } = parts;
    const now = parts.now ?? Date.now;
    const sleep = parts.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    const { host } = new URL(target.address);
    const newAgent = (keepAlive: boolean): Agent => agentOf({ ...target, identity, keepAlive });
    let shared: Agent | undefined;

    const once = async (
        method: string,
        path: string,
        { token, body, fresh = false }: CallOptions,
    ): Promise<ExchangeAnswer | Failed> => {
        const agent = fresh ? newAgent(false) : (shared ??= newAgent(true));
        try {
            return await exchange({
                url: new URL(`/v1/${path}`, target.address),
                method,
                headers: {
                    "X-Vault-Request": "true",
                    "Content-Type": "application/json",
                    ...(token === undefined ? {} : { "X-Vault-Token": token }),
                },
                body: body === undefined ? "" : JSON.stringify(body),
                timeoutMs,
                agent,
                maxAnswerBytes: MAX_ANSWER_BYTES,
            });
        } catch (error) {
            if (!(error instanceof TransportFailure)) throw error;
            return { kind: "silence", reason: error.reason, maySent: error.maySent };
        } finally {
            if (fresh) agent.destroy();
        }
    };

    const server = (patience: number): VaultServer => ({
        async call(method, path, schema, options = {}) {
            const call = `${method} ${path}`;
            const asked = { once: options.once ?? false, soonOver: options.soonOver ?? [] };
            const end = now() + (options.patienceMs ?? patience);
            for (let tried = 1; ; tried += 1) {
                const ended = await once(method, path, options);
                const failed = "kind" in ended ? ended : failureOf(ended, options);
                if (failed === undefined) return read(call, ended as ExchangeAnswer, schema);
                const wait = waitBefore(tried);
                if (mayTryAgain(failed, asked) && now() + wait <= end) await sleep(wait);
                else throw errorOf(call, host, failed);
            }
        },
        patient: (ms) => server(ms),
        close: () => shared?.destroy(),
    });
    return server(patienceMs);
}

/** Nothing where the status is one that is an answer. */
function failureOf({ status, body }: ExchangeAnswer, options: CallOptions): Failed | undefined {
    if ((status >= 200 && status <= 299) || options.accept?.includes(status) === true) return undefined;
    return { kind: "answer", status, words: wordsOf(body, secretsOf(options)) };
}

function errorOf(call: string, host: string, failed: Failed): Error {
    return failed.kind === "answer"
        ? new VaultRefusal(call, failed.status, failed.words)
        : new VaultUnreachable({ call, host, ...failed });
}

function read<T>(call: string, { status, body }: ExchangeAnswer, schema: z.ZodType<T>): VaultAnswer<T> {
    const parsed = schema.safeParse(jsonOf(body));
    // The schema's own words could hold what the server answered.
    if (!parsed.success) throw new VaultUnusableAnswer(call, status);
    return { status, data: parsed.data };
}

const errors = z.object({ errors: z.array(z.string()) });
const LONGEST = 300;

/** The server's own words in the body of a refusal, without what was sent in secret. */
export function wordsOf(body: string, secrets: readonly string[]): readonly string[] {
    const parsed = errors.safeParse(jsonOf(body));
    if (!parsed.success) return [];
    return parsed.data.errors.map((text) => withoutSecrets(text, secrets, "[secret]").slice(0, LONGEST));
}

/** Besides what is named as secret, a body holds nothing of the kind but tokens. */
function secretsOf({ token, body, secrets = [] }: CallOptions): readonly string[] {
    const named = body !== undefined && "token" in body && typeof body.token === "string" ? [body.token] : [];
    return [...(token === undefined ? [] : [token]), ...named, ...secrets];
}
