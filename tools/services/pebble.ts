/** Pebble, Let's Encrypt's ACME server for tests, with the DNS server that it asks: built once with Go, on loopback. */
import { mkdirSync, writeFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { join } from "node:path";
import { buildGo } from "./go-build";
import { kept } from "./kept";
import { freePorts, startServer } from "./server";

/** Where the two programs are. */
export interface Pebble {
    readonly folder: string;
}

export interface StartPebbleOptions {
    /** An empty folder. */
    readonly directory: string;
    /** Files of a certificate for 127.0.0.1, and of its key: PEM. */
    readonly certificate: string;
    readonly privateKey: string;
    /** The authority that issued it, PEM. */
    readonly authority: string;
}

export interface RunningPebble {
    /** Where ACME begins. */
    readonly directoryUrl: string;
    /** The certificate of the root that its chains end at, PEM: another one at every start. */
    readonly root: () => Promise<string>;
    /** What DNS answers for a name from now on, both without a dot at their ends; no records unless there are values. */
    readonly setTxt: (name: string, values: readonly string[]) => Promise<void>;
    readonly log: () => string;
    readonly end: () => Promise<void>;
}

/** As `programs/go.mod` pins it. */
export const PEBBLE_VERSION = "2.10.1";

const PROGRAMS = ["pebble", "pebble-challtestsrv"] as const;
/** A cold build takes a minute or two on two cores. */
const BUILD_LIMIT = 15 * 60_000;

/** The programs, built with Go where they are not there yet; or why there are none. */
export async function findPebble(): Promise<Pebble | { readonly missing: string }> {
    const found = await kept(`pebble-${PEBBLE_VERSION}`, "pebble", async (draft) => {
        for (const name of PROGRAMS) {
            await buildGo({
                folder: join(__dirname, "pebble", "programs"),
                path: `github.com/letsencrypt/pebble/v2/cmd/${name}`,
                output: join(draft, name),
                name: "Pebble",
                limit: BUILD_LIMIT,
            });
        }
    });
    return "why" in found ? { missing: found.why } : { folder: join(found.path, "..") };
}

/** Starts both, and waits until they are ready. */
export async function startPebble({ folder }: Pebble, options: StartPebbleOptions): Promise<RunningPebble> {
    const { directory, certificate, privateKey, authority: ca } = options;
    mkdirSync(directory, { recursive: true });
    const [dns = 0, records = 0, acme = 0, management = 0] = await freePorts(4);
    const recordsUrl = `http://127.0.0.1:${records}`;
    const names = await startServer({
        command: join(folder, "pebble-challtestsrv"),
        args: [
            ...["-dnsserver", `127.0.0.1:${dns}`, "-management", `127.0.0.1:${records}`],
            ...["-http01", "", "-https01", "", "-doh", "", "-tlsalpn01", ""],
        ],
        isReady: async () => (await fetch(recordsUrl)).status === 404,
    });
    const config = join(directory, "pebble.json");
    const listening = {
        listenAddress: `127.0.0.1:${acme}`,
        managementListenAddress: `127.0.0.1:${management}`,
    };
    const profiles = { default: { description: "As Let's Encrypt's", validityPeriod: 90 * 24 * 3_600 } };
    writeFileSync(config, JSON.stringify({ pebble: { ...listening, certificate, privateKey, profiles } }));
    const directoryUrl = `https://127.0.0.1:${acme}/dir`;
    const server = await startServer({
        command: join(folder, "pebble"),
        args: ["-config", config, "-dnsserver", `127.0.0.1:${dns}`, "-strict"],
        // Else it waits up to 15 s before it looks at a proof, and takes some proofs that it has seen.
        environment: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_AUTHZREUSE: "0" },
        isReady: async () => (await get(directoryUrl, { ca })).status === 200,
    }).catch(async (error: unknown) => {
        await names.end("SIGKILL");
        throw error;
    });
    const change = async (what: string, body: object): Promise<void> => {
        const answer = await fetch(`${recordsUrl}/${what}`, { method: "POST", body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(`${what}: HTTP ${answer.status}`);
    };
    return {
        directoryUrl,
        root: async () => (await get(`https://127.0.0.1:${management}/roots/0`, { ca })).text,
        setTxt: async (name, values) => {
            await change("clear-txt", { host: `${name}.` });
            for (const value of values) await change("set-txt", { host: `${name}.`, value });
        },
        log: () => `${server.log()}${names.log()}`,
        end: async () => {
            await server.end("SIGKILL");
            await names.end("SIGKILL");
        },
    };
}

function get(
    url: string,
    options: RequestOptions,
): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
        // Pebble answers nobody who does not say who asks (RFC 8555, 6.1).
        request(url, { ...options, headers: { "User-Agent": "portcullis-tests" } })
            .on("response", (answer) => {
                let text = "";
                answer.setEncoding("utf8").on("data", (part: string) => (text += part));
                answer.on("end", () => {
                    resolve({ status: answer.statusCode ?? 0, text });
                });
            })
            .on("error", reject)
            .end();
    });
}
