/** The server's configuration file, from one template: a node on AWS and one in a test differ by data alone. */
import { JOIN_TAG, nodePaths, PORTS, type NodePaths, type NodeSettings } from "./settings";

/** What a node learns of itself at boot, and the configuration has in their place until then. */
export const PLACEHOLDERS = { address: "@ADDRESS@", nodeId: "@NODE_ID@" } as const;

export interface ServerConfiguration {
    readonly product: NodeSettings["product"];
    readonly clusterName: string;
    readonly serverName: string;
    /** How a node finds the others: by the tag of running instances. None for a cluster of one. */
    readonly join?: { readonly tag: string; readonly region: string; readonly endpoint?: string };
    readonly seal: { readonly region: string; readonly keyArn: string; readonly endpoint?: string };
    readonly paths: NodePaths;
    readonly telemetry: boolean;
}

/** The configuration of a node on AWS. */
export function configurationOf(settings: NodeSettings): ServerConfiguration {
    const { product, clusterName, serverName, nodes, region, kmsKeyArn, telemetry } = settings;
    return {
        product,
        clusterName,
        serverName,
        ...(nodes > 1 && { join: { tag: clusterName, region } }),
        seal: { region, keyArn: kmsKeyArn },
        paths: nodePaths(settings),
        telemetry,
    };
}

/** One audit device of a server, in the words that its API has for them. */
export interface AuditDevice {
    readonly type: "file";
    /** Its mount path. */
    readonly path: string;
    readonly options: Readonly<Record<string, string>>;
}

/**
 * Two devices, for a server answers nothing while it can write to none: a full disk stops the file and not the
 * journal. Neither is a socket to elsewhere, since a device that hangs, unlike one that fails, holds up every request.
 */
export function auditDevices({ audit }: Pick<NodePaths, "audit">): readonly AuditDevice[] {
    return [
        { type: "file", path: "file", options: { file_path: audit, mode: "0600" } },
        { type: "file", path: "journal", options: { file_path: "stdout" } },
    ];
}

/** HCL with the placeholders in it. */
export function serverConfiguration(configuration: ServerConfiguration): string {
    const { product, clusterName, seal, paths } = configuration;
    const telemetry = product === "openbao" && configuration.telemetry;
    const address = PLACEHOLDERS.address;
    const top = block(undefined, [
        ["cluster_name", clusterName],
        ["api_addr", `https://${address}:${PORTS.api}`],
        ["cluster_addr", `https://${address}:${PORTS.cluster}`],
        ["ui", false],
        ["log_level", "info"],
        ["log_format", "json"],
        // OpenBao has no mlock any more. Raft's store is mapped into memory, which locking would load whole; that
        // nothing of it reaches a disk is what the unit's MemorySwapMax=0 is for.
        ...(product === "vault" ? [["disable_mlock", true] as const] : []),
    ]);
    const tls = [
        ["tls_cert_file", paths.tls.certificate],
        ["tls_key_file", paths.tls.privateKey],
        ["tls_min_version", "tls12"],
    ] as const;
    const apiListener = block(
        'listener "tcp"',
        [["address", `${address}:${PORTS.api}`], ["cluster_address", `${address}:${PORTS.cluster}`], ...tls],
        telemetry ? [block("telemetry", [["disallow_metrics", true]])] : [],
    );
    const blocks = [
        top,
        storage(configuration),
        apiListener,
        block('seal "awskms"', [
            ["region", seal.region],
            ["kms_key_id", seal.keyArn],
            ...(seal.endpoint === undefined ? [] : [["endpoint", seal.endpoint] as const]),
        ]),
        ...(telemetry ? metrics(address, tls) : []),
        ...(product === "openbao" ? [recovery(paths)] : []),
        // Vault's are made through its API.
        ...(product === "openbao" ? auditDevices(paths).map(auditBlock) : []),
    ];
    return `${blocks.join("\n\n")}\n`;
}

/** Raft's storage. A multiplier of 1 is what its maker recommends for production: a lost leader is replaced in seconds. */
function storage({ serverName, join, paths }: ServerConfiguration): string {
    const verified = [
        ["leader_tls_servername", serverName],
        ["leader_ca_cert_file", paths.tls.authorities],
    ] as const;
    return block(
        'storage "raft"',
        [
            ["path", paths.data],
            ["node_id", PLACEHOLDERS.nodeId],
            ["performance_multiplier", 1],
        ],
        join === undefined ? [] : [block("retry_join", [...joinEntries(join), ...verified])],
    );
}

function joinEntries(join: NonNullable<ServerConfiguration["join"]>): readonly Entry[] {
    const terms = [
        "provider=aws",
        `region=${join.region}`,
        `tag_key=${JOIN_TAG}`,
        `tag_value=${join.tag}`,
        "addr_type=private_v4",
        ...(join.endpoint === undefined ? [] : [`endpoint=${join.endpoint}`]),
    ];
    return [
        ["auto_join", terms.join(" ")],
        ["auto_join_scheme", "https"],
        ["auto_join_port", PORTS.api],
    ];
}

/**
 * Metrics need no token on a listener of their own, whose port a security group can keep for who gathers them. For
 * OpenBao alone: Vault cannot keep a listener from serving its whole API.
 */
function metrics(address: string, tls: readonly Entry[]): readonly string[] {
    const access = block("telemetry", [
        ["unauthenticated_metrics_access", true],
        ["metrics_only", true],
    ]);
    return [
        block('listener "tcp"', [["address", `${address}:${PORTS.telemetry}`], ...tls], [access]),
        block("telemetry", [
            ["prometheus_retention_time", "24h"],
            ["disable_hostname", true],
        ]),
    ];
}

/** Where, on a node, the holders of recovery shares make a root token: the last way in where no administrator can sign in. */
export function recoverySocket({ data }: Pick<NodePaths, "data">): string {
    return `${data}/recovery.sock`;
}

/**
 * OpenBao refuses that at listeners that are not told otherwise. At this one only root and the server itself can ask: it
 * lies in a folder of the server's own, and nobody else may write to it.
 */
function recovery(paths: NodePaths): string {
    return block('listener "unix"', [
        ["address", recoverySocket(paths)],
        ["disable_unauthed_generate_root_endpoints", false],
    ]);
}

function auditBlock({ type, path, options }: AuditDevice): string {
    return block(`audit "${type}" "${path}"`, [], [block("options", Object.entries(options))]);
}

type Entry = readonly [key: string, value: string | number | boolean];

/** A block of HCL, or the top of a file where it has no head. Settings are checked, so no value needs an escape. */
function block(head: string | undefined, entries: readonly Entry[], inner: readonly string[] = []): string {
    const width = Math.max(0, ...entries.map(([key]) => key.length));
    const lines = [
        ...entries.map(([key, value]) => `${key.padEnd(width)} = ${JSON.stringify(value)}`),
        ...inner.flatMap((text) => text.split("\n")),
    ];
    if (head === undefined) return lines.join("\n");
    return [`${head} {`, ...lines.map((line) => `  ${line}`), "}"].join("\n");
}
