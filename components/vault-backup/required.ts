/** What a backup cannot be without: asked for first, since nothing else can be judged before. */
import {
    isTable,
    isTableOrAbsent,
    isText,
    isThere,
    isWhole,
    refuseWithout,
    requiredFailures,
    within,
    type Requirements,
} from "../required";
import type { VaultBackupArgs } from "./args";

const APP_ROLE: Requirements = {
    secretStore: [isTable, 'Give the store that External Secrets reads: { name: "vault-secrets" }.'],
    "secretStore.name": [isThere, "Give the name of the store that External Secrets reads."],
    remoteKey: [isThere, 'Give the name of the secret in the store, as "platform/vault/snapshot".'],
};

const REQUIRED: Requirements = {
    bucketName: [isText, 'Give a name for the bucket in plain text, as "ogenki-vault-backup".'],
    region: [isText, 'Give the region of bucket and key in plain text, as "eu-west-3".'],
    namespace: [isText, 'Give the namespace of the jobs in plain text, as "vault".'],
    oidcProviderArn: [
        isThere,
        'Give the ARN of the cluster\'s OpenID Connect provider: "arn:aws:iam::123456789012:oidc-provider/…".',
    ],
    vault: [isTable, "Say how the jobs reach Vault: { address, caBundle }."],
    "vault.address": [isThere, 'Give Vault\'s address, as "https://vault.example.org:8200".'],
    "vault.caBundle": [isThere, "Give the CA certificates that verify the server, PEM."],
    auth: [isWhole, "Say how the job signs in to Vault: { appRole } or { kubernetes }."],
    "auth.appRole": [isTableOrAbsent, "Give { secretStore, remoteKey }."],
    "auth.kubernetes": [isTableOrAbsent, "Give { role }."],
    "auth.kubernetes.role": [isText, 'Give the role that Vault gives, in plain text, as "snapshot".'],
    ...within("auth.appRole", APP_ROLE),
    retention: [isTableOrAbsent, "Give { keepLast } or { schedule }, or leave it out."],
    objectLock: [isTableOrAbsent, "Give { mode, days }, or leave it out."],
    alerts: [isTableOrAbsent, "Give an object, {} at least, or leave it out."],
    drill: [isTableOrAbsent, "Give { server, seal, auth }, or leave it out."],
    "drill.server": [
        isText,
        'Give the image of the cluster\'s server, as "docker.io/openbao/openbao:2.6.2".',
    ],
    "drill.seal": [isTable, "Say what opens a restored server: { kmsKeyArn }, as VaultCluster has it."],
    "drill.seal.kmsKeyArn": [isThere, "Give the ARN of the key that unseals the cluster."],
    "drill.auth": [isWhole, "Say how the job signs in to a restored server: { appRole }."],
    "drill.auth.appRole": [
        isTable,
        "Give { secretStore, remoteKey }, of an AppRole as VaultPki's drill: a restored server has no other way in.",
    ],
    ...within("drill.auth.appRole", APP_ROLE),
    "drill.egressCidrs": [
        (cidrs) => cidrs === undefined || Array.isArray(cidrs),
        'Give a list of networks, as ["10.0.0.0/16"], or leave it out.',
    ],
};

/** @throws PortcullisError `InvalidInput` with everything that is missing, or has the wrong shape altogether */
export function refuseMissing(name: string, args: VaultBackupArgs): void {
    refuseWithout("VaultBackup", name, args, () => requiredFailures(args, REQUIRED));
}
