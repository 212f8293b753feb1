/** What a Pushgateway is told, where, and what its failures come to. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { metricsText, metricsUrl, pushMetrics } from "../../../../../sdk/cli/snapshot/metrics";

const servers: Server[] = [];
afterEach(() => {
    for (const server of servers.splice(0)) {
        server.closeAllConnections();
        server.close();
    }
});

async function serve(handle: RequestListener): Promise<URL> {
    const server = createServer(handle).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics/job/x`);
}

test("three gauges, each with what it is", () => {
    expect(metricsText({ command: "save", at: 1_795_374_420.5, bytes: 3_070_000, seconds: 1.25 })).toBe(
        [
            "# HELP portcullis_snapshot_save_last_success_timestamp_seconds When the last save ended well, in Unix time.",
            "# TYPE portcullis_snapshot_save_last_success_timestamp_seconds gauge",
            "portcullis_snapshot_save_last_success_timestamp_seconds 1795374420.5",
            "# HELP portcullis_snapshot_save_size_bytes Bytes of the archive of the last good save.",
            "# TYPE portcullis_snapshot_save_size_bytes gauge",
            "portcullis_snapshot_save_size_bytes 3070000",
            "# HELP portcullis_snapshot_save_duration_seconds How long the last good save took.",
            "# TYPE portcullis_snapshot_save_duration_seconds gauge",
            "portcullis_snapshot_save_duration_seconds 1.25",
            "",
        ].join("\n"),
    );
});

test("each command of each cluster has a group of its own, below the folder given", () => {
    const at = (base: string) => metricsUrl(base, "save", "main").href;
    const group = "metrics/job/portcullis-snapshot-save/cluster/main";
    expect(at("http://gateway:9091")).toBe(`http://gateway:9091/${group}`);
    expect(at("https://gateway/push/")).toBe(`https://gateway/push/${group}`);
    expect(metricsUrl("http://gateway:9091", "verify", "a/b").href).toBe(
        "http://gateway:9091/metrics/job/portcullis-snapshot-verify/cluster/a%2Fb",
    );
});

test.each([
    ["gateway:9091", "is no address of a Pushgateway"],
    ["ftp://gateway", "is no address of a Pushgateway"],
    ["http://gateway?token=hunter2", "is no address of a Pushgateway"],
    ["http://me:hunter2@gateway", "There are credentials in the address"],
])("%s is refused, and nothing of it is shown", (base, why) => {
    const refused = () => metricsUrl(base, "save", "main");
    expect(refused).toThrow(why);
    expect(refused).not.toThrow("hunter2");
});

test("an answer that is none, or none in time, is a reason and never a rejection", async () => {
    const statuses = [200, 202, 302, 400, 500];
    for (const status of statuses) {
        const url = await serve((incoming, outgoing) => {
            incoming.resume();
            outgoing.writeHead(status, { location: "http://127.0.0.1:1/" }).end();
        });
        expect(await pushMetrics(url, "x 1\n")).toBe(status < 300 ? undefined : `HTTP ${status}`);
    }
    const silent = await serve((incoming) => incoming.resume());
    expect(await pushMetrics(silent, "x 1\n", 50)).toBe("timeout");
    const broken = await serve((incoming) => incoming.socket.destroy());
    expect(await pushMetrics(broken, "x 1\n")).toBe("reset");
    expect(await pushMetrics(new URL("http://127.0.0.1:1/"), "x 1\n")).toBe("refused");
});
