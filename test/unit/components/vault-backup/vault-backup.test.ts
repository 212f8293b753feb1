/** VaultBackup under mocks: what it is made of, what is protected, and what comes after what. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { VaultBackupArgs } from "../../../../components/vault-backup/args";
import { snapshotProgram } from "../../../../components/vault-backup/program";
import { VaultBackup } from "../../../../components/vault-backup/vault-backup";
import { childrenWith, settled, type Child } from "../../../support/children";
import { tlsFiles } from "../../../support/vault-cluster";
import { APP_ROLE, backup, DRILL, PROVIDER, SEAL_KEY } from "./fixture";

// The SDKs are loaded with the first component: on a busy machine that takes seconds.
jest.setTimeout(60_000);

const KEY = "arn:aws:kms:eu-west-3:123456789012:key/k";
const arnOf = (role: string): string => `arn:aws:iam::123456789012:role/${role}`;

async function declare(args: VaultBackupArgs): Promise<{ made: VaultBackup; found: readonly Child[] }> {
    let made: VaultBackup | undefined;
    const found = await childrenWith((opts) => (made = new VaultBackup("backup", args, opts)), {
        outputs: ({ type, name }) => {
            if (type === "aws:iam/role:Role") return { arn: arnOf(name), name };
            return type === "aws:kms/key:Key" ? { arn: KEY } : {};
        },
        functions: {
            "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
            "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
        },
    });
    if (made === undefined) throw new Error("no backup");
    return { made, found };
}

const inputsOf = (found: readonly Child[], name: string): Child["inputs"] => {
    const child = found.find((one) => one.name === name);
    if (child === undefined) throw new Error(`no ${name}`);
    return child.inputs;
};

const BEFORE_JOBS = [
    "backup-versioning",
    "backup-public-access",
    "backup-ownership",
    "backup-encryption",
    "backup-lifecycle",
    "backup-bucket-policy",
];
const RIGHTS = ["backup-save-policy", "backup-prune-policy", "backup-restore-policy"];
const OBJECTS = ["backup-save", "backup-prune", "backup-restore", "backup-program", "backup-vault-ca"];
const ROLES = ["save", "prune", "restore"].flatMap((duty) => [
    [`backup-${duty}-role`, "aws:iam/role:Role", []],
    [`backup-${duty}-policy`, "aws:iam/rolePolicy:RolePolicy", []],
]);
const STORAGE = [
    ["backup-key", "aws:kms/key:Key", []],
    ["backup-bucket", "aws:s3/bucket:Bucket", []],
    ["backup-versioning", "aws:s3/bucketVersioning:BucketVersioning", []],
    ["backup-public-access", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", []],
    ["backup-ownership", "aws:s3/bucketOwnershipControls:BucketOwnershipControls", []],
    [
        "backup-encryption",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        [],
    ],
    [
        "backup-lifecycle",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        ["backup-versioning"],
    ],
];
const POLICY = ["backup-bucket-policy", "aws:s3/bucketPolicy:BucketPolicy", ["backup-public-access"]];
const KUBERNETES = [
    ["backup-save", "kubernetes:core/v1:ServiceAccount", []],
    ["backup-prune", "kubernetes:core/v1:ServiceAccount", []],
    ["backup-restore", "kubernetes:core/v1:ServiceAccount", []],
    ["backup-program", "kubernetes:core/v1:ConfigMap", []],
    ["backup-vault-ca", "kubernetes:core/v1:ConfigMap", []],
];
const outline = (found: readonly Child[]): unknown =>
    found.slice(1).map(({ name, type, dependsOn }) => [name, type, dependsOn]);

describe("VaultBackup", () => {
    let authorities: string;
    beforeAll(async () => {
        ({ authorities } = await tlsFiles());
    });

    test("with the least: bucket, key, roles, accounts and two jobs, which come after all of it", async () => {
        const { made, found } = await declare(backup(authorities));
        const before = [...BEFORE_JOBS, ...RIGHTS, ...OBJECTS];
        expect(outline(found)).toEqual([
            ...STORAGE,
            POLICY,
            ...ROLES,
            ...KUBERNETES,
            ["backup-save-job", "kubernetes:batch/v1:CronJob", before],
            ["backup-prune-job", "kubernetes:batch/v1:CronJob", before],
        ]);
        expect(found.slice(1).every(({ parent }) => parent === "backup")).toBe(true);
        expect(found.filter(({ isProtected }) => isProtected).map(({ name }) => name)).toEqual([
            ...["backup-key", "backup-bucket"],
            ...BEFORE_JOBS,
        ]);
        expect(await settled(made.bucketName)).toBe("ogenki-vault-backup");
        expect(await settled(made.kmsKeyArn)).toBe(KEY);
        expect(await settled(made.writerRoleArn)).toBe(arnOf("backup-save-role"));
        expect(await settled(made.retentionRoleArn)).toBe(arnOf("backup-prune-role"));
        expect(await settled(made.restoreRoleArn)).toBe(arnOf("backup-restore-role"));
    });

    test("the bucket keeps versions, is nobody's but the account's, and encrypts by its own rotating key", async () => {
        const { found } = await declare(backup(authorities, { noncurrentDays: 45, tags: { team: "a" } }));
        const bucket = "ogenki-vault-backup";
        expect(inputsOf(found, "backup-bucket")).toEqual({
            bucket,
            objectLockEnabled: false,
            tags: { team: "a" },
        });
        expect(inputsOf(found, "backup-versioning")).toEqual({
            bucket,
            versioningConfiguration: { status: "Enabled" },
        });
        expect(inputsOf(found, "backup-public-access")).toEqual({
            bucket,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        expect(inputsOf(found, "backup-ownership")).toEqual({
            bucket,
            rule: { objectOwnership: "BucketOwnerEnforced" },
        });
        expect(inputsOf(found, "backup-encryption")).toEqual({
            bucket,
            rules: [
                {
                    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
                    bucketKeyEnabled: true,
                },
            ],
        });
        expect(inputsOf(found, "backup-lifecycle")).toEqual({
            bucket,
            rules: [
                {
                    id: "remains",
                    status: "Enabled",
                    filter: { prefix: "" },
                    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
                    noncurrentVersionExpiration: { noncurrentDays: 45 },
                    expiration: { expiredObjectDeleteMarker: true },
                },
            ],
        });
        expect(inputsOf(found, "backup-key")).toMatchObject({
            enableKeyRotation: true,
            deletionWindowInDays: 30,
            policy: expect.stringContaining('"s3.eu-west-3.amazonaws.com"'),
        });
        expect(inputsOf(found, "backup-bucket-policy")).toEqual({
            bucket,
            policy: expect.stringContaining(`"s3:x-amz-server-side-encryption-aws-kms-key-id":"${KEY}"`),
        });
    });

    test("each role is for exactly one service account, and has its own rights", async () => {
        const { found } = await declare(backup(authorities, { clusterName: "main", prefix: "vault/" }));
        for (const duty of ["save", "prune", "restore"]) {
            const { assumeRolePolicy } = inputsOf(found, `backup-${duty}-role`);
            expect(JSON.parse(String(assumeRolePolicy))).toEqual({
                Version: "2012-10-17",
                Statement: [
                    {
                        Sid: "OneServiceAccount",
                        Effect: "Allow",
                        Principal: { Federated: PROVIDER },
                        Action: ["sts:AssumeRoleWithWebIdentity"],
                        Condition: {
                            StringEquals: {
                                "oidc.example.org/id/ABC:aud": "sts.amazonaws.com",
                                "oidc.example.org/id/ABC:sub": `system:serviceaccount:vault:backup-${duty}`,
                            },
                        },
                    },
                ],
            });
            expect(inputsOf(found, `backup-${duty}`)).toMatchObject({
                metadata: { name: `backup-${duty}`, namespace: "vault" },
                automountServiceAccountToken: false,
            });
        }
        const actions = (duty: string): unknown => {
            const { policy } = inputsOf(found, `backup-${duty}-policy`);
            expect(policy).toContain("ogenki-vault-backup");
            const { Statement } = JSON.parse(String(policy)) as { Statement: { Action: string[] }[] };
            return Statement.flatMap(({ Action }) => Action);
        };
        expect(actions("save")).toEqual([
            ...["s3:AbortMultipartUpload", "s3:PutObject"],
            ...["kms:Decrypt", "kms:GenerateDataKey"],
        ]);
        expect(actions("prune")).toEqual(["s3:ListBucket", "s3:DeleteObject"]);
        expect(actions("restore")).toEqual(["s3:ListBucket", "s3:GetObject", "kms:Decrypt"]);
        expect(inputsOf(found, "backup-save-policy").policy).toContain(
            '"arn:aws:s3:::ogenki-vault-backup/vault/main/*"',
        );
    });

    test("the jobs name the program by its digest, the key and the roles", async () => {
        const { found } = await declare(
            backup(authorities, {
                vault: { ...backup(authorities).vault, caBundle: pulumi.output(authorities) },
            }),
        );
        const { text, digest } = snapshotProgram();
        const program = `backup-program-${digest}`;
        expect(inputsOf(found, "backup-program")).toMatchObject({
            metadata: { name: program, namespace: "vault" },
            data: { "portcullis-snapshot.cjs": text },
            immutable: true,
        });
        const job = JSON.stringify(inputsOf(found, "backup-save-job"));
        expect(job).toContain(`"configMap":{"defaultMode":288,"name":"${program}"}`);
        expect(job).toContain(`{"name":"AWS_ROLE_ARN","value":"${arnOf("backup-save-role")}"}`);
        expect(job).toContain(`{"name":"PORTCULLIS_SNAPSHOT_KMS_KEY_ID","value":"${KEY}"}`);
        const prune = JSON.stringify(inputsOf(found, "backup-prune-job"));
        expect(prune).toContain(`{"name":"AWS_ROLE_ARN","value":"${arnOf("backup-prune-role")}"}`);
        expect(prune).not.toMatch(/VAULT_|KMS|vault-ca|approle/);
    });

    test("with all: credentials by External Secrets, a lock and alerts, and nothing protected", async () => {
        const { found } = await declare(
            backup(authorities, {
                auth: APP_ROLE,
                objectLock: { mode: "GOVERNANCE", days: 7 },
                alerts: { ruleLabels: { release: "prometheus" } },
                deletionProtection: false,
            }),
        );
        const before = [...BEFORE_JOBS, "backup-object-lock", ...RIGHTS, ...OBJECTS, "backup-approle"];
        expect(outline(found)).toEqual([
            ...STORAGE,
            [
                "backup-object-lock",
                "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
                ["backup-versioning"],
            ],
            POLICY,
            ...ROLES,
            ...KUBERNETES,
            ["backup-approle", "kubernetes:external-secrets.io/v1:ExternalSecret", []],
            ["backup-save-job", "kubernetes:batch/v1:CronJob", before],
            ["backup-prune-job", "kubernetes:batch/v1:CronJob", before],
            ["backup-alerts", "kubernetes:monitoring.coreos.com/v1:PrometheusRule", []],
        ]);
        expect(found.some(({ isProtected }) => isProtected)).toBe(false);
        expect(inputsOf(found, "backup-bucket")).toMatchObject({ objectLockEnabled: true });
        expect(inputsOf(found, "backup-object-lock")).toMatchObject({
            rule: { defaultRetention: { mode: "GOVERNANCE", days: 7 } },
        });
        expect(inputsOf(found, "backup-alerts").metadata).toEqual({
            name: "backup-alerts",
            namespace: "vault",
            labels: {
                "app.kubernetes.io/name": "vault-backup",
                "app.kubernetes.io/instance": "backup",
                release: "prometheus",
            },
        });
    });

    test("with a drill: a role of a name that can be said before, and a job that comes after what cuts it off", async () => {
        const { made, found } = await declare(
            backup(authorities, {
                drill: {
                    ...DRILL,
                    seal: { kmsKeyArn: pulumi.output(SEAL_KEY) },
                    egressCidrs: ["10.0.0.0/16"],
                },
                alerts: {},
            }),
        );
        const before = [...BEFORE_JOBS, ...OBJECTS];
        expect(outline(found).slice(-8)).toEqual([
            ["backup-drill-role", "aws:iam/role:Role", []],
            ["backup-drill-policy", "aws:iam/rolePolicy:RolePolicy", []],
            ["backup-drill-seal", "kubernetes:core/v1:ConfigMap", []],
            ["backup-drill-network", "kubernetes:networking.k8s.io/v1:NetworkPolicy", []],
            ["backup-drill-approle", "kubernetes:external-secrets.io/v1:ExternalSecret", []],
            ["backup-drill", "kubernetes:core/v1:ServiceAccount", []],
            [
                "backup-drill-job",
                "kubernetes:batch/v1:CronJob",
                [
                    ...before,
                    ...["backup-drill-policy", "backup-drill", "backup-drill-seal", "backup-drill-network"],
                    "backup-drill-approle",
                ],
            ],
            ["backup-alerts", "kubernetes:monitoring.coreos.com/v1:PrometheusRule", []],
        ]);
        expect(inputsOf(found, "backup-drill-role")).toMatchObject({
            name: "ogenki-vault-backup-drill",
            assumeRolePolicy: expect.stringContaining('"system:serviceaccount:vault:backup-drill"'),
        });
        expect(
            VaultBackup.drillRoleArnOf({ account: "123456789012", bucketName: "ogenki-vault-backup" }),
        ).toBe(arnOf(String(inputsOf(found, "backup-drill-role").name)));
        const { policy } = inputsOf(found, "backup-drill-policy");
        expect(policy).toContain(`"Resource":["${SEAL_KEY}"]`);
        expect(policy).toContain(`"Resource":["${KEY}"]`);
        expect(inputsOf(found, "backup-drill-seal")).toMatchObject({
            metadata: { name: "backup-drill-seal", namespace: "vault" },
            data: { "seal.hcl": expect.stringContaining(`kms_key_id = "${SEAL_KEY}"`) },
        });
        expect(inputsOf(found, "backup-drill-network")).toMatchObject({
            metadata: { name: "backup-drill", namespace: "vault" },
            spec: { policyTypes: ["Ingress", "Egress"] },
        });
        expect(inputsOf(found, "backup-drill-approle")).toMatchObject({
            spec: {
                target: { name: "backup-drill-approle" },
                data: [{ remoteRef: { key: "platform/vault/drill" } }, {}],
            },
        });
        expect(inputsOf(found, "backup-drill")).toMatchObject({
            metadata: { name: "backup-drill", namespace: "vault" },
            automountServiceAccountToken: false,
        });
        const job = JSON.stringify(inputsOf(found, "backup-drill-job"));
        expect(job).toContain(`{"name":"AWS_ROLE_ARN","value":"${arnOf("backup-drill-role")}"}`);
        expect(job).toContain('"secretName":"backup-drill-approle"');
        // Of the cluster itself it knows nothing.
        expect(job).not.toMatch(/VAULT_ADDR|VAULT_CACERT|vault-ca/);
        expect(JSON.stringify(inputsOf(found, "backup-alerts"))).toContain("backup-drill");
        expect(await settled(made.drillRoleArn)).toBe(arnOf("backup-drill-role"));
    });

    test("without a drill there is none of that", async () => {
        const { made, found } = await declare(backup(authorities));
        expect(found.filter(({ name }) => name.includes("drill"))).toEqual([]);
        expect(await settled(made.drillRoleArn)).toBeUndefined();
    });

    test("what is always plain is refused where it is declared, though an output is among the rest", () => {
        const oidcProviderArn = pulumi.output(new Promise<string>(() => undefined));
        expect(
            () => new VaultBackup("backup", backup(authorities, { bucketName: "V", oidcProviderArn })),
        ).toThrow('VaultBackup "backup" is refused:\n  - bucketName: It is no name that S3 takes');
    });

    test("plain arguments are refused where it is declared", () => {
        expect(() => new VaultBackup("backup", backup(authorities, { bucketName: "V" }))).toThrow(
            'VaultBackup "backup" is refused:\n  - bucketName: It is no name that S3 takes',
        );
    });
});
