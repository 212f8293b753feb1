/** Several real OpenBao nodes on loopback, each with an address of its own, that find one another and seal alike. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { staticSeal, statusOf, type VaultProgram } from "../../tools/services/openbao";
import { startServer, type RunningServer } from "../../tools/services/server";
import { SERVER_NAME, type Issued } from "./vault-certificates";

/** Loopback addresses of the nodes' own: nothing else of the tests listens there. */
export const NODE_ADDRESSES = ["127.0.91.1", "127.0.91.2", "127.0.91.3"] as const;

/** Of the API, and the one after it of the cluster: below those that the system gives out by itself. */
const PORT = 18_290;

export interface ClusterNode {
    readonly url: string;
    readonly id: string;
    readonly start: () => Promise<void>;
    readonly kill: () => Promise<void>;
}

export interface NodesOptions {
    readonly program: VaultProgram;
    /** With all of `NODE_ADDRESSES` in it. */
    readonly tls: Issued;
    /** The file of the authority that issued it. */
    readonly authority: string;
}

/** Three nodes, not started; the second and the third join the first. */
export function clusterOfThree({ program, tls, authority }: NodesOptions): {
    readonly nodes: readonly [ClusterNode, ClusterNode, ClusterNode];
    readonly close: () => Promise<void>;
} {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-nodes-"));
    const running = new Map<string, RunningServer>();
    const seal = staticSeal(directory);
    const node = (host: string, number: number): ClusterNode => {
        const id = `node-${number}`;
        const url = `https://${host}:${PORT}`;
        const config = join(directory, `${id}.hcl`);
        mkdirSync(join(directory, id));
        writeFileSync(
            config,
            `
disable_mlock = true
api_addr      = "${url}"
cluster_addr  = "https://${host}:${PORT + 1}"
listener "tcp" {
  address         = "${host}:${PORT}"
  cluster_address = "${host}:${PORT + 1}"
  tls_cert_file   = "${tls.certificate}"
  tls_key_file    = "${tls.privateKey}"
}
${seal}
storage "raft" {
  path                   = "${join(directory, id)}"
  node_id                = "${id}"
  performance_multiplier = 1
  retry_join {
    leader_api_addr       = "https://${NODE_ADDRESSES[0]}:${PORT}"
    leader_tls_servername = "${SERVER_NAME}"
    leader_ca_cert_file   = "${authority}"
  }
}
`,
        );
        return {
            id,
            url,
            start: async () => {
                const server = await startServer({
                    command: program.command,
                    args: ["server", `-config=${config}`],
                    cwd: directory,
                    isReady: async () => (await statusOf(`${url}/v1/sys/health`)) > 0,
                });
                running.set(id, server);
            },
            kill: async () => {
                await running.get(id)?.end("SIGKILL");
                running.delete(id);
            },
        };
    };
    const [one, two, three] = NODE_ADDRESSES;
    return {
        nodes: [node(one, 1), node(two, 2), node(three, 3)],
        close: async () => {
            for (const server of running.values()) await server.end("SIGKILL");
            rmSync(directory, { recursive: true, force: true });
        },
    };
}
