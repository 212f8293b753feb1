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
    /**
     * The same of the last successful drill, where there are any: the longest time that its schedule leaves, its `timeout`
     * and 2 hours more unless given.
     */
    maxDrillAge?: string;
    /** Labels of the rule object, by which a Prometheus selects it. None unless given. */
    ruleLabels?: Record<string, string>;
    /** The label `severity` of the alerts: "critical" unless given. */
    severity?: string;
}

/** What opens a restored server by itself: the seal of the cluster that the snapshots are of. */
export interface DrillSealArgs {
    /**
     * ARN of the KMS key that unseals the cluster: `kmsKeyArn` of VaultCluster, whose `sealUsers` have to name the drill's
     * role, by `VaultBackup.drillRoleArnOf`. Its region is that of the ARN.
     */
    kmsKeyArn: pulumi.Input<string>;
}

/**
 * A job that restores the newest snapshot to a server of its own, which nobody can reach and which ends with the job, and
 * compares it with what was saved.
 */
export interface DrillArgs {
    /**
     * The official image of the cluster's server, of the release that the cluster runs, or a copy of it:
     * "docker.io/openbao/openbao:2.6.2", "docker.io/hashicorp/vault:1.21.2". The program `bao` or `vault` is copied out of
     * it, by its shell: an image without one, as openbao-distroless, has none.
     */
    server: string;
    seal: DrillSealArgs;
    /** How the job signs in to the restored server: by an AppRole of the snapshot's, as VaultPki's `drill`. */
    auth: { appRole: BackupAppRoleArgs };
    /** When it runs, in UTC: "37 2 * * sun" unless given. */
    schedule?: string;
    /** How long one run may take, with the pulling of its images and two more tries: "2h" unless given, from "1m" to "1d". */
    timeout?: string;
    /** What it may have of a node's memory, in Mi or Gi, asked for in advance: "1Gi" unless given, "512Mi" at least. */
    memory?: string;
    /**
     * What it may have of a node's disk, in Mi or Gi, asked for in advance: four times what Vault stores. "8Gi" unless given,
     * "1Gi" at least.
     */
    storage?: string;
    /**
     * What it may send HTTPS to, on port 443: networks of IPv4 or IPv6. Every address unless given. With interface endpoints
     * of S3, STS and KMS in the VPC, give their subnets. A NetworkPolicy lets nothing else but DNS out, and nothing in; the
     * cluster's network has to enforce such policies from a pod's start on.
     */
    egressCidrs?: string[];
    /**
     * Whether you promise that the drill's pods reach nothing but S3, STS and KMS. A restored server takes leases that ended
     * since the save for expired, and revokes them at the databases and clouds that they are of, where the cluster may have
     * renewed them: a snapshot with such engines is refused unless it is true, and true is refused without `egressCidrs`,
     * for port 443 is also where clouds revoke. False unless given.
     */
    isolated?: boolean;
}

export interface VaultBackupArgs {
    /** The bucket's name, which is made. */
    bucketName: string;
    /** What the cluster is called in the bucket: the component's name unless given. */
    clusterName?: string;
    /** Folders before it, each ended by a slash, as "vault/". None unless given. */
    prefix?: string;
    /** Region of bucket and key, as "eu-west-3". */
    region: string;
    /** Namespace of the jobs, which is there already. */
    namespace: string;
    /** Of the cluster's issuer of service account tokens: `arn:aws:iam::<account>:oidc-provider/<issuer>`. */
    oidcProviderArn: pulumi.Input<string>;
    vault: BackupVaultArgs;
    auth: BackupAuthArgs;
    /** When snapshots are saved, in UTC, at most every ten minutes: "17 1 * * *" unless given. */
    schedule?: string;
    /** How long one run may take, with the pulling of its image and two more tries: "1h" unless given, from "1m" to "1d". */
    timeout?: string;
    retention?: BackupRetentionArgs;
    /** The official image of Node, 20.19 or later, or a copy of it: a tag of Node 22 unless given. */
    image?: string;
    /** How long S3 keeps what was deleted or written over, in days: 30 unless given. */
    noncurrentDays?: number;
    /** None unless given. AWS switches it on when a bucket is made, and never off. */
    objectLock?: ObjectLockArgs;
    /** Drills of restoring. None unless given. */
    drill?: DrillArgs;
    /** No alerts unless given. */
    alerts?: BackupAlertsArgs;
    /** Whether bucket and key are protected against `destroy` and replacement. True unless given. */
    deletionProtection?: boolean;
    /** Of resources on AWS. None unless given. */
    tags?: Record<string, pulumi.Input<string>>;
}
