/** Arguments of VaultBackup that tests change, and what is said of them. */
import type { KnownArgs } from "../../../../components/vault-backup/plan";
import { checkBackup } from "../../../../components/vault-backup/plan";
import { PortcullisError } from "../../../../provider/errors";

export const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/ABC";

/** The least that is accepted, with this bundle of authorities. */
export const backup = (caBundle: string, changes: object = {}): KnownArgs => ({
    bucketName: "ogenki-vault-backup",
    region: "eu-west-3",
    namespace: "vault",
    oidcProviderArn: PROVIDER,
    vault: { address: "https://vault.priv.example.org:8200", caBundle },
    auth: { kubernetes: { role: "snapshot" } },
    ...changes,
});

export const APP_ROLE = {
    appRole: { secretStore: { name: "vault-secrets" }, remoteKey: "platform/vault/snapshot" },
} as const;

/** Of the cluster that the snapshots are of. */
export const SEAL_KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555";

/** The least that a drill is given. */
export const DRILL = {
    server: "docker.io/openbao/openbao:2.6.2",
    seal: { kmsKeyArn: SEAL_KEY },
    auth: { appRole: { secretStore: { name: "vault-secrets" }, remoteKey: "platform/vault/drill" } },
} as const;

/** What is said of each fault. Programs without types may give anything, so the arguments are cast. */
export function refusals(args: KnownArgs, name = "backup", now = new Date()): readonly string[] {
    try {
        checkBackup(name, args, now);
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return error.problem.split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice(4)] : []));
    }
    return [];
}
