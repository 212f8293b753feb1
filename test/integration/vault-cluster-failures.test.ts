/** Five nodes of the real server, from the configuration of real nodes: what kills and full disks do to them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { recoverySocket } from "../../components/vault-cluster/node/server-config";
import { autopilotBody } from "../../provider/vault/configuring";
import { decideAutopilot } from "../../provider/vault/autopilot";
import { asRendered, until, withDefaultTiming, type VaultCluster } from "../../tools/services/vault-cluster";
import { failoverGap } from "../../tools/services/vault-failover";
import { ground, lost, startWriter, type Ground, type Writer } from "../support/vault-clusters";
import { rootFromShares } from "../support/vault-root";
import { foundOrSkip } from "../support/skip";

describe("a cluster of five nodes", function () {
    this.timeout(120_000);
    let at: Ground;
    let cluster: VaultCluster;
    let writer: Writer | undefined;
    const followers = async () => {
        const leader = await cluster.leader();
        return cluster.nodes().filter((node) => node !== leader);
    };

    before(async function () {
        at = foundOrSkip(this, await ground());
        const decision = decideAutopilot(5);
        assert(decision.accepted);
        const autopilot = autopilotBody(decision.configuration);
        cluster = await at.cluster({ telemetry: true, change: asRendered, autopilot });
    });
    afterEach(() => writer?.stop());
    after(() => (at as Ground | undefined)?.close());

    it("boots from the configuration of real nodes: five voters that found one another by their tag", async () => {
        const servers = await cluster.servers();
        const wanted = cluster.nodes().map(({ id, address }) => `${id} ${address}:8201 true`);
        assert.deepEqual(
            servers.map(({ node_id: id, address, voter }) => `${id} ${address} ${voter}`).sort(),
            wanted.sort(),
        );
        assert.equal(servers.filter(({ leader }) => leader).length, 1);
    });

    it("lets the holders of recovery shares make a root token on a node, and nobody over the network", async () => {
        const [node] = cluster.nodes();
        assert.ok(node);
        const attempt = await node.ask("GET", "sys/generate-root/attempt");
        assert.equal(attempt.status, 405);
        const socket = recoverySocket({ data: join(node.directory, "data") });
        // Who may not write to a socket cannot connect to it.
        assert.equal(statSync(socket).mode & 0o022, 0);
        const token = await rootFromShares(`unix:${socket}`, [cluster.recoveryShare]);
        const { status } = await node.ask("GET", "auth/token/lookup-self", { token: token ?? "" });
        assert.equal(status, 200);
    });

    it("answers by a certificate for its name, over TLS 1.2 at least", () => {
        const [node] = cluster.nodes();
        const handshake = (...args: readonly string[]): string =>
            execFileSync(
                "openssl",
                [
                    ...[
                        "s_client",
                        "-connect",
                        `${node?.address}:8200`,
                        "-CAfile",
                        cluster.tls.paths.authorities,
                    ],
                    ...["-verify_return_error", "-verify_hostname", cluster.tls.serverName, ...args],
                ],
                { input: "", encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] },
            );
        assert.match(handshake("-tls1_2"), /Verification: OK/);
        // SECLEVEL=0 lets openssl itself offer it.
        assert.throws(() => handshake("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"));
    });

    it("serves metrics on a port of their own, and nothing else there", async () => {
        const node = await cluster.leader();
        const metrics = "sys/metrics?format=prometheus";
        const open = await node.ask("GET", metrics, { port: 8203 });
        assert.equal(open.status, 200);
        assert.match(open.text, /^vault_core_active/m);
        assert.equal((await node.ask("GET", "sys/health", { port: 8203 })).status, 404);
        assert.equal((await node.ask("GET", metrics, { token: cluster.token })).status, 403);
    });

    it("writes each request to both audit devices, with no secret in the clear", async () => {
        assert.equal(await cluster.write("audited", "a-value-to-look-for"), true);
        const leader = await cluster.leader();
        const journal = leader.process().log();
        const file = readFileSync(join(cluster.directory, "audit", "audit.log"), "utf8");
        for (const log of [journal, file]) {
            assert.match(log, /"path":"secret\/data\/audited"/);
            assert.doesNotMatch(log, /a-value-to-look-for/);
            assert.equal(log.includes(cluster.token), false);
        }
    });

    it("goes on writing after two nodes were killed, the leader one of them, and loses nothing", async () => {
        writer = startWriter(cluster, "two");
        await until("something is written", 10_000, () =>
            Promise.resolve((writer?.acknowledged().size ?? 0) > 20),
        );
        const [other] = await followers();
        assert(other);
        const killed = [await cluster.leader(), other];
        const began = performance.now();
        await Promise.all(killed.map((node) => node.kill()));
        const since = () =>
            [...(writer?.acknowledged().values() ?? [])].filter((write) => write.began > began);
        await until("writing goes on", 30_000, () => Promise.resolve(since().length > 0));
        const gap = Math.min(...since().map(({ ended }) => ended)) - began;
        console.log(`      no write for ${(gap / 1_000).toFixed(2)} s`);
        // The default timing takes 8 to 14 seconds.
        assert(gap < 7_000, `${gap} ms`);
        await writer.stop();
        assert.deepEqual(await lost(cluster, writer), []);
        await Promise.all(killed.map((node) => node.start()));
        await cluster.settled();
    });

    it("acknowledges nothing after three were killed, and has all it acknowledged when they return", async () => {
        writer = startWriter(cluster, "three");
        await until("something is written", 10_000, () =>
            Promise.resolve((writer?.acknowledged().size ?? 0) > 20),
        );
        const killed = [await cluster.leader(), ...(await followers()).slice(0, 2)];
        await Promise.all(killed.map((node) => node.kill()));
        const gone = performance.now();
        const refused = writer.refused();
        await sleep(6_000);
        const late = [...writer.acknowledged()].filter(([, { ended }]) => ended > gone);
        assert.deepEqual(late, []);
        assert(writer.refused() > refused, "no write was refused");
        await Promise.all(killed.map((node) => node.start()));
        await until("writing goes on", 60_000, () => cluster.write("after-three", "written"));
        await writer.stop();
        assert.deepEqual(await lost(cluster, writer), []);
        await cluster.settled();
    });
});

describe("five nodes beside five with the server's default timing", function () {
    this.timeout(240_000);
    let at: Ground;

    before(async function () {
        at = foundOrSkip(this, await ground());
    });
    after(() => (at as Ground | undefined)?.close());

    it("take writes again in at most 0.35 of the time, after two were killed and the leader among them", async () => {
        const [own, other] = await Promise.all([at.cluster(), at.cluster({ change: withDefaultTiming })]);
        const gaps: (readonly [own: number, other: number])[] = [];
        // Side by side, so that what else the machine does slows both.
        for (let turn = 0; turn < 3; turn++)
            gaps.push(await Promise.all([failoverGap(own), failoverGap(other)]));
        const median = (side: 0 | 1): number => gaps.map((gap) => gap[side]).sort((a, b) => a - b)[1] ?? NaN;
        const ratio = median(0) / median(1);
        console.log(
            `      ${(median(0) / 1_000).toFixed(2)} s against ${(median(1) / 1_000).toFixed(2)} s: ${ratio.toFixed(2)}`,
        );
        assert(ratio <= 0.35, JSON.stringify(gaps));
    });
});

describe("a server whose audit log is on a full disk", function () {
    this.timeout(60_000);
    let at: Ground;

    before(async function () {
        at = foundOrSkip(this, await ground());
    });
    after(() => (at as Ground | undefined)?.close());

    /** Starts the only node again with a device in the log's place that is always full; undefined where none can be made. */
    async function onFullDisk(change?: (text: string) => string): Promise<VaultCluster | undefined> {
        const cluster = await at.cluster({ nodes: 1, ...(change && { change }) });
        const [node] = cluster.nodes();
        await node?.stop();
        const log = join(cluster.directory, "audit", "audit.log");
        rmSync(log);
        try {
            // One's own and not the machine's: the server sets its mode.
            execFileSync("mknod", [log, "c", "1", "7"], { stdio: "ignore" });
        } catch {
            console.log("      skipped: only root can make a device that is always full");
            return undefined;
        }
        await node?.start();
        return cluster;
    }

    it("goes on by its second audit device", async function () {
        const cluster = await onFullDisk();
        if (cluster === undefined) this.skip();
        await until("a write is acknowledged", 20_000, () => cluster.write("one", "value"));
        assert.equal(await cluster.read("one"), "value");
        assert.match(
            cluster.nodes()[0]?.process().log() ?? "",
            /"backend failed to log request".*"backend":"file\/"/,
        );
    });

    it("would answer nothing without that", async function () {
        const cluster = await onFullDisk((text) =>
            text.replace(/\naudit "file" "journal" \{[\s\S]*?\n\}\n/, ""),
        );
        if (cluster === undefined) this.skip();
        const [node] = cluster.nodes();
        await sleep(3_000);
        const answer = await node?.ask("GET", "sys/mounts", { token: cluster.token });
        assert.equal(answer?.status, 500);
    });
});
