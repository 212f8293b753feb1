/** VaultBackup under mocks: what it is made of, what is protected, and what comes after what. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { snapshotProgram } from "../../../../components/vault-backup/program";
import { VaultBackup } from "../../../../components/vault-backup/vault-backup";
import { settled } from "../../../support/children";
import { tlsFiles } from "../../../support/vault-cluster";
import { arnOf, BEFORE_JOBS, declare, inputsOf, KEY, OBJECTS, outline, RIGHTS } from "./declare";
import { APP_ROLE, backup, PROVIDER } from "./fixture";

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
        // Said of each: a provider may be elsewhere.
        const at = { bucket: "ogenki-vault-backup", region: "eu-west-3" };
        expect(inputsOf(found, "backup-bucket")).toEqual({
            ...at,
            objectLockEnabled: false,
            tags: { team: "a" },
        });
        expect(inputsOf(found, "backup-versioning")).toEqual({
            ...at,
            versioningConfiguration: { status: "Enabled" },
        });
        expect(inputsOf(found, "backup-public-access")).toEqual({
            ...at,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        expect(inputsOf(found, "backup-ownership")).toEqual({
            ...at,
            rule: { objectOwnership: "BucketOwnerEnforced" },
        });
        expect(inputsOf(found, "backup-encryption")).toEqual({
            ...at,
            rules: [
                {
                    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
                    bucketKeyEnabled: true,
                },
            ],
        });
        expect(inputsOf(found, "backup-lifecycle")).toEqual({
            ...at,
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
            region: "eu-west-3",
            enableKeyRotation: true,
            deletionWindowInDays: 30,
            policy: expect.stringContaining('"s3.eu-west-3.amazonaws.com"'),
        });
        expect(inputsOf(found, "backup-bucket-policy")).toEqual({
            ...at,
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
