/** Clusters whose nodes have their service running, each with an instance's metadata of its own. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { Context } from "mocha";
import { PORTS, type NodeSettings } from "../../components/vault-cluster/node/settings";
import { NODE_ROLE, nodeRole } from "../../provider/vault/configuring";
import { NODE_POLICY, POLICIES } from "../../provider/vault/policies";
import { startAutoScaling, type RunningScaling } from "../../tools/services/auto-scaling";
import {
    startInstanceMetadata,
    type RoleCredentials,
    type RunningMetadata,
} from "../../tools/services/instance-metadata";
import { callJson, REGION } from "../../tools/services/moto-calls";
import { findMoto, startMoto, type Moto, type RunningMoto } from "../../tools/services/moto";
import { findOpenBao, type VaultProgram } from "../../tools/services/openbao";
import { startServer, type RunningServer } from "../../tools/services/server";
import { startVaultCluster, type VaultCluster } from "../../tools/services/vault-cluster";
import type { ClusterNode } from "../../tools/services/vault-node";

export const AGENT = join(__dirname, "../../components/vault-cluster/node/agent/agent.py");

/** A node with what its service meets. */
export interface ServedNode {
    readonly node: ClusterNode;
    readonly metadata: RunningMetadata;
    /** The service; of the last one where it is down. */
    readonly agent: () => RunningServer;
    /** Starts a service, by the program itself unless one that runs it in its own way is given. */
    readonly startAgent: (program?: string) => Promise<void>;
    /** Starts its server again, which is down. */
    readonly startServer: () => Promise<void>;
    /** Runs one command of the service's program to its end, in its environment but for what is given. */
    readonly run: (
        command: string,
        environment: Readonly<Record<string, string>>,
    ) => Promise<{ readonly code: number; readonly output: string }>;
    /** What its services have logged, all of them. */
    readonly log: () => string;
    /** The status of its answer about replacement; 0 where there is none. */
    readonly replacement: () => Promise<number>;
}

export interface AgentsOptions {
    readonly program: VaultProgram;
    readonly moto: Moto;
    /** An empty folder. */
    readonly directory: string;
    /** 5 unless given. */
    readonly nodes?: 1 | 3 | 5;
    /** What all pauses of the services are divided by: 1 unless given. */
    readonly pace?: number;
}

export interface AgentCluster {
    readonly cluster: VaultCluster;
    readonly moto: RunningMoto;
    readonly scaling: RunningScaling;
    readonly settings: NodeSettings;
    readonly served: () => readonly ServedNode[];
    /** The node that leads, with its service. */
    readonly leader: () => Promise<ServedNode>;
    readonly followers: () => Promise<readonly ServedNode[]>;
    /** A new node with its service, once it votes and so does every other that runs. */
    readonly add: () => Promise<ServedNode>;
    /** Puts this text in the secret with the TLS files. */
    readonly putSecret: (text: string) => Promise<void>;
    readonly close: () => Promise<void>;
}

export async function startAgentCluster(options: AgentsOptions): Promise<AgentCluster> {
    const { directory, nodes = 5, pace = 1, program } = options;
    const moto = await startMoto(options.moto);
    const credentials: RoleCredentials = {
        role: "node",
        accessKeyId: "ASIATESTTESTTESTTEST",
        secretAccessKey: randomBytes(30).toString("base64"),
        token: randomBytes(60).toString("base64"),
    };
    const scaling = await startAutoScaling({ region: REGION, credentials: [credentials] });
    const cluster = await startVaultCluster({ program, moto, directory, nodes });
    await allowNodes(cluster);
    const { certificate, privateKey, authorities } = cluster.tls.paths;
    const texts = {
        certificate: readFileSync(certificate, "utf8"),
        privateKey: readFileSync(privateKey, "utf8"),
        authorities: readFileSync(authorities, "utf8"),
    };
    const secret = (await callJson(moto.url, "secretsmanager", "secretsmanager.CreateSecret", {
        Name: "tls",
        SecretString: JSON.stringify(texts),
    })) as { readonly ARN: string };
    const settings: NodeSettings = {
        product: program.product,
        binary: { path: program.command },
        clusterName: cluster.name,
        nodes,
        region: REGION,
        serverName: cluster.tls.serverName,
        kmsKeyArn: cluster.keyArn,
        tlsSecretArn: secret.ARN,
        lifecycleHook: "leave",
        telemetry: false,
    };
    const settingsFile = join(directory, "node.json");
    writeFileSync(settingsFile, JSON.stringify(settings));
    let served: readonly ServedNode[] = [];
    const serve = async (node: ClusterNode): Promise<ServedNode> => {
        const metadata = await startInstanceMetadata({ id: node.id, address: node.address, credentials });
        const systemctl = join(directory, `${node.id}.systemctl`);
        const environment = {
            AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
            AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.url,
            AWS_ENDPOINT_URL_AUTO_SCALING: scaling.url,
            AWS_ENDPOINT_URL_EC2: moto.url,
            PORTCULLIS_TLS: join(directory, "tls"),
            PORTCULLIS_SYSTEMCTL: systemctl,
            PORTCULLIS_PACE: pace.toString(),
        };
        const agents: RunningServer[] = [];
        const agent = (): RunningServer => {
            const last = agents.at(-1);
            if (last === undefined) throw new Error(`${node.id} has no service`);
            return last;
        };
        const log = (): string => agents.map((each) => each.log()).join("");
        const startServerAgain = async (): Promise<void> => {
            await node.start();
            writeSystemctl(systemctl, node.process().pid);
        };
        const startAgent = async (agentProgram = AGENT): Promise<void> => {
            const before = metadata.requests().length;
            agents.push(
                await startServer({
                    command: "python3",
                    args: ["-W", "error::SyntaxWarning", agentProgram, "--settings", settingsFile, "run"],
                    environment,
                    isReady: () =>
                        Promise.resolve(
                            metadata
                                .requests()
                                .slice(before)
                                .some((line) => line.includes("target-lifecycle-state")),
                        ),
                }),
            );
        };
        writeSystemctl(systemctl, node.process().pid);
        await startAgent();
        const made: ServedNode = {
            ...{ node, metadata, agent, startAgent, log, startServer: startServerAgain },
            run: (command, more) => runAgent(command, settingsFile, { ...environment, ...more }),
            replacement: () => replacementOf(cluster, node),
        };
        served = [...served, made];
        return made;
    };
    const close = async (): Promise<void> => {
        await Promise.all(served.map(({ agent }) => agent().end("SIGKILL")));
        await cluster.close();
        await Promise.all([...served.map(({ metadata }) => metadata.close()), scaling.close(), moto.end()]);
    };
    const starts = await Promise.allSettled(cluster.nodes().map(serve));
    for (const start of starts)
        if (start.status === "rejected") {
            await close();
            throw start.reason;
        }
    const byLead = async (): Promise<readonly ServedNode[]> => {
        const { id } = await cluster.leader();
        const running = served.filter(({ node }) => node.isRunning());
        return [
            ...running.filter(({ node }) => node.id === id),
            ...running.filter(({ node }) => node.id !== id),
        ];
    };
    return {
        ...{ cluster, moto, scaling, settings, close, served: () => served },
        leader: async () => {
            const [first] = await byLead();
            if (first === undefined) throw new Error("no node runs");
            return first;
        },
        followers: async () => (await byLead()).slice(1),
        add: async () => {
            const node = await cluster.add();
            await cluster.settled();
            return serve(node);
        },
        putSecret: async (text) => {
            await callJson(moto.url, "secretsmanager", "secretsmanager.PutSecretValue", {
                SecretId: settings.tlsSecretArn,
                SecretString: text,
            });
        },
    };
}

/** The same for a hook of a suite, all of whose tests are skipped where a program is missing. */
export async function agentClusterOrSkip(
    hook: Context,
    options: Omit<AgentsOptions, "program" | "moto">,
): Promise<AgentCluster> {
    const program = await findOpenBao();
    const moto = await findMoto();
    const skip = (missing: string): never => {
        console.log(`      skipped: ${missing}`);
        return hook.skip();
    };
    if ("missing" in program) return skip(program.missing);
    if ("missing" in moto) return skip(moto.missing);
    return startAgentCluster({ ...options, program, moto });
}

/** The auth method, policy and role by which nodes sign in. */
async function allowNodes(cluster: VaultCluster): Promise<void> {
    await cluster.call("PUT", `sys/policies/acl/${NODE_POLICY}`, { body: { policy: POLICIES[NODE_POLICY] } });
    await cluster.call("PUT", "sys/auth/cert", { body: { type: "cert" } });
    await cluster.call("PUT", `auth/cert/certs/${NODE_ROLE}`, {
        body: nodeRole({ authorityPem: cluster.tls.authorities, dnsNames: [cluster.tls.serverName] }),
    });
}

function runAgent(
    command: string,
    settingsFile: string,
    environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly output: string }> {
    const env = { PATH: process.env.PATH ?? "", ...environment };
    return new Promise((resolve) => {
        execFile(
            "python3",
            [AGENT, "--settings", settingsFile, command],
            { env, timeout: 30_000 },
            (error, out, err) => {
                resolve({
                    code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
                    output: out + err,
                });
            },
        );
    });
}

/** What systemd does for the server's unit: a signal to its process, and for a stop the wait until it is gone. */
function writeSystemctl(path: string, pid: number): void {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(
        path,
        `#!/bin/sh
echo "$1 $2" >> ${path}.log
case "$1" in
reload) kill -HUP ${pid} ;;
stop)
    kill -INT ${pid} || exit 0
    while kill -0 ${pid} 2>/dev/null; do sleep 0.1; done
    ;;
*) exit 2 ;;
esac
`,
    );
    chmodSync(path, 0o755);
}

function replacementOf({ tls }: VaultCluster, { address }: ClusterNode): Promise<number> {
    return new Promise((resolve) => {
        const outgoing = request(
            {
                ...{ host: address, port: PORTS.health, path: "/replacement", agent: false },
                ...{ ca: tls.authorities, servername: tls.serverName, timeout: 5_000 },
            },
            (response) => {
                response.resume();
                resolve(response.statusCode ?? 0);
            },
        );
        outgoing.on("timeout", () => outgoing.destroy());
        outgoing.on("error", () => {
            resolve(0);
        });
        outgoing.end();
    });
}
