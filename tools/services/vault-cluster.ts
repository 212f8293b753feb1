/** Clusters of the real server on loopback, over TLS, from the configuration that nodes on AWS get: where and with what they call is a test's own. */
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { serverConfiguration } from "../../components/vault-cluster/node/server-config";
import { JOIN_TAG, PORTS } from "../../components/vault-cluster/node/settings";
import { createInstance, createKey, CREDENTIALS, REGION, terminateInstance } from "./moto-calls";
import type { RunningMoto } from "./moto";
import type { VaultProgram } from "./openbao";
import { clusterNode, type Answer, type AskOptions, type ClusterNode } from "./vault-node";
import { makeClusterTls, type ClusterTls } from "./vault-tls";

export interface ClusterOptions {
    readonly program: VaultProgram;
    /** What unseals the nodes, and knows their instances; the caller starts and ends it. */
    readonly moto: RunningMoto;
    /** An empty folder. */
    readonly directory: string;
    /** 5 unless given. */
    readonly nodes?: number;
    readonly telemetry?: boolean;
    /** Changes the rendered configuration: `quickly` unless given, which hurries autopilot; `asRendered` changes nothing. */
    readonly change?: (configuration: string) => string;
    /** Autopilot's settings; a new node votes after one second of stability unless given. */
    readonly autopilot?: Readonly<Record<string, unknown>>;
}

/** A member of Raft's configuration. */
export interface RaftServer {
    /** The instance's id. */
    readonly node_id: string;
    /** `<address>:8201`. */
    readonly address: string;
    readonly leader: boolean;
    readonly voter: boolean;
}

export interface VaultCluster {
    /** Where its files are: the nodes' in folders of their ids, TLS files in `tls`, the audit log in `audit`. */
    readonly directory: string;
    readonly tls: ClusterTls;
    /** Its value of the tag by which nodes find one another. */
    readonly name: string;
    /** The root token. */
    readonly token: string;
    /** The one recovery share, in base64. */
    readonly recoveryShare: string;
    readonly keyArn: string;
    /** Every node that has not been destroyed, stopped ones too, the oldest first. */
    readonly nodes: () => readonly ClusterNode[];
    /**
     * A call with the root token to each running node in turn, until one answers it with a 2xx: that answer. Throws
     * what the last one said where none does.
     */
    readonly call: (method: string, path: string, options?: AskOptions) => Promise<Answer>;
    /** Writes a secret; gives whether any node acknowledged it, each within the limit: 5,000 milliseconds unless given. */
    readonly write: (key: string, value: string, limit?: number) => Promise<boolean>;
    /** The value of a secret, asked of the leader: what a standby has may be older. Throws where there is none. */
    readonly read: (key: string) => Promise<string>;
    /** Raft's configuration. */
    readonly servers: () => Promise<readonly RaftServer[]>;
    readonly leader: () => Promise<ClusterNode>;
    /** Starts a node with an id and an address of its own, which joins by itself. */
    readonly add: () => Promise<ClusterNode>;
    /** Kills a node for good: its data and its instance are gone, and Raft still counts it. */
    readonly destroy: (node: ClusterNode) => Promise<void>;
    /** Takes a node out of Raft, as its service does: one that leads hands over first. */
    readonly remove: (id: string) => Promise<void>;
    /** Waits until Raft's voters are the running nodes, and nobody else is in it. */
    readonly settled: (limit?: number) => Promise<void>;
    /** Kills whatever still runs. */
    readonly close: () => Promise<void>;
}

const SERVER_NAME = "vault.cluster.test";
/** An address that nothing answers at, so that the programs do not wait for AWS's own. */
const ENVIRONMENT = { ...CREDENTIALS, AWS_EC2_METADATA_DISABLED: "true" };
const raftSchema = z.object({
    data: z.object({
        config: z.object({
            servers: z.array(
                z.object({
                    node_id: z.string(),
                    address: z.string(),
                    leader: z.boolean(),
                    voter: z.boolean(),
                }),
            ),
        }),
    }),
});
const secretSchema = z.object({ data: z.object({ data: z.object({ value: z.string() }) }) });
const initSchema = z.object({ root_token: z.string(), recovery_keys_base64: z.tuple([z.string()]) });

/** Starts the nodes, initialises the cluster, mounts KV version 2 at `secret`, and waits until every node votes. */
export async function startVaultCluster(options: ClusterOptions): Promise<VaultCluster> {
    const { moto, directory, program } = options;
    const tls = makeClusterTls(join(directory, "tls"), SERVER_NAME);
    const name = `vault-${randomBytes(3).toString("hex")}`;
    const keyArn = await createKey(moto.url);
    const network = await freeNetwork();
    mkdirSync(join(directory, "audit"), { recursive: true });
    let nodes: readonly ClusterNode[] = [];
    let made = 0;
    let token = "";
    let recoveryShare = "";

    const make = async (): Promise<ClusterNode> => {
        const address = `${network}.${++made}`;
        const id = await createInstance(moto.url, { address, tag: [JOIN_TAG, name] });
        const home = join(directory, id);
        const rendered = serverConfiguration({
            ...{ product: program.product, clusterName: name, serverName: SERVER_NAME },
            join: { tag: name, region: REGION, endpoint: moto.url },
            seal: { region: REGION, keyArn, endpoint: moto.url },
            paths: {
                program: program.command,
                configuration: join(home, "server.hcl"),
                data: join(home, "data"),
                // One for all: its path is Raft's to keep, and on AWS each node has a disk of its own.
                audit: join(directory, "audit", "audit.log"),
                tls: tls.paths,
            },
            telemetry: options.telemetry ?? false,
        });
        const node = clusterNode({
            ...{ program, id, address, directory: home, tls, environment: ENVIRONMENT },
            configuration: (options.change ?? quickly)(rendered),
        });
        nodes = [...nodes, node];
        await node.start();
        return node;
    };
    const call = async (method: string, path: string, asked: AskOptions = {}): Promise<Answer> => {
        let last: unknown = new Error("no node runs");
        for (const node of nodes.filter((each) => each.isRunning())) {
            const answer = await node.ask(method, path, { token, ...asked }).catch((error: unknown) => {
                last = error;
                return undefined;
            });
            if (answer === undefined) continue;
            if (answer.status >= 200 && answer.status < 300) return answer;
            last = new Error(`${method} ${path}: HTTP ${answer.status} ${answer.text}`);
        }
        throw last;
    };
    const servers = async (): Promise<readonly RaftServer[]> => {
        const { text } = await call("GET", "sys/storage/raft/configuration");
        return raftSchema.parse(JSON.parse(text)).data.config.servers;
    };
    const leader = async (): Promise<ClusterNode> => {
        const { node_id: id } = (await servers()).find((server) => server.leader) ?? {};
        const found = nodes.find((node) => node.id === id && node.isRunning());
        if (found === undefined) throw new Error("no running node leads");
        return found;
    };
    const settled = async (limit = 60_000): Promise<void> => {
        await until("the voters are the running nodes", limit, async () => {
            const found = await servers();
            const wanted = nodes.filter((node) => node.isRunning()).map((node) => node.id);
            return (
                found.length === wanted.length &&
                found.every((server) => server.voter && wanted.includes(server.node_id))
            );
        });
    };
    const close = async (): Promise<void> => {
        await Promise.all(nodes.map((node) => node.kill()));
    };
    try {
        const count = options.nodes ?? 5;
        const started = await Promise.allSettled(Array.from({ length: count }, make));
        for (const each of started) if (each.status === "rejected") throw each.reason;
        const [first] = nodes;
        if (first === undefined) throw new RangeError("a cluster has a node at least");
        const answer = await first.ask("PUT", "sys/init", {
            body: { recovery_shares: 1, recovery_threshold: 1 },
            limit: 60_000,
        });
        if (answer.status !== 200) throw new Error(`sys/init: HTTP ${answer.status} ${answer.text}`);
        const made = initSchema.parse(JSON.parse(answer.text));
        token = made.root_token;
        [recoveryShare] = made.recovery_keys_base64;
        await until("the first node is active", 30_000, async () => (await first.health()) === 200);
        await call("PUT", "sys/mounts/secret", { body: { type: "kv", options: { version: "2" } } });
        const autopilot = options.autopilot ?? { server_stabilization_time: "1s" };
        await call("PUT", "sys/storage/raft/autopilot/configuration", { body: autopilot });
        await settled();
    } catch (error) {
        await close();
        throw error;
    }
    return {
        ...{
            directory,
            tls,
            name,
            token,
            recoveryShare,
            keyArn,
            call,
            servers,
            leader,
            settled,
            close,
            add: make,
        },
        nodes: () => nodes,
        write: (key, value, limit = 5_000) =>
            call("PUT", `secret/data/${key}`, { body: { data: { value } }, limit }).then(
                () => true,
                () => false,
            ),
        read: async (key) => {
            const { text } = await (await leader()).ask("GET", `secret/data/${key}`, { token });
            return secretSchema.parse(JSON.parse(text)).data.data.value;
        },
        destroy: async (node) => {
            await node.destroy();
            nodes = nodes.filter((each) => each !== node);
            await terminateInstance(moto.url, node.id);
        },
        remove: (id) =>
            until(`${id} is out of Raft`, 60_000, async () => {
                if (!(await servers()).some((server) => server.node_id === id)) return true;
                const leading = await leader();
                if (leading.id === id) await leading.ask("PUT", "sys/step-down", { token });
                else
                    await leading.ask("PUT", "sys/storage/raft/remove-peer", {
                        token,
                        body: { server_id: id },
                    });
                return false;
            }),
    };
}

/** Autopilot looks once a second instead of every ten, so that tests wait less until a new node votes. */
export function quickly(configuration: string): string {
    return withTiming(
        configuration,
        `${TIMING}  autopilot_update_interval = "500ms"\n  autopilot_reconcile_interval = "1s"\n`,
    );
}

/** The configuration of real nodes as it is. */
export function asRendered(configuration: string): string {
    return configuration;
}

/** The configuration with the server's own timing of elections, which is that of a test machine. */
export function withDefaultTiming(configuration: string): string {
    return withTiming(configuration, "");
}

const TIMING = "  performance_multiplier = 1\n";

function withTiming(configuration: string, timing: string): string {
    if (!configuration.includes(TIMING))
        throw new Error("The configuration should set performance_multiplier.");
    return configuration.replace(TIMING, timing);
}

/** Asks every 50 ms until it is so; a rejection counts as no. Throws after the limit, in milliseconds. */
export async function until(what: string, limit: number, isSo: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + limit;
    let last: unknown;
    for (;;) {
        try {
            if (await isSo()) return;
        } catch (error) {
            last = error;
        }
        if (performance.now() > end)
            throw new Error(`It should have come to this within ${limit} ms: ${what}`, { cause: last });
        await sleep(50);
    }
}

/** The first three numbers of loopback addresses that no server listens on. */
async function freeNetwork(): Promise<string> {
    for (;;) {
        const network = `127.${randomInt(2, 254)}.${randomInt(1, 254)}`;
        const server = createServer();
        const free = await new Promise<boolean>((resolve) => {
            server.once("error", () => {
                resolve(false);
            });
            server.listen(PORTS.api, `${network}.1`, () => {
                resolve(true);
            });
        });
        if (!free) continue;
        await once(server.close(), "close");
        return network;
    }
}
