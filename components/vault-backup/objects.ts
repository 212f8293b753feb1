/** The jobs of VaultBackup that save and prune, but for their metadata. */
import { signInOf, type KnownAuth } from "./auth";
import { cronJobSpec, READABLE } from "./cron-job";
import type { ObjectNames } from "./names";
import type { BackupSettings } from "./plan";

/** What a job is told that only a deployment knows, and how it reaches Vault. */
export interface SaveFacts {
    readonly roleArn: string;
    readonly kmsKeyArn: string;
    readonly vault: { readonly address: string; readonly serverName?: string | undefined };
    readonly auth: KnownAuth;
}

const AUTHORITIES = "/etc/vault-ca";
export const AUTHORITIES_FILE = "ca.crt";

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
