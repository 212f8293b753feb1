/** The roles of VaultBackup on a server that enforces policies, by the program itself: each does its own work, and no other's. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { PolicyDocument } from "../../components/iam-policies";
import { restorePolicy, retentionPolicy, writerPolicy } from "../../components/vault-backup/policies";
import { enforcePolicies, findMoto } from "../../tools/services/moto";
import { REGION } from "../../tools/services/moto-calls";
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

type Duty = "save" | "prune" | "restore";

describe("the roles of VaultBackup, enforced", function () {
    this.timeout(180_000);
    let ground: SnapshotGround | undefined;
    let program: SnapshotProgram;
    const credentials = new Map<Duty, AwsCredentials>();

    before(async function () {
        this.timeout(600_000);
        const [moto, found] = [await findMoto(), await snapshotGround()];
        if ("missing" in moto || "missing" in found) {
            console.log(
                `    skipped: ${"missing" in moto ? moto.missing : "missing" in found ? found.missing : ""}`,
            );
            return this.skip();
        }
        ground = found;
        program = snapshotProgram(found.directory);
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
        };
        for (const duty of ["save", "prune", "restore"] as const) {
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
