/** Names and labels of the objects of VaultBackup in Kubernetes. */
import type { BackupSettings } from "./plan";

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
        drill: `${name}-drill`,
        drillSeal: `${name}-drill-seal`,
        drillSecret: `${name}-drill-approle`,
    } as const;
}

export type ObjectNames = ReturnType<typeof objectNames>;

export function labelsOf({ name }: Pick<BackupSettings, "name">): Readonly<Record<string, string>> {
    return { "app.kubernetes.io/name": "vault-backup", "app.kubernetes.io/instance": name };
}
