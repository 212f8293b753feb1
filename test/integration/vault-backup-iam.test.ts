/** The roles of VaultBackup on a server that enforces policies, by the program itself: each does its own work, and no other's. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { PolicyDocument } from "../../components/iam-policies";
import { sealText } from "../../components/vault-backup/drill";
import {
    drillPolicy,
    restorePolicy,
    retentionPolicy,
    writerPolicy,
} from "../../components/vault-backup/policies";
import { enforcePolicies, findMoto } from "../../tools/services/moto";
import { createKey, REGION } from "../../tools/services/moto-calls";
import { initialise, startSingle, statusOf } from "../../tools/services/openbao";
import { callAws, type AwsCall, type AwsCredentials } from "../oracles/boto";
import { snapshotGround, type SnapshotGround } from "../support/snapshot-ground";
import { snapshotProgram, type SnapshotProgram, type SnapshotRun } from "../support/snapshot-program";

const ACCOUNT = "123456789012";
/** Of whoever sets up, while nothing is enforced. */
const ANYBODY: AwsCredentials = { accessKeyId: "test", secretAccessKey: "test" };

/** For moto, which holds a call that deletes several objects to the right on the bucket; AWS asks for that on each object. */
function onTheBucket(policy: PolicyDocument, bucket: string): PolicyDocument {
    const Statement = policy.Statement.map((one) =>
        one.Action.includes("s3:DeleteObject")
            ? { ...one, Resource: [...(one.Resource ?? []), `arn:aws:s3:::${bucket}`] }
            : one,
    );
    return { ...policy, Statement };
}

const DUTIES = ["save", "prune", "restore", "drill"] as const;
type Duty = (typeof DUTIES)[number];

describe("the roles of VaultBackup, enforced", function () {
    this.timeout(180_000);
    let ground: SnapshotGround | undefined;
    let program: SnapshotProgram;
    let python: string;
    let sealKey: string;
    let otherKey: string;
    const credentials = new Map<Duty, AwsCredentials>();

    before(async function () {
        this.timeout(600_000);
        const [moto, found] = [await findMoto(), await snapshotGround({ knowsResources: true })];
        if ("missing" in moto || "missing" in found) {
            console.log(
                `    skipped: ${"missing" in moto ? moto.missing : "missing" in found ? found.missing : ""}`,
            );
            return this.skip();
        }
        ground = found;
        program = snapshotProgram(found.directory);
        ({ python } = moto);
        [sealKey, otherKey] = [await createKey(found.moto.url), await createKey(found.moto.url)];
        const answered = async <T>(call: AwsCall): Promise<T> => {
            const [result] = await callAws(moto.python, found.moto.url, ANYBODY, [call]);
            assert.equal(result?.code, "ok", `${call.operation}: ${result?.code ?? ""}`);
            // As the SDK's documentation has it; what is missing fails where it is used.
            return result.answer as T;
        };
        const place = {
            ...{ partition: "aws", dnsSuffix: "amazonaws.com", account: ACCOUNT, region: REGION },
            ...{ bucketName: found.bucket, folder: "vault/main/" },
        };
        const policies: Readonly<Record<Duty, PolicyDocument>> = {
            save: writerPolicy(place, found.kmsKeyId),
            prune: onTheBucket(retentionPolicy(place), found.bucket),
            restore: restorePolicy(place, found.kmsKeyId),
            drill: drillPolicy(place, found.kmsKeyId, sealKey),
        };
        for (const duty of DUTIES) {
            const RoleName = `backup-${duty}-role`;
            const trust = {
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
            };
            await answered({
                ...{ service: "iam", operation: "create_role" },
                parameters: { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) },
            });
            await answered({
                ...{ service: "iam", operation: "put_role_policy" },
                parameters: { RoleName, PolicyName: "own", PolicyDocument: JSON.stringify(policies[duty]) },
            });
            const { Credentials } = await answered<{
                Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
            }>({
                ...{ service: "sts", operation: "assume_role" },
                parameters: {
                    RoleArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
                    RoleSessionName: duty,
                },
            });
            credentials.set(duty, {
                accessKeyId: Credentials.AccessKeyId,
                secretAccessKey: Credentials.SecretAccessKey,
                token: Credentials.SessionToken,
            });
        }
        await enforcePolicies(found.moto);
    });

    after(async () => {
        await ground?.close();
    });

    /** Runs a command of the program as one of the roles. */
    async function as(
        duty: Duty,
        args: readonly string[],
        more: Readonly<Record<string, string>> = {},
    ): Promise<SnapshotRun> {
        const own = credentials.get(duty);
        assert(own && ground);
        return program.run(args, {
            ...ground.environment,
            // Signatures name the host, so that nothing may stand between.
            PORTCULLIS_SNAPSHOT_S3_ENDPOINT: ground.moto.url,
            AWS_ACCESS_KEY_ID: own.accessKeyId,
            AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
            AWS_SESSION_TOKEN: own.token ?? "",
            ...more,
        });
    }

    function denied({ code, events }: SnapshotRun, call: string): void {
        assert.equal(code, 1);
        const problem = String(events.find(({ event }) => event === "failed")?.problem);
        assert.match(problem, new RegExp(`${call}.*AccessDenied`, "s"));
    }

    const good = async (): Promise<number> => {
        const { code, out, err } = await as("restore", ["list"]);
        assert.equal(code, 0, err);
        return (JSON.parse(out) as { good: unknown[] }).good.length;
    };

    it("the one that saves writes snapshots, and can neither list, read nor delete", async () => {
        for (let count = 0; count < 3; count += 1) {
            const { code, err } = await as("save", ["save"]);
            assert.equal(code, 0, err);
        }
        denied(await as("save", ["list"]), "ListObjectsV2");
        denied(await as("save", ["verify"]), "ListObjectsV2");
        denied(await as("save", ["prune", "--keep-last", "1"]), "ListObjectsV2");
        assert.equal(await good(), 3);
    });

    it("it writes to its own cluster's folder alone", async () => {
        denied(await as("save", ["save"], { PORTCULLIS_SNAPSHOT_CLUSTER: "other" }), "PutObject");
    });

    it("the one that restores lists and reads, and can neither write nor delete", async () => {
        const { code, err } = await as("restore", ["verify"]);
        assert.equal(code, 0, err);
        denied(await as("restore", ["save"]), "PutObject");
        denied(await as("restore", ["prune", "--keep-last", "1"]), "DeleteObjects");
        assert.equal(await good(), 3);
    });

    it("the one that drills lists and reads, and can neither write nor delete", async () => {
        const { code, err } = await as("drill", ["verify"]);
        assert.equal(code, 0, err);
        denied(await as("drill", ["save"]), "PutObject");
        denied(await as("drill", ["prune", "--keep-last", "1"]), "DeleteObjects");
        assert.equal(await good(), 3);
    });

    it("the one that drills opens a real server by the seal's key, with the block that the job is given", async () => {
        assert(ground);
        const { directory, moto, program: bao } = ground;
        const own = credentials.get("drill");
        assert(own);
        const start = (name: string, key: string) =>
            startSingle({
                ...{ program: bao, directory: join(directory, name) },
                seal: sealText(key).replace(/\}\n$/, `  endpoint = "${moto.url}"\n}`),
                environment: {
                    AWS_ACCESS_KEY_ID: own.accessKeyId,
                    AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
                    AWS_SESSION_TOKEN: own.token ?? "",
                    AWS_EC2_METADATA_DISABLED: "true",
                },
            });
        const first = await start("drilled", sealKey);
        await initialise(first.url).finally(() => first.end("SIGKILL"));
        // It opens by itself, as it does once a snapshot was restored.
        const second = await start("drilled", sealKey);
        try {
            const end = Date.now() + 30_000;
            while ((await statusOf(`${second.url}/v1/sys/health`)) !== 200) {
                assert.ok(Date.now() < end, "it did not open within 30 s");
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
        } finally {
            await second.end("SIGKILL");
        }
        await assert.rejects(start("refused", otherKey), /status code: 403/);
    });

    it("the one that drills can do nothing else with that key, or with any other", async () => {
        assert(ground);
        const own = credentials.get("drill");
        assert(own);
        const { bucket, kmsKeyId, moto } = ground;
        const call = async (who: AwsCredentials, calls: readonly AwsCall[]): Promise<readonly string[]> =>
            (await callAws(python, moto.url, who, calls)).map(
                ({ code }, index) => `${calls[index]?.operation ?? ""} ${code}`,
            );
        const kms = (operation: string, parameters: Readonly<Record<string, unknown>>): AwsCall => ({
            ...{ service: "kms", operation, parameters },
        });
        const others: readonly AwsCall[] = [
            kms("encrypt", { KeyId: kmsKeyId, Plaintext: "x" }),
            kms("describe_key", { KeyId: kmsKeyId }),
            kms("encrypt", { KeyId: otherKey, Plaintext: "x" }),
            kms("describe_key", { KeyId: otherKey }),
            kms("generate_data_key", { KeyId: sealKey, KeySpec: "AES_256" }),
            kms("create_grant", {
                KeyId: sealKey,
                GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`,
                Operations: ["Decrypt"],
            }),
            kms("put_key_policy", { KeyId: sealKey, PolicyName: "default", Policy: "{}" }),
            kms("schedule_key_deletion", { KeyId: sealKey }),
            kms("disable_key", { KeyId: sealKey }),
            kms("list_keys", {}),
            {
                ...{ service: "s3", operation: "put_object" },
                parameters: { Bucket: bucket, Key: "vault/main/x", Body: "x" },
            },
            {
                ...{ service: "s3", operation: "delete_object" },
                parameters: { Bucket: bucket, Key: "vault/main/x" },
            },
            { ...{ service: "s3", operation: "list_buckets" }, parameters: {} },
            {
                ...{ service: "iam", operation: "get_role" },
                parameters: { RoleName: "backup-drill-role" },
            },
        ];
        // moto refuses in XML, of which a client that speaks JSON sees the status alone.
        assert.deepEqual(
            (await call(own, others)).filter((line) => !/ (AccessDenied|403)$/.test(line)),
            [],
        );
        assert.deepEqual(
            await call(own, [
                kms("encrypt", { KeyId: sealKey, Plaintext: "x" }),
                kms("describe_key", { KeyId: sealKey }),
            ]),
            ["encrypt ok", "describe_key ok"],
        );
    });

    it("the one that prunes lists and deletes, and can neither read nor write", async () => {
        denied(await as("prune", ["verify"]), "GetObject");
        denied(await as("prune", ["save"]), "PutObject");
        assert.equal(await good(), 3);
        const { code, out, err } = await as("prune", ["prune", "--keep-last", "2"]);
        assert.equal(code, 0, err);
        assert.equal((JSON.parse(out) as { deleted: unknown[] }).deleted.length, 1);
        assert.equal(await good(), 2);
    });
});
