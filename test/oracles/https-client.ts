/** A client of the OUTSCALE API for tests: node:https and the test's own signatures, no retries. */
import { Agent, request } from "node:https";
import { signedHeaders, type Signing } from "./signer";

export interface Target {
    readonly endpoint: string;
    readonly caPem: string;
    readonly accessKey: string;
    readonly secretKey: string;
}

export interface CallOptions {
    readonly body?: string;
    readonly method?: string;
    /** A client certificate. */
    readonly certificate?: { readonly pem: string; readonly keyPem: string } | undefined;
    readonly signing?: Partial<Signing>;
    /** Sent without being signed. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly agent?: Agent;
    readonly timeoutMs?: number;
}

export interface CallResult {
    readonly status: number;
    readonly body: unknown;
    readonly port: number | undefined;
}

/** Rejects where the connection breaks or the answer does not come in time. */
export async function callApi(target: Target, call: string, options: CallOptions = {}): Promise<CallResult> {
    const { body = "{}", method = "POST", certificate } = options;
    const url = new URL(`${target.endpoint}/${call}`);
    const { accessKey, secretKey } = target;
    const headers = signedHeaders({
        accessKey,
        secretKey,
        host: url.host,
        path: url.pathname,
        body,
        now: new Date(),
        ...options.signing,
    });
    return new Promise<CallResult>((resolve, reject) => {
        const sent = request(url, {
            method,
            headers: { ...headers, ...options.headers, "content-length": Buffer.byteLength(body) },
            ca: target.caPem,
            agent: options.agent ?? new Agent({ keepAlive: false, maxCachedSessions: 0 }),
            timeout: options.timeoutMs ?? 5_000,
            ...(certificate === undefined ? {} : { cert: certificate.pem, key: certificate.keyPem }),
        });
        sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
        sent.on("error", reject);
        sent.on("response", (response) => {
            const port = response.socket.localPort;
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                const text = Buffer.concat(chunks).toString("utf8");
                resolve({ status: response.statusCode ?? 0, body: JSON.parse(text), port });
            });
        });
        sent.end(body);
    });
}

/** `401/14` of an error, `200` of a success. */
export function outcomeOf({ status, body }: Pick<CallResult, "status" | "body">): string {
    const { Errors: errors } = body as { Errors?: { Code: string }[] }; // every answer of the API is an object
    return errors === undefined ? String(status) : `${status}/${errors[0]?.Code ?? ""}`;
}
