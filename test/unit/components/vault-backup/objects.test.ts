/** The objects of VaultBackup in Kubernetes, exactly; and that the program takes every setting that they name. */
import { describe, expect, test } from "@jest/globals";
import { externalSecretSpec, type KnownAuth } from "../../../../components/vault-backup/auth";
import { alertsSpec } from "../../../../components/vault-backup/alerts";
import { objectNames } from "../../../../components/vault-backup/names";
import { pruneJobSpec, saveJobSpec, type SaveFacts } from "../../../../components/vault-backup/objects";
import { settingsOf } from "../../../../components/vault-backup/plan";
import { snapshotCommand } from "../../../../sdk/cli/snapshot/command";
import { APP_ROLE, backup, DRILL } from "./fixture";

const FACTS: SaveFacts = {
    roleArn: "arn:role",
    kmsKeyArn: "arn:key",
    vault: { address: "https://vault.priv.example.org:8200/", serverName: "vault.internal" },
    auth: APP_ROLE,
};
const settings = (changes: object = {}) => settingsOf("backup", backup("", changes));
const NAMES = objectNames({ name: "backup" }, "0123456789");
const labels = (component: string): object => ({
    "app.kubernetes.io/name": "vault-backup",
    "app.kubernetes.io/instance": "backup",
    "app.kubernetes.io/component": component,
});
const PROGRAM = { configMap: { name: "backup-program-0123456789", defaultMode: 0o440 } };
const token = (audience: string, expirationSeconds: number): object => ({
    projected: {
        sources: [{ serviceAccountToken: { audience, expirationSeconds, path: "token" } }],
        defaultMode: 0o440,
    },
});
const mount = (name: string, mountPath: string): object => ({ name, mountPath, readOnly: true });
const COMMON_MOUNTS = [mount("program", "/opt/portcullis"), mount("aws-token", "/var/run/secrets/aws-token")];
const COMMON_VOLUMES = [
    { name: "program", ...PROGRAM },
    { name: "aws-token", ...token("sts.amazonaws.com", 3_600) },
];

const job = (command: string, parts: { schedule: string; deadline: number; pod: object }): object => ({
    schedule: parts.schedule,
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 600,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
        metadata: { labels: labels(command) },
        spec: {
            activeDeadlineSeconds: parts.deadline,
            backoffLimit: 2,
            template: { metadata: { labels: labels(command) }, spec: parts.pod },
        },
    },
});
const pod = (
    command: string,
    parts: { env: readonly object[]; mounts: readonly object[]; volumes: readonly object[] },
) => ({
    restartPolicy: "Never",
    serviceAccountName: `backup-${command}`,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
        runAsNonRoot: true,
        runAsUser: 1_000,
        runAsGroup: 1_000,
        fsGroup: 1_000,
        seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
        {
            name: command,
            image: "docker.io/library/node:22.22.0-bookworm-slim",
            command: ["node", "/opt/portcullis/portcullis-snapshot.cjs", command],
            env: parts.env,
            volumeMounts: [...COMMON_MOUNTS, ...parts.mounts],
            resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "384Mi" } },
            securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
            },
        },
    ],
    volumes: [...COMMON_VOLUMES, ...parts.volumes],
});
const env = (values: Readonly<Record<string, string>>): readonly object[] =>
    Object.entries(values).map(([name, value]) => ({ name, value }));
const AWS = {
    AWS_REGION: "eu-west-3",
    AWS_ROLE_ARN: "arn:role",
    AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/secrets/aws-token/token",
};

describe("jobs", () => {
    test("the one that saves, by AppRole", () => {
        const spec = saveJobSpec(
            settings({ prefix: "vault/", clusterName: "main", timeout: "90m" }),
            NAMES,
            FACTS,
        );
        expect(spec).toEqual(
            job("save", {
                schedule: "17 1 * * *",
                deadline: 5_400,
                pod: pod("save", {
                    env: env({
                        PORTCULLIS_SNAPSHOT_BUCKET: "ogenki-vault-backup",
                        PORTCULLIS_SNAPSHOT_CLUSTER: "main",
                        PORTCULLIS_SNAPSHOT_PREFIX: "vault/",
                        PORTCULLIS_SNAPSHOT_REGION: "eu-west-3",
                        ...AWS,
                        PORTCULLIS_SNAPSHOT_KMS_KEY_ID: "arn:key",
                        PORTCULLIS_SNAPSHOT_CANARY_MOUNT: "portcullis-canary",
                        VAULT_ADDR: "https://vault.priv.example.org:8200",
                        VAULT_CACERT: "/etc/vault-ca/ca.crt",
                        VAULT_TLS_SERVER_NAME: "vault.internal",
                        PORTCULLIS_SNAPSHOT_ROLE_ID_FILE: "/var/run/secrets/vault-approle/role-id",
                        PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: "/var/run/secrets/vault-approle/secret-id",
                        PORTCULLIS_SNAPSHOT_AUTH_MOUNT: "approle",
                    }),
                    mounts: [
                        mount("vault-ca", "/etc/vault-ca"),
                        mount("vault-login", "/var/run/secrets/vault-approle"),
                    ],
                    volumes: [
                        { name: "vault-ca", configMap: { name: "backup-vault-ca", defaultMode: 0o440 } },
                        { name: "vault-login", secret: { secretName: "backup-approle", defaultMode: 0o440 } },
                    ],
                }),
            }),
        );
    });

    test("the one that saves, by a token of Kubernetes for Vault alone", () => {
        const auth: KnownAuth = {
            kubernetes: { role: "snapshot", mount: "k8s/blue", audience: "vault.blue" },
        };
        const spec = saveJobSpec(settings(), NAMES, { ...FACTS, auth, vault: { address: "https://v" } });
        const { containers, volumes } = spec.jobTemplate.spec.template.spec;
        expect(volumes.at(-1)).toEqual({ name: "vault-login", ...token("vault.blue", 600) });
        expect(containers[0]?.volumeMounts.at(-1)).toEqual(
            mount("vault-login", "/var/run/secrets/vault-token"),
        );
        expect(containers[0]?.env.slice(-5)).toEqual(
            env({
                VAULT_ADDR: "https://v",
                VAULT_CACERT: "/etc/vault-ca/ca.crt",
                PORTCULLIS_SNAPSHOT_KUBERNETES_ROLE: "snapshot",
                PORTCULLIS_SNAPSHOT_KUBERNETES_TOKEN_FILE: "/var/run/secrets/vault-token/token",
                PORTCULLIS_SNAPSHOT_AUTH_MOUNT: "k8s/blue",
            }),
        );
    });

    test("the one that prunes has nothing to do with Vault", () => {
        expect(pruneJobSpec(settings(), NAMES, FACTS)).toEqual(
            job("prune", {
                schedule: "47 4 * * *",
                deadline: 1_800,
                pod: pod("prune", {
                    env: env({
                        PORTCULLIS_SNAPSHOT_BUCKET: "ogenki-vault-backup",
                        PORTCULLIS_SNAPSHOT_CLUSTER: "backup",
                        PORTCULLIS_SNAPSHOT_REGION: "eu-west-3",
                        ...AWS,
                        PORTCULLIS_SNAPSHOT_KEEP_LAST: "30",
                    }),
                    mounts: [],
                    volumes: [],
                }),
            }),
        );
    });

    test.each(["save", "prune"] as const)("all settings of %s are the program's own", (command) => {
        const own = snapshotCommand()
            .commands.find((one) => one.name() === command)
            ?.options.flatMap(({ envVar }) => envVar ?? []);
        const ways: readonly KnownAuth[] = [APP_ROLE, { kubernetes: { role: "snapshot" } }];
        for (const auth of ways) {
            const all = settings({ prefix: "vault/" });
            const spec =
                command === "save"
                    ? saveJobSpec(all, NAMES, { ...FACTS, auth })
                    : pruneJobSpec(all, NAMES, FACTS);
            const named = spec.jobTemplate.spec.template.spec.containers.flatMap((one) => one.env);
            const ours = named.map(({ name }) => name).filter((name) => name.startsWith("PORTCULLIS_"));
            expect(ours.filter((name) => own?.includes(name) !== true)).toEqual([]);
            expect(ours.length).toBeGreaterThan(3);
        }
    });
});

test("the secret with the AppRole's credentials", () => {
    expect(externalSecretSpec(APP_ROLE, "backup-approle")).toEqual({
        refreshInterval: "1h",
        secretStoreRef: { name: "vault-secrets", kind: "SecretStore" },
        target: { name: "backup-approle", creationPolicy: "Owner" },
        data: [
            { secretKey: "role-id", remoteRef: { key: "platform/vault/snapshot", property: "role_id" } },
            { secretKey: "secret-id", remoteRef: { key: "platform/vault/snapshot", property: "secret_id" } },
        ],
    });
    const given: KnownAuth = {
        appRole: {
            secretStore: { name: "aws", kind: "ClusterSecretStore" },
            remoteKey: "k",
            roleIdProperty: "id",
            secretIdProperty: "secret",
            refreshInterval: "1d",
        },
    };
    expect(externalSecretSpec(given, "s")).toMatchObject({
        refreshInterval: "24h",
        secretStoreRef: { name: "aws", kind: "ClusterSecretStore" },
        data: [{ remoteRef: { property: "id" } }, { remoteRef: { property: "secret" } }],
    });
    expect(externalSecretSpec({ kubernetes: { role: "snapshot" } }, "s")).toBeUndefined();
});

describe("alerts", () => {
    const METRIC = 'kube_cronjob_status_last_successful_time{namespace="vault",cronjob="backup-save"}';
    const groups = (changes: object): unknown[] =>
        alertsSpec(settings(changes), NAMES, "page").groups.map(({ rules: all }) =>
            all.map(({ alert, expr, for: time, labels }) => [alert, expr, time, labels]),
        );
    const rules = (changes: object): unknown => {
        const [only, ...others] = groups(changes);
        expect(others).toEqual([]);
        return only;
    };
    const both = (seconds: number, cluster: string): unknown => [
        ["VaultBackupTooOld", `time() - max(${METRIC}) > ${seconds}`, "5m", { severity: "page", cluster }],
        ["VaultBackupUnknown", `absent(${METRIC})`, `${seconds}s`, { severity: "page", cluster }],
    ];

    test("after the longest time between two runs, the time of one, and two hours more", () => {
        expect(rules({})).toEqual(both(27 * 3_600, "backup"));
        expect(rules({ schedule: "0 3 * * sat,sun", timeout: "30m", clusterName: "main" })).toEqual(
            both(6 * 86_400 + 9_000, "main"),
        );
    });

    test("of drills as well: after a week, the time of one, and two hours more, or the age that is given", () => {
        const metric = METRIC.replace("backup-save", "backup-drill");
        const drills = (seconds: number): unknown => {
            const labels = { severity: "page", cluster: "backup" };
            return [
                ["VaultRestoreDrillTooOld", `time() - max(${metric}) > ${seconds}`, "5m", labels],
                ["VaultRestoreDrillUnknown", `absent(${metric})`, `${seconds}s`, labels],
            ];
        };
        expect(groups({ drill: DRILL })).toEqual([
            both(27 * 3_600, "backup"),
            drills(7 * 86_400 + 4 * 3_600),
        ]);
        const alerts = { maxDrillAge: "40d" };
        const drill = { ...DRILL, schedule: "@monthly" };
        expect(groups({ drill, alerts })).toEqual([both(27 * 3_600, "backup"), drills(40 * 86_400)]);
    });

    test("after the age that is given", () => {
        expect(rules({ alerts: { maxAge: "2d" } })).toEqual(both(172_800, "backup"));
    });
});
