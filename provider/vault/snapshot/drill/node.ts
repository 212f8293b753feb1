/** One drill's node: a server's program started on loopback in a folder of its own, and both gone at the end, however it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { errorCode } from "../../../system-code";
import { openServer, type VaultTarget } from "../../client";
import { sealStatusOf } from "../../condition";
import { refuseSetting, SnapshotRefused } from "../refuse";
import { makeNodeCertificate } from "./certificate";
import { startGuard, type Guard } from "./guard";
import { nodeConfig, nodeEnvironment, nodeFiles } from "./node-config";
import { openNodeLog, type NodeLog } from "./node-log";
import { secretsOf, type SealBlock } from "./seal-block";

export interface NodeOptions {
    /** The program of Vault or OpenBao. */
    readonly program: string;
    readonly seal: SealBlock;
    /** Where the node's folder is made. The system's temporary folder unless given. */
    readonly workDir?: string | undefined;
    /** Of the process; little of it reaches the node. */
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** How long the server may take until it answers, in ms. Default: 120000. */
    readonly startMs?: number | undefined;
    /** How long it may take to end by itself once it is told to, in ms. Default: 10000. */
    readonly endMs?: number | undefined;
}

/** A node that answers, and is not initialised. */
export interface DrillNode {
    readonly target: VaultTarget;
    readonly lastWords: () => string;
}

/** What is done with a node, and what ends it early. */
interface Running extends DrillNode {
    readonly log: NodeLog;
    readonly isRunning: () => boolean;
    /** Rejects once the node ends by itself or says that it cannot open what was restored; never resolves. */
    readonly failed: Promise<never>;
    readonly end: () => Promise<void>;
}

/**
 * Starts a node, and hands it to `work`. When that ends, or the node does, the process is ended by its id and the folder
 * is wiped; a guard does both where this process is killed.
 * @param stopped rejects where all of it is to end early
 * @throws PortcullisError `InvalidConfiguration` where the program or the folder cannot be used; SnapshotRefused where the
 * node does not start or ends by itself; and what `work` and `stopped` throw
 */
export async function withNode<T>(
    options: NodeOptions,
    work: (node: DrillNode) => Promise<T>,
    stopped: Promise<never>,
): Promise<T> {
    const folder = await makeFolder(options.workDir ?? tmpdir());
    const guard = startGuard(folder);
    try {
        const node = await launch(folder, guard, options);
        try {
            const early = [node.failed, stopped] as const;
            await Promise.race([untilAnswering(node, options.startMs ?? 120_000), ...early]);
            return await Promise.race([work(node), ...early]);
        } finally {
            await node.end();
        }
    } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
        await guard.dismiss();
    }
}

async function makeFolder(parent: string): Promise<string> {
    try {
        // Readable to nobody else: that is how it is made.
        return await mkdtemp(join(resolve(parent), "portcullis-drill-"));
    } catch (error) {
        throw refuseSetting(
            "--work-dir",
            `No folder for the node can be made in ${parent} (${errorCode(error)}).`,
            "Name a folder that this user may write to, with room for the data several times over.",
        );
    }
}

async function launch(folder: string, guard: Guard, options: NodeOptions): Promise<Running> {
    const { program, seal, environment, endMs = 10_000 } = options;
    const files = nodeFiles(folder);
    const [api, cluster] = await freePorts();
    const { certificatePem, privateKeyPem } = makeNodeCertificate(new Date());
    await mkdir(files.data, { mode: 0o700 });
    await writeFile(files.certificate, certificatePem, { mode: 0o600 });
    await writeFile(files.privateKey, privateKeyPem, { mode: 0o600 });
    await writeFile(files.config, nodeConfig({ folder, seal, ports: { api, cluster } }), { mode: 0o600 });

    const child = spawn(resolve(program), ["server", `-config=${files.config}`], {
        cwd: folder,
        env: nodeEnvironment(folder, environment),
        stdio: ["ignore", "pipe", "pipe"],
    });
    const log = openNodeLog(secretsOf(seal));
    const state = { ending: false, gone: false };
    const gone = new Promise<void>((done) => {
        child.once("exit", () => {
            done();
        });
        child.once("error", () => {
            done();
        });
    }).then(() => {
        state.gone = true;
    });
    const failed = new Promise<never>((_, reject) => {
        child.once("error", (error) => {
            reject(cannotStart(program, error));
        });
        // What it wrote last has been read then too.
        child.once("close", (code, signal) => {
            if (!state.ending) reject(endedByItself(`${code ?? signal ?? "unknown"}`, log));
        });
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding("utf8").on("data", (text: string) => {
                log.add(text);
                if (log.hasFailedRestore()) reject(cannotOpen(log));
            });
        }
    });
    // It is raced against; where nobody waits any more it says nothing.
    failed.catch(() => undefined);
    if (child.pid !== undefined) guard.watch(child.pid);
    return {
        target: { address: `https://127.0.0.1:${api}`, caCertificatePem: certificatePem },
        log,
        lastWords: log.lastWords,
        isRunning: () => !state.gone,
        failed,
        end: async () => {
            state.ending = true;
            if (child.pid === undefined || state.gone) return;
            child.kill("SIGTERM");
            const last = setTimeout(() => child.kill("SIGKILL"), endMs);
            await gone;
            clearTimeout(last);
        },
    };
}

const PAUSE_MS = 200;

/** Waits until it answers over TLS with its own certificate: whatever else may have taken its port does not count. */
async function untilAnswering({ target, log, isRunning }: Running, startMs: number): Promise<void> {
    const end = Date.now() + startMs;
    while (Date.now() < end && isRunning()) {
        const server = openServer(target, undefined, { patienceMs: 0, timeoutMs: 5_000 });
        try {
            await sealStatusOf(server);
            return;
        } catch {
            await new Promise((done) => setTimeout(done, PAUSE_MS));
        } finally {
            server.close();
        }
    }
    if (!isRunning()) {
        // Its end is told by whoever watches it, with its last words.
        await new Promise((done) => setTimeout(done, 5_000));
    }
    throw new SnapshotRefused(
        `The server that was started did not answer within ${startMs} ms.${saying(log)}`,
        "See whether the program is one of Vault or OpenBao, and reaches what its seal needs. The snapshot was not tried.",
    );
}

/** Two ports of loopback that nothing listens on now. */
async function freePorts(): Promise<readonly [number, number]> {
    const servers = [createServer(), createServer()] as const;
    const ports = await Promise.all(
        servers.map(async (server) => {
            server.listen(0, "127.0.0.1");
            await once(server, "listening");
            const address = server.address();
            return typeof address === "object" && address !== null ? address.port : 0;
        }),
    );
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    return [ports[0] ?? 0, ports[1] ?? 0];
}

function cannotStart(program: string, error: Error): Error {
    return refuseSetting(
        "--server",
        `The program ${program}, named by --server, cannot be started (${errorCode(error)}).`,
        "Name the program of Vault or OpenBao, made for this system.",
    );
}

function endedByItself(how: string, log: NodeLog): Error {
    return new SnapshotRefused(
        `The server that was started ended by itself (${how}).${saying(log)}`,
        "See what it says: mostly its seal cannot be used, for the key, the rights to it or the network to it are not there.",
    );
}

function cannotOpen(log: NodeLog): Error {
    return new SnapshotRefused(
        `The server took the snapshot, and cannot open what was in it.${saying(log)}`,
        "See what it says. The audit devices of the snapshot come with it, and one of them at least must be able to write here: give the drill an empty folder where their files are.",
    );
}

function saying(log: NodeLog): string {
    const words = log.lastWords();
    return words === "" ? "" : ` It says: ${words}`;
}
