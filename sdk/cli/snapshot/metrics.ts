/** What a Pushgateway is told of a command that ended well: Prometheus' text, put in place of what it had of this cluster. */
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { reasonOf } from "../../../provider/https/failure";
import { systemCodeOf } from "../../../provider/system-code";
import { refuseSetting } from "../../../provider/vault/snapshot/refuse";
import type { Report } from "./report";
import type { MetricsFlags } from "./settings";

/** One command that ended well. */
export interface Success {
    readonly command: "save" | "verify" | "drill";
    /** Unix time, in seconds. */
    readonly at: number;
    /** Of the archive. */
    readonly bytes: number;
    readonly seconds: number;
}

/**
 * The metrics' text (exposition format 0.0.4). They are gauges: the gateway keeps the last ones, so that a job which no
 * longer ends well is seen by their age.
 */
export function metricsText({ command, at, bytes, seconds }: Success): string {
    const gauges = [
        ["last_success_timestamp_seconds", `When the last ${command} ended well, in Unix time.`, at],
        ["size_bytes", `Bytes of the archive of the last good ${command}.`, bytes],
        ["duration_seconds", `How long the last good ${command} took.`, seconds],
    ] as const;
    return gauges
        .map(([name, help, value]) => {
            const full = `portcullis_snapshot_${command}_${name}`;
            return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${full} ${value}\n`;
        })
        .join("");
}

/**
 * Where they are put: the group of this command and this cluster.
 * @param base of the Pushgateway, as "http://pushgateway.monitoring:9091"
 * @throws PortcullisError `InvalidConfiguration`, with nothing of what stands in the URL
 */
export function metricsUrl(base: string, command: Success["command"], cluster: string): URL {
    const url = URL.canParse(base) ? new URL(base) : undefined;
    if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.search + url.hash !== "") {
        throw refuseSetting(
            "--push-metrics",
            "What was given is no address of a Pushgateway.",
            'Give scheme, name and port, and the folder where it has one, as "http://pushgateway.monitoring:9091".',
        );
    }
    if (url.username + url.password !== "") {
        throw refuseSetting(
            "--push-metrics",
            "There are credentials in the address, which every user of this machine could read.",
            "Leave them out: let the Pushgateway be reached by the network that runs the job alone.",
        );
    }
    const folder = url.pathname.replace(/\/+$/, "");
    const group = `job/portcullis-snapshot-${command}/cluster/${encodeURIComponent(cluster)}`;
    return new URL(`${folder}/metrics/${group}`, url.origin);
}

/** For all of it: metrics are no reason to keep a job. */
const TIMEOUT_MS = 10_000;

/** Puts them there; says why where they could not be. Never rejects. */
export function pushMetrics(url: URL, text: string, timeoutMs = TIMEOUT_MS): Promise<string | undefined> {
    return new Promise((resolve) => {
        const send = url.protocol === "https:" ? request : plainRequest;
        const outgoing = send(url, {
            method: "PUT",
            headers: {
                "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
                "Content-Length": Buffer.byteLength(text),
            },
        });
        const deadline = setTimeout(() => {
            outgoing.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
        }, timeoutMs);
        const end = (why: string | undefined): void => {
            clearTimeout(deadline);
            resolve(why);
            outgoing.destroy();
        };
        outgoing.on("error", (error) => {
            end(reasonOf(systemCodeOf(error)));
        });
        outgoing.on("response", ({ statusCode = 0 }) => {
            // A redirect is not followed: it would be another place than the one that was named.
            end(statusCode >= 200 && statusCode <= 299 ? undefined : `HTTP ${statusCode}`);
        });
        outgoing.end(text);
    });
}

/**
 * How a command tells of its success: not at all unless it is told where to. What fails in that is a warning, for what
 * was done is good all the same.
 * @throws PortcullisError `InvalidConfiguration`, so that a mistyped address is seen before anything is done
 */
export function metricsOf(
    { pushMetrics: base, cluster }: MetricsFlags,
    command: Success["command"],
): (report: Report, seen: { readonly bytes: number; readonly durationMs: number }) => Promise<void> {
    if (base === undefined) return () => Promise.resolve();
    const url = metricsUrl(base, command, cluster);
    return async (report, { bytes, durationMs }) => {
        const at = Date.now() / 1_000;
        const why = await pushMetrics(url, metricsText({ command, at, bytes, seconds: durationMs / 1_000 }));
        if (why === undefined) return;
        const text = `The ${command} is good, but the Pushgateway at ${url.host} was not told of it (${why}): its metrics look older than they are.`;
        report.tell({ event: "warning", text }, text);
    };
}
