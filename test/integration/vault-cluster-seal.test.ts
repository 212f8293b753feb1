/** The key service away: a running server goes on, and one that starts stays sealed until it is back, and no longer. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { systemdUnits } from "../../components/vault-cluster/node/units";
import { freePorts } from "../../tools/services/server";
import { until, type VaultCluster } from "../../tools/services/vault-cluster";
import type { ClusterNode } from "../../tools/services/vault-node";
import { ground, type Ground } from "../support/vault-clusters";
import { foundOrSkip } from "../support/skip";

/** What stands between the server and moto: it lets everything pass, refuses decryption, or is not there at all. */
interface Gate {
    readonly url: string;
    readonly open: () => Promise<void>;
    readonly refuse: () => void;
    readonly close: () => Promise<void>;
}

async function startGate(target: string): Promise<Gate> {
    const [port = 0] = await freePorts(1);
    let refusing = false;
    let server: Server | undefined;
    const open = async (): Promise<void> => {
        refusing = false;
        if (server !== undefined) return;
        server = createServer((incoming, response) => {
            if (refusing && incoming.headers["x-amz-target"] === "TrentService.Decrypt") {
                response.writeHead(500).end();
                return;
            }
            const { method, url, headers } = incoming;
            const outgoing = request(new URL(url ?? "/", target), { method, headers }, (answer) => {
                response.writeHead(answer.statusCode ?? 500, answer.headers);
                answer.pipe(response);
            });
            outgoing.on("error", () => response.destroy());
            incoming.pipe(outgoing);
        });
        server.listen(port, "127.0.0.1");
        await once(server, "listening");
    };
    await open();
    return {
        url: `http://127.0.0.1:${port}`,
        open,
        refuse: () => {
            refusing = true;
        },
        close: async () => {
            const closing = server;
            server = undefined;
            if (closing === undefined) return;
            closing.close();
            closing.closeAllConnections();
            await once(closing, "close");
        },
    };
}

/** What the unit says of a server that has ended. */
function restartsAfter(): number {
    const unit = systemdUnits({
        ...{ product: "openbao", binary: { path: "/usr/bin/bao" }, clusterName: "vault", nodes: 5 },
        ...{ region: "eu-west-3", serverName: "vault.test", lifecycleHook: "leave", telemetry: false },
        ...{ kmsKeyArn: "", tlsSecretArn: "" },
    }).find(({ path }) => path.endsWith("/openbao.service"));
    assert.match(unit?.text ?? "", /^Restart=always$/m);
    // Without this systemd gives up after five starts in ten seconds; with five seconds between them, never, by luck.
    assert.match(unit?.text ?? "", /^StartLimitIntervalSec=0$/m);
    return Number(/^RestartSec=(\d+)$/m.exec(unit?.text ?? "")?.[1]) * 1_000;
}

/** Does what systemd does by the unit, until told to stop: starts the server again whenever it has ended. */
function supervise(
    node: ClusterNode,
    pause: number,
): { readonly starts: () => number; readonly stop: () => Promise<void> } {
    let going = true;
    let starts = 0;
    const work = async (): Promise<void> => {
        while (going) {
            if (node.isRunning()) {
                await sleep(50);
                continue;
            }
            if (starts > 0) await sleep(pause);
            starts++;
            await node.start().catch(() => undefined);
        }
    };
    const done = work();
    return {
        starts: () => starts,
        stop: () => {
            going = false;
            return done;
        },
    };
}

describe("a server whose key service is away", function () {
    this.timeout(90_000);
    let at: Ground;
    let gate: Gate;
    let cluster: VaultCluster;
    let node: ClusterNode;

    before(async function () {
        at = foundOrSkip(this, await ground());
        gate = await startGate(at.moto.url);
        cluster = await at.cluster({ nodes: 1, moto: { ...at.moto, url: gate.url } });
        const [only] = cluster.nodes();
        assert(only);
        node = only;
        assert.equal(await cluster.write("kept", "value"), true);
    });
    after(async () => {
        await (gate as Gate | undefined)?.close();
        await (at as Ground | undefined)?.close();
    });

    const returned = () =>
        until("it is active and has its data", 30_000, async () => (await cluster.read("kept")) === "value");

    it("goes on where it is unsealed already", async () => {
        await gate.close();
        assert.equal(await cluster.write("without", "keys"), true);
        assert.equal(await node.health(), 200);
        await gate.open();
    });

    it("stays sealed where it cannot decrypt, and opens by itself once it can", async () => {
        await node.stop();
        gate.refuse();
        await node.start();
        await sleep(3_000);
        assert.equal(await node.health(), 503);
        await assert.rejects(cluster.read("kept"));
        await gate.open();
        await returned();
    });

    it("ends where nothing answers at its start, and serves once its unit has started it after the return", async () => {
        await node.stop();
        await gate.close();
        const unit = supervise(node, restartsAfter());
        try {
            await until("it was started twice", 30_000, () => Promise.resolve(unit.starts() >= 2));
            assert.equal(await node.health(), 0);
            assert.equal(node.isRunning(), false);
            await gate.open();
            await returned();
        } finally {
            await unit.stop();
        }
    });
});
