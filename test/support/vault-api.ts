/** The HTTP API of a real OpenBao or Vault as its clients call it: every answer with its status, also a refusal. */
import { request } from "node:http";

export interface VaultAnswer {
    readonly status: number;
    /** What the answer says under `data`. */
    readonly data: Readonly<Record<string, unknown>>;
    /** The token of a login. */
    readonly token: string | undefined;
    /** The token that opens a wrapped answer. */
    readonly wrappingToken: string | undefined;
    readonly errors: readonly string[];
}

interface Body {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly auth?: { readonly client_token: string } | null;
    readonly wrap_info?: { readonly token: string } | null;
    readonly errors?: readonly string[];
}

/** A client of one server, with one token or none. */
export class VaultApi {
    constructor(
        private readonly url: string,
        private readonly token?: string,
    ) {}

    async call(
        method: string,
        path: string,
        body?: unknown,
        headers: Readonly<Record<string, string>> = {},
    ): Promise<VaultAnswer> {
        const response = await fetch(`${this.url}/v1/${path}`, {
            method,
            headers: { ...(this.token !== undefined && { "X-Vault-Token": this.token }), ...headers },
            ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
        // The server's own documents: what they hold is asserted by whoever asks.
        const answer = (isJson && text !== "" ? JSON.parse(text) : {}) as Body;
        return {
            status: response.status,
            data: answer.data ?? {},
            token: answer.auth?.client_token,
            wrappingToken: answer.wrap_info?.token,
            errors: answer.errors ?? [],
        };
    }

    /** The answer; fails where it is a refusal. */
    async ok(method: string, path: string, body?: unknown): Promise<VaultAnswer["data"]> {
        const { status, data, errors } = await this.call(method, path, body);
        if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${errors.join(" ")}`);
        return data;
    }

    /** Text in DER or PEM from a path that asks for no token. */
    async bytes(path: string): Promise<Buffer> {
        const response = await fetch(`${this.url}/v1/${path}`);
        return Buffer.from(await response.arrayBuffer());
    }

    /** The status of a call made from another address of this machine: POST where there is a body. */
    statusFrom(localAddress: string, path: string, body?: unknown, token?: string): Promise<number> {
        return new Promise((resolve, reject) => {
            const outgoing = request(
                `${this.url}/v1/${path}`,
                {
                    localAddress,
                    method: body === undefined ? "GET" : "POST",
                    headers: token === undefined ? {} : { "X-Vault-Token": token },
                },
                (response) => {
                    response.resume().on("end", () => {
                        resolve(response.statusCode ?? 0);
                    });
                },
            );
            outgoing.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
        });
    }

    as(token: string): VaultApi {
        return new VaultApi(this.url, token);
    }

    /** Opens a wrapped secret id and signs in by it. */
    async signIn(path: string, roleId: string, wrappingToken: string): Promise<VaultApi> {
        const { secret_id: secretId } = await this.as(wrappingToken).ok("POST", "sys/wrapping/unwrap");
        return this.signInWith(path, roleId, String(secretId));
    }

    async signInWith(path: string, roleId: string, secretId: string): Promise<VaultApi> {
        const { token, errors } = await this.call("POST", `auth/${path}/login`, {
            role_id: roleId,
            secret_id: secretId,
        });
        if (token === undefined) throw new Error(`no token: ${errors.join(" ")}`);
        return this.as(token);
    }
}
