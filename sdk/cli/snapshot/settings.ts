/** What the snapshot commands are told: by flags, by the environment, and by files where it is secret. */
import { readFileSync } from "node:fs";
import { errorCode } from "../../../provider/system-code";
import type { VaultTarget } from "../../../provider/vault/client";
import { isMountPath } from "../../../provider/vault/mount-path";
import type { Login } from "../../../provider/vault/snapshot/login";
import type { SnapshotPlace } from "../../../provider/vault/snapshot/names";
import { refuseSetting } from "../../../provider/vault/snapshot/refuse";
import type { S3Place } from "../../../provider/vault/snapshot/s3-store";

export interface BucketFlags {
    readonly bucket: string;
    readonly cluster: string;
    readonly prefix: string;
    readonly region?: string;
    readonly s3Endpoint?: string;
    readonly json?: true;
}

/** Of commands that tell a Pushgateway how they ended. */
export interface MetricsFlags extends BucketFlags {
    readonly pushMetrics?: string;
}

export type VerifyFlags = MetricsFlags;

export interface PruneFlags extends BucketFlags {
    readonly keepLast: number;
    readonly dryRun?: true;
}

/** Where Vault is, in place of the environment. */
export interface VaultFlags {
    readonly vaultAddress?: string;
    readonly vaultCaFile?: string;
    readonly vaultServerName?: string;
}

export interface RestoreFlags extends BucketFlags, VaultFlags {
    readonly tokenFile?: string;
    readonly confirm?: string;
}

export interface SaveFlags extends MetricsFlags, VaultFlags {
    readonly roleIdFile?: string;
    readonly secretIdFile?: string;
    readonly kubernetesRole?: string;
    readonly kubernetesTokenFile: string;
    readonly authMount?: string;
    readonly canaryMount: string;
    readonly kmsKeyId?: string;
}

/** Of a drill, which signs in by AppRole alone: nobody else vouches for who asks at a server that knows nobody. */
export interface DrillFlags extends MetricsFlags {
    readonly server: string;
    readonly sealFile: string;
    readonly roleIdFile: string;
    readonly secretIdFile: string;
    readonly authMount?: string;
    readonly workDir?: string;
    readonly isolated?: true;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function placeOf({ prefix, cluster }: BucketFlags): SnapshotPlace {
    return { prefix, cluster };
}

export function s3Of(flags: BucketFlags & { readonly kmsKeyId?: string }): S3Place {
    const { bucket, region, kmsKeyId, s3Endpoint: endpoint } = flags;
    return { bucket, region, kmsKeyId, endpoint };
}

/**
 * Where Vault is. @throws PortcullisError `InvalidConfiguration`, also where the verification of certificates would be
 * switched off
 */
export function vaultOf(flags: VaultFlags, environment: Environment): VaultTarget {
    const find = (name: string): string | undefined =>
        [environment[`VAULT_${name}`], environment[`BAO_${name}`]].find((value) => (value ?? "") !== "");
    for (const name of ["VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY"]) {
        const value = (environment[name] ?? "").toLowerCase();
        if (["", "0", "f", "false"].includes(value)) continue;
        throw refuseSetting(
            name,
            `${name} is set: whoever stands between would get a token that reads all of Vault's data.`,
            "Unset it, name the authority's file in VAULT_CACERT, and the certificate's name in VAULT_TLS_SERVER_NAME where the address has another.",
        );
    }
    const address = flags.vaultAddress ?? find("ADDR");
    if (address === undefined) {
        throw refuseSetting(
            "VAULT_ADDR",
            "Vault's address is not known.",
            "Set VAULT_ADDR, or give --vault-address.",
        );
    }
    const caFile = flags.vaultCaFile ?? find("CACERT");
    return {
        address,
        serverName: flags.vaultServerName ?? find("TLS_SERVER_NAME"),
        ...(caFile === undefined ? {} : { caCertificatePem: readSetting(caFile, "VAULT_CACERT") }),
    };
}

/** The token that restores: of a file, else of the environment. @throws PortcullisError `InvalidConfiguration` */
export function tokenOf({ tokenFile }: RestoreFlags, { VAULT_TOKEN, BAO_TOKEN }: Environment): string {
    if (tokenFile !== undefined) return checkToken(readSecret(tokenFile, "--token-file"), "--token-file");
    const token = [VAULT_TOKEN, BAO_TOKEN].find((value) => (value ?? "").trim() !== "");
    if (token !== undefined) return checkToken(token.trim(), "VAULT_TOKEN");
    throw refuseSetting(
        "VAULT_TOKEN",
        "There is no token to restore with.",
        "Set VAULT_TOKEN, or name the token's file by --token-file.",
    );
}

/** A token goes into a header. */
function checkToken(token: string, property: string): string {
    if (/^[\x21-\x7e]+$/.test(token)) return token;
    throw refuseSetting(property, "What was given is no token.", "Give the token alone, in one line.");
}

/** Who signs in. @throws PortcullisError `InvalidConfiguration`, with nothing of a file's content */
export function loginOf(flags: SaveFlags | DrillFlags): Login {
    const { roleIdFile, secretIdFile } = flags;
    const role = "kubernetesRole" in flags ? flags.kubernetesRole : undefined;
    if (
        "kubernetesTokenFile" in flags &&
        role !== undefined &&
        roleIdFile === undefined &&
        secretIdFile === undefined
    ) {
        return {
            ...{ by: "kubernetes", mount: mountOf(flags.authMount ?? "kubernetes"), role },
            jwt: readSecret(flags.kubernetesTokenFile, "--kubernetes-token-file"),
        };
    }
    if (role === undefined && roleIdFile !== undefined && secretIdFile !== undefined) {
        return {
            ...{ by: "approle", mount: mountOf(flags.authMount ?? "approle") },
            roleId: readSecret(roleIdFile, "--role-id-file"),
            secretId: readSecret(secretIdFile, "--secret-id-file"),
        };
    }
    throw refuseSetting(
        "--role-id-file",
        "It is not clear how to sign in to Vault.",
        "Give --role-id-file and --secret-id-file for AppRole, or --kubernetes-role for Kubernetes; not both.",
    );
}

function mountOf(mount: string): string {
    if (isMountPath(mount)) return mount;
    throw refuseSetting(
        "--auth-mount",
        `${JSON.stringify(mount.slice(0, 80))} is no path of an auth method.`,
        'Give it without "auth/" and slashes around it, as "approle".',
    );
}

function readSecret(path: string, flag: string): string {
    const text = readSetting(path, flag).trim();
    if (text !== "") return text;
    throw refuseSetting(flag, `The file ${path}, named by ${flag}, is empty.`, "See whatever delivers it.");
}

/** The text of a file that a flag names. @throws PortcullisError `InvalidConfiguration` */
export function readSetting(path: string, flag: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch (error) {
        throw refuseSetting(
            flag,
            `The file ${path}, named by ${flag}, cannot be read (${errorCode(error)}).`,
            "Correct the path, or the rights on the file.",
        );
    }
}
