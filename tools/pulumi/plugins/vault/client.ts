/** Calls a real server's HTTP API, as the `vault` stand-in was configured to. */
import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { z } from "zod";

/** Where the server is, and who asks. */
export interface Connection {
    /** As "https://vault.example.org:8200". */
    readonly address: string;
    readonly token?: string | undefined;
    /** Authorities, PEM, that the server's certificate is verified by; the system's unless given. */
    readonly authorities?: string | undefined;
    /** A certificate to present, and its key: PEM. */
    readonly client?: { readonly certificate: string; readonly privateKey: string } | undefined;
}

export interface Answer {
    readonly status: number;
    /** What the answer says under `data`, or at its top where it has no such part. */
    readonly data: Readonly<Record<string, unknown>>;
    readonly wrapped?: z.output<typeof WRAPPED> | undefined;
}

const WRAPPED = z.object({
    token: z.string(),
    accessor: z.string(),
    wrapped_accessor: z.string().optional(),
});
const BODY = z.looseObject({
    data: z.record(z.string(), z.unknown()).nullish(),
    wrap_info: WRAPPED.nullish(),
    errors: z.array(z.string()).nullish(),
    auth: z.object({ client_token: z.string() }).nullish(),
});

/** How long a call may take, in milliseconds. */
const LIMIT = 30_000;

export interface CallOptions {
    readonly body?: Readonly<Record<string, unknown>>;
    /** Has the answer wrapped for so long ("24h"): it then comes by a token that opens it once. */
    readonly wrapFor?: string | undefined;
}

/** A server's API below `/v1/`. Errors hold what the server said and never what it was told. */
export class VaultClient {
    constructor(private readonly connection: Connection) {}

    /** Undefined where there is nothing at the path. */
    async read(path: string): Promise<Answer | undefined> {
        const answer = await this.send("GET", path, {});
        return answer.status === 404 ? undefined : succeeded("GET", path, answer);
    }

    async write(path: string, body: CallOptions["body"], wrapFor?: string): Promise<Answer> {
        return succeeded("POST", path, await this.send("POST", path, { ...(body && { body }), wrapFor }));
    }

    /** The answer whatever its status: for lookups that say so when there is nothing. */
    ask(path: string, body: CallOptions["body"]): Promise<Answer & Refusal> {
        return this.send("POST", path, { ...(body && { body }) });
    }

    /** Changes some fields and leaves the others (RFC 7396). */
    async patch(path: string, body: CallOptions["body"]): Promise<Answer> {
        return succeeded("PATCH", path, await this.send("PATCH", path, { ...(body && { body }) }));
    }

    async remove(path: string): Promise<void> {
        const answer = await this.send("DELETE", path, {});
        if (answer.status !== 404) succeeded("DELETE", path, answer);
    }

    /** The same server with the token that the client's certificate gets. */
    async signedIn(mount: string, role: string | undefined): Promise<VaultClient> {
        const path = `auth/${mount}/login`;
        const answer = await this.send("POST", path, { body: role === undefined ? {} : { name: role } });
        succeeded("POST", path, answer);
        if (answer.token === undefined) throw new Error(`POST ${path} gave no token.`);
        return new VaultClient({ ...this.connection, token: answer.token });
    }

    private send(method: string, path: string, { body, wrapFor }: CallOptions): Promise<Answer & Refusal> {
        const { address, token, authorities, client } = this.connection;
        const send = address.startsWith("https:") ? tlsRequest : plainRequest;
        return new Promise((resolve, reject) => {
            const outgoing = send(
                `${address.replace(/\/+$/, "")}/v1/${path}`,
                {
                    method,
                    timeout: LIMIT,
                    ...(authorities !== undefined && { ca: authorities }),
                    ...(client && { cert: client.certificate, key: client.privateKey }),
                    headers: {
                        "Content-Type":
                            method === "PATCH" ? "application/merge-patch+json" : "application/json",
                        ...(token !== undefined && { "X-Vault-Token": token }),
                        ...(wrapFor !== undefined && { "X-Vault-Wrap-TTL": wrapFor }),
                    },
                },
                (response) => {
                    let text = "";
                    response.setEncoding("utf8").on("data", (part: string) => (text += part));
                    response.on("error", reject).on("end", () => {
                        try {
                            resolve(answerOf(response.statusCode ?? 0, text));
                        } catch (error) {
                            reject(error instanceof Error ? error : new Error(String(error)));
                        }
                    });
                },
            );
            outgoing.on("error", reject);
            outgoing.on("timeout", () =>
                outgoing.destroy(new Error(`${method} ${path}: no answer within ${LIMIT / 1_000} s.`)),
            );
            outgoing.end(body === undefined ? undefined : JSON.stringify(body));
        });
    }
}

interface Refusal {
    readonly errors: readonly string[];
    readonly token?: string | undefined;
}

function answerOf(status: number, text: string): Answer & Refusal {
    const body = BODY.parse(text === "" ? {} : JSON.parse(text));
    return {
        status,
        data: body.data ?? body,
        wrapped: body.wrap_info ?? undefined,
        errors: body.errors ?? [],
        token: body.auth?.client_token,
    };
}

function succeeded(method: string, path: string, { errors, ...answer }: Answer & Refusal): Answer {
    if (answer.status >= 200 && answer.status <= 299) return answer;
    throw new Error(`${method} ${path}: HTTP ${answer.status} ${errors.join(" ")}`.trim());
}

const CERTIFICATE_LOGIN = z.strictObject({
    certFile: z.string(),
    keyFile: z.string(),
    mount: z.string().default("cert"),
    name: z.string().optional(),
});

/** What the stand-in takes of the real provider's configuration, and what it may be told and need not heed. */
const CONFIGURATION = z.object({
    address: z.string().optional(),
    token: z.string().optional(),
    caCertFile: z.string().optional(),
    authLoginCert: z.string().optional(),
});
const UNHEEDED = ["version", "maxLeaseTtlSeconds", "maxRetries", "skipTlsVerify", "skipChildToken"];

/**
 * The client that the provider's configuration asks for; VAULT_ADDR, VAULT_TOKEN and VAULT_CACERT of the environment
 * stand in for what it leaves out. A setting that the stand-in does not know is refused.
 */
export function clientFor(
    configuration: Readonly<Record<string, unknown>>,
    environment: NodeJS.ProcessEnv,
): Promise<VaultClient> {
    const known = [...Object.keys(CONFIGURATION.shape), ...UNHEEDED];
    const unknown = Object.keys(configuration).find(
        (name) => !known.includes(name) && !name.startsWith("__") && !isUnset(configuration[name]),
    );
    if (unknown !== undefined)
        throw new Error(`The stand-in for the vault provider does not know the setting ${unknown}.`);
    const settings = CONFIGURATION.parse(configuration);
    const address = settings.address ?? set(environment.VAULT_ADDR);
    if (address === undefined) throw new Error("The vault provider needs its address.");
    const caFile = settings.caCertFile ?? set(environment.VAULT_CACERT);
    const login =
        settings.authLoginCert === undefined
            ? undefined
            : CERTIFICATE_LOGIN.parse(JSON.parse(settings.authLoginCert));
    const client = new VaultClient({
        address,
        ...(caFile !== undefined && { authorities: readFileSync(caFile, "utf8") }),
        ...(login
            ? {
                  client: {
                      certificate: readFileSync(login.certFile, "utf8"),
                      privateKey: readFileSync(login.keyFile, "utf8"),
                  },
              }
            : { token: settings.token ?? set(environment.VAULT_TOKEN) }),
    });
    return login ? client.signedIn(login.mount, login.name) : Promise.resolve(client);
}

/** A variable that is set to nothing is not set. */
function set(variable: string | undefined): string | undefined {
    return variable === "" ? undefined : variable;
}

function isUnset(value: unknown): boolean {
    return value === undefined || value === null || value === "" || value === "null" || value === "false";
}
