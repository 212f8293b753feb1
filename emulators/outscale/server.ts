/** The emulated OUTSCALE API on a TLS port of this machine. */
import { constants } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { OutscaleAccount, type OutscaleAccountOptions } from "./account";
import { parseAddress } from "./addresses";
import { Faults, type Throttling } from "./faults";
import { handle, type RecordedCall } from "./handler";
import { BruteForceLock } from "./lockout";
import { makeTlsIdentity } from "./tls";

/** Calls beyond this are forgotten, oldest first. */
const REMEMBERED_CALLS = 100_000;

export interface OutscaleEmulatorOptions extends OutscaleAccountOptions {
    /** An account to serve; the account options are then ignored. */
    readonly account?: OutscaleAccount | undefined;
    /** 0, any free one, unless given. */
    readonly port?: number | undefined;
    /** `127.0.0.1` unless given. */
    readonly host?: string | undefined;
    /** Where `caFile` is written; a fresh temporary directory, removed at the stop, unless given. */
    readonly directory?: string | undefined;
    /** The address that callers come from, for the rules; their real one unless given. */
    readonly sourceAddress?: string | undefined;
    readonly latencyMs?: number | undefined;
    readonly throttle?: Throttling | undefined;
}

export interface RunningEmulator {
    /** `https://127.0.0.1:PORT/api/v1`: a call's name follows after a slash. */
    readonly endpoint: string;
    readonly port: number;
    /** A PEM file of the authority behind the server's certificate. */
    readonly caFile: string;
    readonly caPem: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: string;
    readonly account: OutscaleAccount;
    /** The calls so far, oldest first. Requests for no known call, and of no known form, are not among them. */
    readonly calls: readonly RecordedCall[];
    readonly faults: Faults;
    readonly lock: BruteForceLock;
    /** Breaks every connection and frees the port. Can be called again. */
    stop(): Promise<void>;
}

async function listen(server: Server, port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
            server.removeListener("error", reject);
            resolve();
        });
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port.");
    return address.port;
}

interface KeptFile {
    readonly path: string;
    readonly remove: () => Promise<void>;
}

async function keepFile(caPem: string, directory: string | undefined): Promise<KeptFile> {
    const folder =
        directory === undefined ? await mkdtemp(join(tmpdir(), "outscale-emulator-")) : resolve(directory);
    await mkdir(folder, { recursive: true });
    const path = join(folder, "outscale-ca.pem");
    await writeFile(path, caPem);
    const remove = async () => {
        if (directory === undefined) await rm(folder, { recursive: true, force: true });
    };
    return { path, remove };
}

/** Starts an emulator. Throws where the port is taken or an option has not its form. */
export async function startOutscaleEmulator(options: OutscaleEmulatorOptions = {}): Promise<RunningEmulator> {
    const { host = "127.0.0.1", sourceAddress } = options;
    if (sourceAddress !== undefined && parseAddress(sourceAddress) === undefined) {
        throw new Error(`The source address '${sourceAddress}' is no IP address.`);
    }
    const account = options.account ?? new OutscaleAccount(options);
    const faults = new Faults(account);
    faults.defaultSourceAddress = sourceAddress;
    faults.latencyMs = options.latencyMs ?? 0;
    if (options.throttle !== undefined) faults.throttle(options.throttle);
    const calls: RecordedCall[] = [];
    let count = 0;
    const stopping = new AbortController();
    const service = {
        account,
        faults,
        lock: new BruteForceLock(),
        stopping: stopping.signal,
        count: () => count++,
        record: (call: RecordedCall) => {
            if (calls.push(call) > REMEMBERED_CALLS) calls.shift();
        },
    };
    const identity = await makeTlsIdentity(host);
    const server = createServer(
        {
            key: identity.keyPem,
            cert: identity.certificatePem,
            minVersion: "TLSv1.2",
            // The account decides about certificates, call by call; OpenSSL only makes the client prove its key.
            requestCert: true,
            rejectUnauthorized: false,
            // Every connection shakes hands anew: none inherits the certificate of an earlier one.
            secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
        },
        (request, response) => {
            void handle(service, request, response);
        },
    );
    server.keepAliveTimeout = 60_000;
    const close = () =>
        new Promise<void>((resolve) => {
            stopping.abort();
            server.close(() => {
                resolve();
            });
            server.closeAllConnections();
        });
    const port = await listen(server, options.port ?? 0, host);
    let kept: KeptFile;
    try {
        kept = await keepFile(identity.caPem, options.directory);
    } catch (error) {
        await close();
        throw error;
    }
    return {
        endpoint: `https://${host.includes(":") ? `[${host}]` : host}:${port}/api/v1`,
        port,
        caFile: kept.path,
        caPem: identity.caPem,
        accessKey: account.accessKey,
        secretKey: account.secretKeyOf(account.accessKey) ?? "",
        region: account.region,
        account,
        calls,
        faults,
        lock: service.lock,
        stop: async () => {
            await close();
            await kept.remove();
        },
    };
}
