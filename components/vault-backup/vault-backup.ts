/** The VaultBackup component: snapshots of Vault in a bucket of their own, saved and pruned by jobs in Kubernetes. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import * as pulumi from "@pulumi/pulumi";
import { isPlain, whenKnown } from "../../provider/kubernetes/program/known";
import type { Role } from "@pulumi/aws/iam/role";
import type { Room } from "../room";
import { alertsSpec } from "./alerts";
import type { VaultBackupArgs } from "./args";
import { externalSecretSpec, type KnownAuth } from "./auth";
import { aws } from "./aws";
import { storage } from "./bucket";
import { drillJobSpec, networkPolicySpec, SEAL_FILE, sealText } from "./drill";
import type { DrillSettings } from "./drill-rules";
import { DUTIES, drillRoleName, dutyRole, type Duty } from "./identity";
import { labelsOf, objectNames, type ObjectNames } from "./names";
import { AUTHORITIES_FILE, pruneJobSpec, saveJobSpec } from "./objects";
import { checkBackup, checkPlain, settingsOf, type BackupSettings, type KnownArgs } from "./plan";
import type { BackupPlace } from "./policies";
import { PROGRAM_FILE, snapshotProgram } from "./program";

/** What the objects in Kubernetes are made of. */
interface Parts {
    readonly settings: BackupSettings;
    readonly names: ObjectNames;
    readonly checked: pulumi.Output<KnownArgs>;
    readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Snapshots of Vault or OpenBao in a bucket of S3, each checked before it counts: a CronJob saves them and another one
 * deletes those beyond the newest `keepLast`, by the program `portcullis snapshot` on the official image of Node. Bucket
 * and KMS key are made, and protected. Three roles, each for one service account, write, delete and read: no one of them
 * does two of that. With `drill`, a third job restores the newest snapshot to a server of its own and compares it with
 * what was saved.
 *
 * Vault has to let the job in (a role for `auth`) and has to have the canary's mount. The ConfigMap with the program is
 * applied by the server, as @pulumi/kubernetes does unless told otherwise: it is too large for `kubectl apply`'s record.
 */
export class VaultBackup extends pulumi.ComponentResource {
    public readonly bucketName: pulumi.Output<string>;
    /** Of the key that encrypts the snapshots. */
    public readonly kmsKeyArn: pulumi.Output<string>;
    /** Of the role that saves: the service account's name is `<name>-save`, for a role of Vault's Kubernetes auth. */
    public readonly writerRoleArn: pulumi.Output<string>;
    /** Of the role that prunes. */
    public readonly retentionRoleArn: pulumi.Output<string>;
    /** Of the role that reads, for the service account `<name>-restore`: jobs that verify or restore run as it. */
    public readonly restoreRoleArn: pulumi.Output<string>;
    /** Of the role that restores to a server of its own; undefined where nothing is drilled. */
    public readonly drillRoleArn: pulumi.Output<string | undefined>;

    /**
     * The ARN that `drillRoleArn` will have, for `sealUsers` of the VaultCluster that the snapshots are of: that one is
     * declared before, since the drill takes its key.
     *
     * @param backup the account of the bucket, its name, and the partition, "aws" unless given
     */
    public static drillRoleArnOf(backup: {
        readonly account: string;
        readonly bucketName: string;
        readonly partition?: "aws" | "aws-cn" | "aws-us-gov";
    }): string {
        const { account, bucketName, partition = "aws" } = backup;
        return `arn:${partition}:iam::${account}:role/${drillRoleName(bucketName)}`;
    }

    /** @throws PortcullisError InvalidInput with every fault of the arguments, each with its remedy */
    constructor(name: string, args: VaultBackupArgs, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:VaultBackup", name, {}, opts);
        if (!isPlain(args)) checkPlain(name, args);
        const checked = whenKnown(args, (known) => checkBackup(name, known, new Date()));
        const settings = settingsOf(name, args);
        const program = snapshotProgram();
        const { tags = {}, deletionProtection = true } = args;
        const protection = deletionProtection ? ({ protect: true } as const) : {};
        const room: Room = { name, parent: this, tags, protection };
        const place = placeOf(settings, this);

        const { bucket, key, needs } = storage(room, place, settings, args.objectLock);
        const identity = (duty: Duty) =>
            dutyRole(room, duty, {
                namespace: settings.namespace,
                oidcProviderArn: args.oidcProviderArn,
                place,
                kmsKeyArn: key.arn,
                bucketName: settings.bucketName,
                sealKeyArn: checked.apply(({ drill }) => drill?.seal.kmsKeyArn ?? ""),
            });
        const roles = { save: identity("save"), prune: identity("prune"), restore: identity("restore") };
        const rights = DUTIES.map((duty) => roles[duty].rights);
        const names = objectNames(settings, program.digest);
        const parts: Parts = { settings, names, checked, opts: { parent: this } };

        const before = [...this.objects(parts, program.text), ...this.credentials(parts, args.auth)];
        const jobOpts = { ...parts.opts, dependsOn: [...needs, ...rights, ...before] };
        new CronJob(
            `${name}-save-job`,
            {
                metadata: this.metadata(parts, names.save),
                spec: pulumi
                    .all([checked, roles.save.role.arn, key.arn])
                    .apply(([{ vault, auth }, roleArn, kmsKeyArn]) =>
                        saveJobSpec(settings, names, { roleArn, kmsKeyArn, vault, auth }),
                    ),
            },
            jobOpts,
        );
        new CronJob(
            `${name}-prune-job`,
            {
                metadata: this.metadata(parts, names.prune),
                spec: roles.prune.role.arn.apply((roleArn) => pruneJobSpec(settings, names, { roleArn })),
            },
            jobOpts,
        );
        const drillRole =
            settings.drill && this.drill(parts, settings.drill, identity("drill"), [...needs, ...before]);
        this.alerts(parts, args.alerts);

        this.bucketName = bucket.bucket;
        this.kmsKeyArn = key.arn;
        this.writerRoleArn = roles.save.role.arn;
        this.retentionRoleArn = roles.prune.role.arn;
        this.restoreRoleArn = roles.restore.role.arn;
        this.drillRoleArn = drillRole?.arn ?? pulumi.output(undefined);
        this.registerOutputs({
            bucketName: this.bucketName,
            kmsKeyArn: this.kmsKeyArn,
            writerRoleArn: this.writerRoleArn,
            retentionRoleArn: this.retentionRoleArn,
            restoreRoleArn: this.restoreRoleArn,
            drillRoleArn: this.drillRoleArn,
        });
    }

    /** What the jobs come after in Kubernetes: their accounts, the program, the authorities and the credentials. */
    private objects({ settings, names, checked, opts }: Parts, program: string): readonly pulumi.Resource[] {
        const { name } = settings;
        const metadata = (of: string) => this.metadata({ settings }, of);
        const accounts = DUTIES.map((duty) => this.account({ settings, names, opts }, duty));
        const carrier = new ConfigMap(
            `${name}-program`,
            { metadata: metadata(names.program), data: { [PROGRAM_FILE]: program }, immutable: true },
            opts,
        );
        const authorities = new ConfigMap(
            `${name}-vault-ca`,
            {
                metadata: metadata(names.authorities),
                data: checked.apply(({ vault }) => ({ [AUTHORITIES_FILE]: vault.caBundle })),
            },
            opts,
        );
        return [...accounts, carrier, authorities];
    }

    /** The secret with the AppRole's credentials; a token of Kubernetes needs none. */
    private credentials(parts: Parts, auth: VaultBackupArgs["auth"]): readonly pulumi.Resource[] {
        if (!("appRole" in auth)) return [];
        return [this.externalSecret(parts, parts.names.secret, ({ auth: known }) => known)];
    }

    private account({ settings, names, opts }: Omit<Parts, "checked">, duty: Duty): ServiceAccount {
        return new ServiceAccount(
            `${settings.name}-${duty}`,
            { metadata: this.metadata({ settings }, names[duty]), automountServiceAccountToken: false },
            opts,
        );
    }

    private externalSecret(
        parts: Parts,
        secretName: string,
        authOf: (known: KnownArgs) => KnownAuth | undefined,
    ): CustomResource {
        return new CustomResource(
            secretName,
            {
                apiVersion: "external-secrets.io/v1",
                kind: "ExternalSecret",
                metadata: this.metadata(parts, secretName),
                spec: parts.checked.apply((known) => {
                    const auth = authOf(known);
                    return auth && externalSecretSpec(auth, secretName);
                }),
            },
            parts.opts,
        );
    }

    /** The job that restores, and what it comes after: it never runs before its pods are cut off. */
    private drill(
        parts: Parts,
        drill: DrillSettings,
        { role, rights }: { readonly role: Role; readonly rights: pulumi.Resource },
        needs: readonly pulumi.Resource[],
    ): Role {
        const { settings, names, checked, opts } = parts;
        const { name } = settings;
        const seal = new ConfigMap(
            `${name}-drill-seal`,
            {
                metadata: this.metadata(parts, names.drillSeal),
                data: checked.apply((known) => ({
                    [SEAL_FILE]: sealText(given(known.drill).seal.kmsKeyArn),
                })),
            },
            opts,
        );
        const network = new NetworkPolicy(
            `${name}-drill-network`,
            { metadata: this.metadata(parts, names.drill), spec: networkPolicySpec(settings, drill) },
            opts,
        );
        const secret = this.externalSecret(parts, names.drillSecret, (known) => given(known.drill).auth);
        new CronJob(
            `${name}-drill-job`,
            {
                metadata: this.metadata(parts, names.drill),
                spec: pulumi
                    .all([checked, role.arn])
                    .apply(([known, roleArn]) =>
                        drillJobSpec(settings, drill, names, { roleArn, auth: given(known.drill).auth }),
                    ),
            },
            { ...opts, dependsOn: [...needs, rights, this.account(parts, "drill"), seal, network, secret] },
        );
        return role;
    }

    private metadata({ settings }: Pick<Parts, "settings">, name: string) {
        return { name, namespace: settings.namespace, labels: { ...labelsOf(settings) } };
    }

    private alerts(parts: Parts, alerts: VaultBackupArgs["alerts"]): void {
        if (alerts === undefined) return;
        const { settings, names, opts } = parts;
        const { labels, ...metadata } = this.metadata(parts, names.alerts);
        new CustomResource(
            `${settings.name}-alerts`,
            {
                apiVersion: "monitoring.coreos.com/v1",
                kind: "PrometheusRule",
                metadata: { ...metadata, labels: { ...labels, ...alerts.ruleLabels } },
                spec: alertsSpec(settings, names, alerts.severity ?? "critical"),
            },
            opts,
        );
    }
}

/** What was given once is there when all is known. */
function given<T>(value: T | undefined): T {
    if (value === undefined) throw new Error("an argument is no longer there");
    return value;
}

/** The account and partition of the provider's credentials; policies name them. */
function placeOf(settings: BackupSettings, parent: pulumi.Resource): pulumi.Output<BackupPlace> {
    const { bucketName, folder, region } = settings;
    const { getCallerIdentityOutput } = aws("getCallerIdentity");
    const { getPartitionOutput } = aws("getPartition");
    return pulumi
        .all([getCallerIdentityOutput({}, { parent }), getPartitionOutput({}, { parent })])
        .apply(([{ accountId: account }, { partition, dnsSuffix }]) => ({
            ...{ account, partition, dnsSuffix, region, bucketName, folder },
        }));
}
