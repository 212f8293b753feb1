/** The objects of VaultBackup in Kubernetes, but for their metadata: jobs that save and prune, and alerts on them. */
import { signInOf, type KnownAuth } from "./auth";
import type { BackupSettings } from "./plan";
import { PROGRAM_FILE } from "./program";

/** Names of the objects, all in the component's namespace. */
export function objectNames({ name }: Pick<BackupSettings, "name">, digest: string) {
    return {
        save: `${name}-save`,
        prune: `${name}-prune`,
        restore: `${name}-restore`,
        // By the program's digest: another program is another object, and the jobs name it.
        program: `${name}-program-${digest}`,
        authorities: `${name}-vault-ca`,
        secret: `${name}-approle`,
        alerts: `${name}-alerts`,
    } as const;
}

export type ObjectNames = ReturnType<typeof objectNames>;

export function labelsOf({ name }: Pick<BackupSettings, "name">): Readonly<Record<string, string>> {
    return { "app.kubernetes.io/name": "vault-backup", "app.kubernetes.io/instance": name };
}

/** What a job is told that only a deployment knows, and how it reaches Vault. */
export interface SaveFacts {
    readonly roleArn: string;
    readonly kmsKeyArn: string;
    readonly vault: { readonly address: string; readonly serverName?: string | undefined };
    readonly auth: KnownAuth;
}

const PROGRAM_FOLDER = "/opt/portcullis";
const AUTHORITIES = "/etc/vault-ca";
export const AUTHORITIES_FILE = "ca.crt";
const AWS_TOKEN = "/var/run/secrets/aws-token";
/** The user "node" of the official image. */
const USER = 1_000;
/** What root and the group may read. */
const READABLE = 0o440;

interface Mount {
    readonly name: string;
    readonly mountPath: string;
    readonly volume: Readonly<Record<string, unknown>>;
}

interface JobParts {
    readonly command: "save" | "prune";
    readonly schedule: string;
    readonly timeoutSeconds: number;
    readonly roleArn: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly mounts: readonly Mount[];
}

/** Saves a snapshot. */
export function saveJobSpec(settings: BackupSettings, names: ObjectNames, facts: SaveFacts) {
    const { vault, auth } = facts;
    const { environment, mountPath, volume } = signInOf(auth, names.secret);
    return cronJobSpec(settings, names, {
        command: "save",
        schedule: settings.schedule,
        timeoutSeconds: settings.timeoutSeconds,
        roleArn: facts.roleArn,
        environment: {
            PORTCULLIS_SNAPSHOT_KMS_KEY_ID: facts.kmsKeyArn,
            PORTCULLIS_SNAPSHOT_CANARY_MOUNT: settings.canaryMount,
            VAULT_ADDR: new URL(vault.address).origin,
            VAULT_CACERT: `${AUTHORITIES}/${AUTHORITIES_FILE}`,
            ...(vault.serverName !== undefined && { VAULT_TLS_SERVER_NAME: vault.serverName }),
            ...environment,
        },
        mounts: [
            {
                name: "vault-ca",
                mountPath: AUTHORITIES,
                volume: { configMap: { name: names.authorities, defaultMode: READABLE } },
            },
            { name: "vault-login", mountPath, volume },
        ],
    });
}

/** Deletes the good snapshots beyond the newest so many; it knows nothing of Vault. */
export function pruneJobSpec(settings: BackupSettings, names: ObjectNames, { roleArn }: { roleArn: string }) {
    return cronJobSpec(settings, names, {
        command: "prune",
        schedule: settings.pruneSchedule,
        timeoutSeconds: 1_800,
        roleArn,
        environment: { PORTCULLIS_SNAPSHOT_KEEP_LAST: String(settings.keepLast) },
        mounts: [],
    });
}

function cronJobSpec(settings: BackupSettings, names: ObjectNames, parts: JobParts) {
    const labels = { ...labelsOf(settings), "app.kubernetes.io/component": parts.command };
    return {
        schedule: parts.schedule,
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        // What was missed for longer, as by a control plane that was away, is left to the next run.
        startingDeadlineSeconds: 600,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
            metadata: { labels },
            spec: {
                activeDeadlineSeconds: parts.timeoutSeconds,
                backoffLimit: 2,
                template: { metadata: { labels }, spec: podSpec(settings, names, parts) },
            },
        },
    };
}

function podSpec(settings: BackupSettings, names: ObjectNames, parts: JobParts) {
    const mounts = [...commonMounts(names), ...parts.mounts];
    const environment = {
        ...bucketEnvironment(settings),
        AWS_REGION: settings.region,
        AWS_ROLE_ARN: parts.roleArn,
        AWS_WEB_IDENTITY_TOKEN_FILE: `${AWS_TOKEN}/token`,
        ...parts.environment,
    };
    return {
        restartPolicy: "Never",
        serviceAccountName: names[parts.command],
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
            {
                name: parts.command,
                image: settings.image,
                command: ["node", `${PROGRAM_FOLDER}/${PROGRAM_FILE}`, parts.command],
                env: Object.entries(environment).map(([name, value]) => ({ name, value })),
                volumeMounts: mounts.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
                resources: {
                    requests: { cpu: "100m", memory: "128Mi" },
                    limits: { memory: "384Mi" },
                },
                securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                },
            },
        ],
        volumes: mounts.map(({ name, volume }) => ({ name, ...volume })),
    };
}

function commonMounts(names: ObjectNames): readonly Mount[] {
    return [
        {
            name: "program",
            mountPath: PROGRAM_FOLDER,
            volume: { configMap: { name: names.program, defaultMode: READABLE } },
        },
        {
            // Mounted here, and not by a webhook's grace: where that is missing, a job would run without a role.
            name: "aws-token",
            mountPath: AWS_TOKEN,
            volume: {
                projected: {
                    sources: [
                        {
                            serviceAccountToken: {
                                audience: "sts.amazonaws.com",
                                expirationSeconds: 3_600,
                                path: "token",
                            },
                        },
                    ],
                    defaultMode: READABLE,
                },
            },
        },
    ];
}

function bucketEnvironment(settings: BackupSettings): Readonly<Record<string, string>> {
    return {
        PORTCULLIS_SNAPSHOT_BUCKET: settings.bucketName,
        PORTCULLIS_SNAPSHOT_CLUSTER: settings.clusterName,
        ...(settings.prefix !== "" && { PORTCULLIS_SNAPSHOT_PREFIX: settings.prefix }),
        PORTCULLIS_SNAPSHOT_REGION: settings.region,
    };
}

/** Alerts where no save has succeeded for too long, or none is known to have succeeded ever. */
export function alertsSpec(settings: BackupSettings, names: ObjectNames, severity: string) {
    const { namespace, maxAgeSeconds, clusterName } = settings;
    const metric = `kube_cronjob_status_last_successful_time{namespace="${namespace}",cronjob="${names.save}"}`;
    const labels = { severity, cluster: clusterName };
    return {
        groups: [
            {
                name: names.save,
                rules: [
                    {
                        alert: "VaultBackupTooOld",
                        expr: `time() - max(${metric}) > ${maxAgeSeconds}`,
                        for: "5m",
                        labels,
                        annotations: {
                            summary: `No snapshot of Vault's cluster ${clusterName} was saved for {{ $value | humanizeDuration }}.`,
                            description: `The CronJob ${names.save} in the namespace ${namespace} has not succeeded in time. See the logs of its last job.`,
                        },
                    },
                    {
                        alert: "VaultBackupUnknown",
                        expr: `absent(${metric})`,
                        // As long as the first run may take to come.
                        for: `${maxAgeSeconds}s`,
                        labels,
                        annotations: {
                            summary: `No snapshot of Vault's cluster ${clusterName} is known to have been saved.`,
                            description: `The CronJob ${names.save} in the namespace ${namespace} has never succeeded, or kube-state-metrics does not tell.`,
                        },
                    },
                ],
            },
        ],
    };
}
