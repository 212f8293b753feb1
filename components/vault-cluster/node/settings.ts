/** What a node of the cluster is told, where things are on it, and which values are refused. */
import { PortcullisError } from "../../../provider/errors";
import { REGION } from "../../../provider/region";
import type { CheckFailure } from "../../../provider/resource";

/** Everything a node is told; holds no secret. It is the file `/etc/portcullis/node.json` of every node. */
export interface NodeSettings {
    readonly product: "openbao" | "vault";
    /**
     * Where the server program is: on the image, or fetched at boot and compared with its digest before it can run. A
     * `url` that ends in `.zip` or `.tar.gz` is an archive with the program in it; the digest is that of the archive.
     */
    readonly binary: { readonly path: string } | { readonly url: string; readonly sha256: string };
    /** Name of the cluster: value of the tag by which nodes find one another, and the Auto Scaling group's name. */
    readonly clusterName: string;
    readonly nodes: 1 | 3 | 5 | 7;
    readonly region: string;
    /** The DNS name in the server certificate: by it nodes and clients know the server, whatever its address. */
    readonly serverName: string;
    readonly kmsKeyArn: string;
    /** ARN of the Secrets Manager secret with the TLS files. */
    readonly tlsSecretArn: string;
    readonly lifecycleHook: string;
    /** Whether metrics are served, without a token, on a port of their own; never by Vault. */
    readonly telemetry: boolean;
}

/** The ports that a node listens on, each on its private address alone. */
export const PORTS = {
    /** The server's API. */
    api: 8200,
    /** Raft and forwarded requests, between nodes. */
    cluster: 8201,
    /** The node service's answers about health. */
    health: 8202,
    /** Metrics in Prometheus's format at `/v1/sys/metrics?format=prometheus`, where they are asked for. */
    telemetry: 8203,
} as const;

/** Key of the tag by which nodes find one another; its value is the cluster's name. */
export const JOIN_TAG = "portcullis:vault-cluster";

/** The folder of what this package puts on a node, and of what it tells it. */
export const LIBRARY = "/usr/local/lib/portcullis";
export const SETTINGS_FILE = "/etc/portcullis/node.json";

/** The TLS files: certificate and intermediates, key, roots. */
export interface TlsPaths {
    readonly certificate: string;
    readonly privateKey: string;
    readonly authorities: string;
}

/** Where things are on a node. */
export interface NodePaths {
    /** The server program. */
    readonly program: string;
    /** Its configuration, filled in at boot. */
    readonly configuration: string;
    /** Raft's folder. */
    readonly data: string;
    /** The audit log. */
    readonly audit: string;
    readonly tls: TlsPaths;
}

/** The names by which one product goes on a node. */
export interface ProductNames {
    /** Its program, as in `bao server`. */
    readonly program: "bao" | "vault";
    /** Its systemd unit, which takes the place of the one that a distribution's package brings. */
    readonly unit: string;
    /** The system user and group that it runs as. */
    readonly user: string;
}

export function productNames(product: NodeSettings["product"]): ProductNames {
    return { program: product === "openbao" ? "bao" : "vault", unit: `${product}.service`, user: product };
}

export function nodePaths({ product, binary }: Pick<NodeSettings, "product" | "binary">): NodePaths {
    const tls = "/etc/portcullis/tls";
    return {
        program: "path" in binary ? binary.path : `/usr/local/bin/${productNames(product).program}`,
        configuration: `/etc/${product}/server.hcl`,
        data: `/var/lib/${product}`,
        audit: `/var/log/${product}/audit.log`,
        tls: {
            certificate: `${tls}/certificate.pem`,
            privateKey: `${tls}/private-key.pem`,
            authorities: `${tls}/authorities.pem`,
        },
    };
}

/** A form that values have, and in words. */
interface Form {
    readonly pattern: RegExp;
    readonly words: string;
}

const ARN = "an ARN of the service, as the resource's `arn` output gives it";

type Judged =
    | "clusterName"
    | "region"
    | "serverName"
    | "kmsKeyArn"
    | "tlsSecretArn"
    | "lifecycleHook"
    | "binary.path"
    | "binary.url"
    | "binary.sha256";

/** Each value ends in a configuration file or a unit: what could end a text or a line there has none of these forms. */
const FORMS: Readonly<Record<Judged, Form>> = {
    clusterName: {
        pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
        words: "1 to 63 letters, digits and hyphens, a letter or digit at each end",
    },
    lifecycleHook: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
        words: "letters, digits, dots, hyphens and underscores, at most 63, the first a letter or a digit",
    },
    region: { pattern: new RegExp(`^${REGION}$`), words: "the name of an AWS region, as eu-west-3" },
    serverName: {
        pattern: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/,
        words: 'a DNS name in lower case, as "vault.priv.example.org", without scheme and port',
    },
    kmsKeyArn: { pattern: /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, words: ARN },
    tlsSecretArn: {
        pattern: /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/,
        words: ARN,
    },
    "binary.path": { pattern: /^(\/[A-Za-z0-9._-]+)+$/, words: "an absolute path without spaces" },
    "binary.url": {
        pattern: /^https:\/\/[A-Za-z0-9.-]+(:\d+)?\/[A-Za-z0-9._~/%+-]+$/,
        words: "an address that begins with https://, without user, query or fragment",
    },
    "binary.sha256": {
        pattern: /^[0-9a-f]{64}$/,
        words: "the SHA-256 of the file at binary.url: 64 hexadecimal digits in lower case",
    },
};

/** Values to be judged: those that are there. */
export type SettingsAtHand = {
    readonly [Property in keyof NodeSettings]?: NodeSettings[Property] | undefined;
};

function valuesOf(binary: NodeSettings["binary"]): Partial<Record<Judged, unknown>> {
    return "path" in binary ? { "binary.path": binary.path } : fetched(binary);
}

/** Programs without types may leave the digest out. */
function fetched({ url, sha256 = "" }: { readonly url: string; readonly sha256?: string | undefined }) {
    return { "binary.url": url, "binary.sha256": sha256 };
}

/** Those that a node could not be told, in the order of the table. */
function refusedBy(settings: SettingsAtHand): readonly (readonly [Judged, Form])[] {
    const { clusterName, region, serverName, kmsKeyArn, tlsSecretArn, lifecycleHook, binary } = settings;
    const values: Partial<Record<Judged, unknown>> = {
        ...{ clusterName, region, serverName, kmsKeyArn, tlsSecretArn, lifecycleHook },
        ...(binary === undefined ? {} : valuesOf(binary)),
    };
    return Object.entries(FORMS).flatMap(([property, form]) => {
        // The keys are those of the table.
        const judged = property as Judged;
        const value = values[judged];
        const isFine = value === undefined || (typeof value === "string" && form.pattern.test(value));
        return isFine ? [] : [[judged, form] as const];
    });
}

/** What a node could not be told of the values at hand: the one judge of their forms. No value is quoted: an address may hold a password. */
export function settingFailures(settings: SettingsAtHand): readonly CheckFailure[] {
    return refusedBy(settings).map(([property, { words }]) => ({
        property,
        reason: `It goes into the nodes' configuration, and has another form than it may have there. Give ${words}.`,
    }));
}

/** Throws an `InvalidInput` that names the first value that a node could not be told. */
export function checkSettings(settings: NodeSettings): void {
    const [first] = refusedBy(settings);
    if (first === undefined) return;
    const [property, { words }] = first;
    throw new PortcullisError({
        code: "InvalidInput",
        property,
        problem: `A node cannot be told this ${property}, which goes into its configuration.`,
        remedy: `Give ${words}.`,
    });
}
