/** The objects of a restore drill in Kubernetes, but for their metadata: its job, its seal, and what its pods may reach. */
import type * as pulumi from "@pulumi/pulumi";
import type { BackupAppRoleArgs } from "./args";
import { signInOf } from "./auth";
import { cronJobSpec, jobLabels, READABLE } from "./cron-job";
import { mebibytesOf, sealRegionOf, type DrillSettings } from "./drill-rules";
import type { ObjectNames } from "./names";
import type { BackupSettings } from "./plan";

/** What a drill is told that only a deployment knows. */
export interface DrillFacts {
    readonly roleArn: string;
    readonly auth: { readonly appRole: pulumi.Unwrap<BackupAppRoleArgs> };
}

const SERVER_FOLDER = "/opt/vault";
const SERVER = `${SERVER_FOLDER}/server`;
const SEAL_FOLDER = "/etc/vault-seal";
export const SEAL_FILE = "seal.hcl";
/** All that is written lies there: Vault's snapshots go through the temporary folder. */
const WORK = "/tmp";
/** What the program of Vault or OpenBao takes at most: both are below half of it. */
const SERVER_SIZE = "1Gi";

/**
 * Copies the program out of the image. OpenBao's has a link `vault` to its `bao`, and both have moved between folders
 * of PATH. By backquotes, since Kubernetes takes `$(…)` for a variable of its own.
 */
export function copyProgram(target: string): readonly string[] {
    return ["sh", "-c", `program=\`command -v bao || command -v vault\` && cp -f "$program" ${target}`];
}

/** Restores the newest snapshot to a server of its own, and compares it with what was saved. */
export function drillJobSpec(
    settings: BackupSettings,
    drill: DrillSettings,
    names: ObjectNames,
    { roleArn, auth }: DrillFacts,
) {
    const { environment, mountPath, volume } = signInOf(auth, names.drillSecret);
    const { memory, storage } = drill;
    const disk = `${mebibytesOf(storage) + mebibytesOf(SERVER_SIZE)}Mi`;
    return cronJobSpec(settings, names, {
        command: "drill",
        schedule: drill.schedule,
        timeoutSeconds: drill.timeoutSeconds,
        roleArn,
        environment: {
            PORTCULLIS_SNAPSHOT_SERVER: SERVER,
            PORTCULLIS_SNAPSHOT_SEAL_FILE: `${SEAL_FOLDER}/${SEAL_FILE}`,
            PORTCULLIS_SNAPSHOT_WORK_DIR: WORK,
            // Else the server's AWS SDK may ask an address of STS that no interface endpoint answers for.
            AWS_STS_REGIONAL_ENDPOINTS: "regional",
            ...(drill.isolated && { PORTCULLIS_SNAPSHOT_ISOLATED: "true" }),
            ...environment,
        },
        preparation: {
            name: "server",
            image: drill.server,
            command: copyProgram(SERVER),
            mount: { name: "server", mountPath: SERVER_FOLDER },
        },
        mounts: [
            {
                name: "server",
                mountPath: SERVER_FOLDER,
                volume: { emptyDir: { sizeLimit: SERVER_SIZE } },
            },
            {
                name: "vault-seal",
                mountPath: SEAL_FOLDER,
                volume: { configMap: { name: names.drillSeal, defaultMode: READABLE } },
            },
            { name: "vault-login", mountPath, volume },
            { name: "work", mountPath: WORK, writable: true, volume: { emptyDir: { sizeLimit: storage } } },
        ],
        resources: {
            requests: { cpu: "100m", memory, "ephemeral-storage": disk },
            limits: { memory },
        },
    });
}

/** The block of the cluster's own configuration, as VaultCluster writes it. */
export function sealText(kmsKeyArn: string): string {
    return `seal "awskms" {\n  region = "${sealRegionOf(kmsKeyArn)}"\n  kms_key_id = "${kmsKeyArn}"\n}\n`;
}

/**
 * Nothing comes in; out go names' lookups and HTTPS. A restored server has the addresses and passwords of databases, and
 * would go to them.
 */
export function networkPolicySpec(settings: BackupSettings, { egressCidrs }: DrillSettings) {
    const to = egressCidrs?.map((cidr) => ({ ipBlock: { cidr } }));
    return {
        podSelector: { matchLabels: jobLabels(settings, "drill") },
        policyTypes: ["Ingress", "Egress"],
        egress: [
            {
                ports: [
                    { protocol: "UDP", port: 53 },
                    { protocol: "TCP", port: 53 },
                ],
            },
            { ...(to && { to }), ports: [{ protocol: "TCP", port: 443 }] },
        ],
    };
}
