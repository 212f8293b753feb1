/** The arguments of VaultBackup. */
import type * as pulumi from "@pulumi/pulumi";

/** How the job reaches Vault. */
export interface BackupVaultArgs {
    /** Its address, as "https://vault.example.org:8200". */
    address: pulumi.Input<string>;
    /** CA certificates that verify the server, PEM. Verification cannot be switched off. */
    caBundle: pulumi.Input<string>;
    /** The name in the server's certificate, where it is not that of `address`. */
    serverName?: pulumi.Input<string>;
    /** The mount of the canary, KV version 1: "portcullis-canary" unless given. */
    canaryMount?: string;
}

/** Role id and secret id, which External Secrets brings into the cluster: they never pass through the program. */
export interface BackupAppRoleArgs {
    /** The auth method's path, "approle" unless given. */
    mount?: string;
    /** The store that External Secrets reads: a SecretStore of the same namespace unless `kind` says otherwise. */
    secretStore: { name: pulumi.Input<string>; kind?: "SecretStore" | "ClusterSecretStore" };
    /** The secret in the store, as "platform/vault/snapshot". */
    remoteKey: pulumi.Input<string>;
    /** Its property with the role id, "role_id" unless given. */
    roleIdProperty?: string;
    /** Its property with the secret id, "secret_id" unless given. */
    secretIdProperty?: string;
    /** How often it is read again: "1h" unless given. */
    refreshInterval?: string;
}

/** A token of the job's own service account. */
export interface BackupKubernetesAuthArgs {
    /** The auth method's path, "kubernetes" unless given. */
    mount?: string;
    /** The role that Vault gives, bound to the service account `<name>-save`. */
    role: string;
    /** The audience that the role asks for: "vault" unless given. */
    audience?: string;
}

/** How the job signs in to Vault: exactly one way. */
export type BackupAuthArgs = { appRole: BackupAppRoleArgs } | { kubernetes: BackupKubernetesAuthArgs };

export interface BackupRetentionArgs {
    /** How many good snapshots stay, 1 at least: 30 unless given. */
    keepLast?: number;
    /** When the others are deleted, in UTC: "47 4 * * *" unless given. */
    schedule?: string;
}

/** No version of an object is deleted or written over for so long. */
export interface ObjectLockArgs {
    /** With "GOVERNANCE" whoever has a permission of its own may still delete; with "COMPLIANCE" nobody, not even root. */
    mode: "GOVERNANCE" | "COMPLIANCE";
    /** Whole days, from 1 to 36500. */
    days: number;
}

/** Alert rules for the Prometheus Operator, over metrics of kube-state-metrics. */
export interface BackupAlertsArgs {
    /** The age of the last successful run that alerts: the longest time that the schedule leaves, `timeout` and 2 hours more unless given. */
    maxAge?: string;
    /** Labels of the rule object, by which a Prometheus selects it. None unless given. */
    ruleLabels?: Record<string, string>;
    /** The label `severity` of the alerts: "critical" unless given. */
    severity?: string;
}

export interface VaultBackupArgs {
    /** The bucket's name, which is made. */
    bucketName: string;
    /** What the cluster is called in the bucket: the component's name unless given. */
    clusterName?: string;
    /** Folders before it, each ended by a slash, as "vault/". None unless given. */
    prefix?: string;
    /** Region of bucket and key, that of the provider, as "eu-west-3". */
    region: string;
    /** Namespace of the jobs, which is there already. */
    namespace: string;
    /** Of the cluster's issuer of service account tokens: `arn:aws:iam::<account>:oidc-provider/<issuer>`. */
    oidcProviderArn: pulumi.Input<string>;
    vault: BackupVaultArgs;
    auth: BackupAuthArgs;
    /** When snapshots are saved, in UTC, at most every ten minutes: "17 1 * * *" unless given. */
    schedule?: string;
    /** How long one save may take: "1h" unless given, from "1m" to "1d". */
    timeout?: string;
    retention?: BackupRetentionArgs;
    /** The official image of Node, 20.19 or later, or a copy of it: a tag of Node 22 unless given. */
    image?: string;
    /** How long S3 keeps what was deleted or written over, in days: 30 unless given. */
    noncurrentDays?: number;
    /** None unless given. AWS switches it on when a bucket is made, and never off. */
    objectLock?: ObjectLockArgs;
    /** No alerts unless given. */
    alerts?: BackupAlertsArgs;
    /** Whether bucket and key are protected against `destroy` and replacement. True unless given. */
    deletionProtection?: boolean;
    /** Of resources on AWS. None unless given. */
    tags?: Record<string, pulumi.Input<string>>;
}
