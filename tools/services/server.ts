/** A server as a process of its own: started on loopback, asked until it answers, ended by its process id. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { isRunning } from "../pulumi/processes";

export interface ServerOptions {
    readonly command: string;
    readonly args: readonly string[];
    /** The whole environment but PATH, HOME and LANG: nothing of the caller's own reaches a server under test. */
    readonly environment?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    /** Whether it is ready; asked every 50 ms. A rejection counts as no. */
    readonly isReady: () => Promise<boolean>;
    /** Milliseconds that it may take to be ready; 60,000 unless given. */
    readonly limit?: number;
}

export interface RunningServer {
    readonly pid: number;
    /** What it has written to standard output and standard error so far. */
    readonly log: () => string;
    readonly isRunning: () => boolean;
    /** Sends a signal and waits until the process is gone; SIGTERM unless given, and SIGKILL after 20 seconds. */
    readonly end: (signal?: NodeJS.Signals) => Promise<void>;
    /** Sends a signal and waits for nothing. */
    readonly signal: (signal: NodeJS.Signals) => void;
}

/** Starts it and waits until it is ready; rejects, with what it wrote, where it ends before or takes too long. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
    const { PATH = "", HOME = "", LANG = "C" } = process.env;
    const child = spawn(options.command, options.args, {
        env: { PATH, HOME, LANG, ...options.environment },
        cwd: options.cwd,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (log += text));
    const gone = new Promise<void>((resolve) => {
        child.once("error", (error) => {
            log += error.message;
            resolve();
        });
        child.once("exit", () => {
            resolve();
        });
    });
    const { pid } = child;
    if (pid === undefined) {
        await gone;
        throw new Error(`${options.command} could not be started: ${log}`);
    }
    const server: RunningServer = {
        pid,
        log: () => log,
        isRunning: () => child.exitCode === null && child.signalCode === null && isRunning(pid),
        signal: (signal) => void child.kill(signal),
        end: async (signal = "SIGTERM") => {
            child.kill(signal);
            const last = setTimeout(() => child.kill("SIGKILL"), 20_000);
            await gone;
            clearTimeout(last);
        },
    };
    await untilReady(server, options);
    return server;
}

async function untilReady(server: RunningServer, { command, isReady, limit = 60_000 }: ServerOptions) {
    const end = Date.now() + limit;
    for (;;) {
        if (!server.isRunning()) throw new Error(`${command} ended by itself:\n${server.log()}`);
        if (await isReady().catch(() => false)) return;
        if (Date.now() > end) {
            await server.end("SIGKILL");
            throw new Error(`${command} was not ready after ${limit} ms:\n${server.log()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Ports of loopback that nothing listens on now, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
    const servers = await Promise.all(
        Array.from({ length: count }, async () => {
            const server = createServer();
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            return server;
        }),
    );
    const ports = servers.map((server) => {
        const address = server.address();
        return typeof address === "object" && address !== null ? address.port : 0;
    });
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return ports;
}
