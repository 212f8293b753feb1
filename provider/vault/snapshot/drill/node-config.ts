/** The configuration of a drill's node: one node on loopback, in one folder, with nothing that leads elsewhere. */
import { join } from "node:path";
import { sealHcl, type SealBlock } from "./seal-block";

export interface NodeSettings {
    /** The node's own, absolute. */
    readonly folder: string;
    readonly seal: SealBlock;
    /** Of loopback. */
    readonly ports: { readonly api: number; readonly cluster: number };
}

/** Where what belongs to a node is, within its folder. */
export function nodeFiles(folder: string) {
    return {
        config: join(folder, "server.hcl"),
        data: join(folder, "data"),
        certificate: join(folder, "tls.pem"),
        privateKey: join(folder, "tls.key"),
    };
}

/**
 * HCL. There is no `retry_join`, no UI, no telemetry and no audit device: those of the snapshot come with it. Memory is
 * not locked, for a container's may not be.
 */
export function nodeConfig({ folder, seal, ports }: NodeSettings): string {
    const files = nodeFiles(folder);
    return `disable_mlock = true
ui            = false
log_level     = "info"
log_format    = "standard"
api_addr      = "https://127.0.0.1:${ports.api}"
cluster_addr  = "https://127.0.0.1:${ports.cluster}"
listener "tcp" {
  address         = "127.0.0.1:${ports.api}"
  cluster_address = "127.0.0.1:${ports.cluster}"
  tls_cert_file   = ${JSON.stringify(files.certificate)}
  tls_key_file    = ${JSON.stringify(files.privateKey)}
  tls_min_version = "tls12"
}
storage "raft" {
  path                   = ${JSON.stringify(files.data)}
  node_id                = "drill"
  performance_multiplier = 1
}
${sealHcl(seal)}
`;
}

/**
 * The node's environment: where programs are, what AWS's clients read, and its folder for everything that it would put
 * into a home or a temporary folder. Nothing of Vault's own, which would change its configuration.
 */
export function nodeEnvironment(
    folder: string,
    environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
    const passed = Object.entries(environment).filter(
        (entry): entry is [string, string] =>
            entry[1] !== undefined && (entry[0] === "PATH" || entry[0].startsWith("AWS_")),
    );
    return { ...Object.fromEntries(passed), HOME: folder, TMPDIR: folder };
}
