/** A job of VaultBackup: the program on the image of Node, at its times, with one role and as few rights as that leaves. */
import type { ObjectNames } from "./names";
import { labelsOf } from "./names";
import type { BackupSettings } from "./plan";
import { PROGRAM_FILE } from "./program";

const PROGRAM_FOLDER = "/opt/portcullis";
const AWS_TOKEN = "/var/run/secrets/aws-token";
/** The user "node" of the official image. */
const USER = 1_000;
/** What root and the group may read. */
export const READABLE = 0o440;

export interface Mount {
    readonly name: string;
    readonly mountPath: string;
    /** Whether the job writes there. False unless given. */
    readonly writable?: boolean;
    readonly volume: Readonly<Record<string, unknown>>;
}

/** What is done before the program runs, on another image, and without any of its credentials. */
export interface Preparation {
    readonly name: string;
    readonly image: string;
    readonly command: readonly string[];
    readonly mount: { readonly name: string; readonly mountPath: string };
}

export interface Resources {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
}

export interface JobParts {
    readonly command: "save" | "prune" | "drill";
    readonly schedule: string;
    readonly timeoutSeconds: number;
    readonly roleArn: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly mounts: readonly Mount[];
    readonly resources?: Resources;
    readonly preparation?: Preparation;
}

/** By which the pods of a job are told from all others. */
export function jobLabels(settings: Pick<BackupSettings, "name">, command: JobParts["command"]) {
    return { ...labelsOf(settings), "app.kubernetes.io/component": command };
}

/** What reads and writes no more than streams. */
const SMALL: Resources = {
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { memory: "384Mi" },
};
const RESTRICTED = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
};

export function cronJobSpec(settings: BackupSettings, names: ObjectNames, parts: JobParts) {
    const labels = jobLabels(settings, parts.command);
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
        ...(parts.preparation && { initContainers: [prepared(parts.preparation)] }),
        containers: [
            {
                name: parts.command,
                image: settings.image,
                command: ["node", `${PROGRAM_FOLDER}/${PROGRAM_FILE}`, parts.command],
                env: Object.entries(environment).map(([name, value]) => ({ name, value })),
                volumeMounts: mounts.map(({ name, mountPath, writable = false }) => ({
                    ...{ name, mountPath },
                    ...(!writable && { readOnly: true }),
                })),
                resources: parts.resources ?? SMALL,
                securityContext: RESTRICTED,
            },
        ],
        volumes: mounts.map(({ name, volume }) => ({ name, ...volume })),
    };
}

function prepared({ name, image, command, mount }: Preparation) {
    return {
        ...{ name, image },
        command: [...command],
        volumeMounts: [{ ...mount }],
        resources: SMALL,
        securityContext: RESTRICTED,
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
