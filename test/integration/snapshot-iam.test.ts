/** The rights of who saves, on a server that enforces them: what they are is enough, and gives nothing back and takes nothing away. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { z } from "zod";
import { enforcePolicies, findMoto } from "../../tools/services/moto";
import { CREDENTIALS } from "../../tools/services/moto-calls";
import { callAws, type AwsCall, type AwsCredentials, type AwsResult } from "../oracles/boto";
import { fill, snapshotGround, type SnapshotGround } from "../support/snapshot-ground";
import { snapshotProgram, type SnapshotProgram, type SnapshotRun } from "../support/snapshot-program";
import { foundOrSkip } from "../support/skip";

const RoleName = "snapshot-writer";
/** Those of KMS are AWS's documentation's, for the key that S3 uses on the role's behalf: moto's S3 asks for none of them. */
const ACTIONS = ["s3:PutObject", "s3:AbortMultipartUpload", "kms:GenerateDataKey", "kms:Decrypt"];
const savedSchema = z.object({ saved: z.string(), manifest: z.object({ id: z.string() }) });
const keysSchema = z.object({ Contents: z.array(z.object({ Key: z.string() })).default([]) });
const uploadsSchema = z.object({ Uploads: z.array(z.unknown()).default([]) });

describe("the rights of who saves snapshots, enforced", function () {
    this.timeout(180_000);
    let at: SnapshotGround;
    let program: SnapshotProgram;
    let call: (who: AwsCredentials, ...calls: AwsCall[]) => Promise<readonly AwsResult[]>;
    let writer: AwsCredentials;
    let administrator: AwsCredentials;
    let saved: z.infer<typeof savedSchema>;

    /** The answer to a call that is allowed. */
    async function answered(who: AwsCredentials, wanted: AwsCall): Promise<unknown> {
        const [result] = await call(who, wanted);
        assert.equal(result?.code, "ok", `${wanted.operation}: ${result?.code ?? ""}`);
        return result.answer;
    }
    /** Exactly these rights, on this cluster's objects and their key. */
    function rights(actions: readonly string[]): AwsCall {
        const statement = (service: string, Resource: string) => ({
            ...{ Effect: "Allow", Action: actions.filter((action) => action.startsWith(service)), Resource },
        });
        const Statement = [
            statement("s3:", `arn:aws:s3:::${at.bucket}/vault/main/*`),
            statement("kms:", at.kmsKeyId),
        ].filter(({ Action }) => Action.length > 0);
        const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        return {
            ...{ service: "iam", operation: "put_role_policy" },
            parameters: { RoleName, PolicyName: "writer", PolicyDocument },
        };
    }
    const run = (...args: readonly string[]): Promise<SnapshotRun> =>
        program.run(args, {
            ...at.environment,
            VAULT_TOKEN: at.rootToken,
            AWS_ACCESS_KEY_ID: writer.accessKeyId,
            AWS_SECRET_ACCESS_KEY: writer.secretAccessKey,
            AWS_SESSION_TOKEN: writer.token ?? "",
        });
    const keys = async (): Promise<readonly string[]> => {
        const listed = { service: "s3", operation: "list_objects_v2", parameters: { Bucket: at.bucket } };
        return keysSchema.parse(await answered(administrator, listed)).Contents.map(({ Key }) => Key);
    };
    const uploads = async (): Promise<number> => {
        const listed = {
            service: "s3",
            operation: "list_multipart_uploads",
            parameters: { Bucket: at.bucket },
        };
        return uploadsSchema.parse(await answered(administrator, listed)).Uploads.length;
    };
    /** Refuses all parts of an upload but the first. */
    const failHalfWay = (): void => {
        let parts = 0;
        at.s3.meddle(({ method, url = "" }) =>
            method === "PUT" && url.includes("partNumber=") && (parts += 1) > 1 ? "refuse" : undefined,
        );
    };

    before(async function () {
        const moto = foundOrSkip(this, await findMoto());
        at = foundOrSkip(this, await snapshotGround());
        program = snapshotProgram(at.directory);
        call = (who, ...calls) => callAws(moto.python, at.moto.url, who, calls);
        const anybody: AwsCredentials = {
            accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
            secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
        };
        const own = { AWS: "arn:aws:iam::123456789012:root" };
        const trust = { Effect: "Allow", Principal: own, Action: "sts:AssumeRole" };
        await answered(anybody, {
            ...{ service: "iam", operation: "create_role" },
            parameters: {
                RoleName,
                AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
            },
        });
        await answered(anybody, rights(ACTIONS));
        const assumed = (await answered(anybody, {
            ...{ service: "sts", operation: "assume_role" },
            parameters: { RoleArn: `arn:aws:iam::123456789012:role/${RoleName}`, RoleSessionName: "job" },
        })) as {
            Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
        };
        const { AccessKeyId, SecretAccessKey, SessionToken } = assumed.Credentials;
        writer = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, token: SessionToken };
        const UserName = "administrator";
        const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
        await answered(anybody, { service: "iam", operation: "create_user", parameters: { UserName } });
        await answered(anybody, {
            ...{ service: "iam", operation: "put_user_policy" },
            parameters: { UserName, PolicyName: "all", PolicyDocument: JSON.stringify(all) },
        });
        const { AccessKey } = (await answered(anybody, {
            ...{ service: "iam", operation: "create_access_key", parameters: { UserName } },
        })) as { AccessKey: { AccessKeyId: string; SecretAccessKey: string } };
        administrator = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
        await enforcePolicies(at.moto);
        await fill(at.bao.url, at.rootToken, 18);
    });
    afterEach(() => {
        (at as SnapshotGround | undefined)?.s3.meddle();
    });
    after(() => (at as SnapshotGround | undefined)?.close());

    it("are enough to save a snapshot in parts, with its manifest", async () => {
        const ran = await run("save");
        assert.equal(ran.code, 0, ran.err);
        saved = savedSchema.parse(JSON.parse(ran.out));
        assert.deepEqual(await keys(), [saved.saved, `${saved.saved}.json`]);
        assert.equal(await uploads(), 0);
    });

    it("are enough to give up an upload that fails half way", async () => {
        failHalfWay();
        const ran = await run("save");
        assert.equal(ran.code, 1);
        assert.match(String(ran.events.at(-1)?.problem), /S3 did not do UploadPart/);
        assert.equal(ran.events.filter(({ event }) => event === "warning").length, 0, ran.err);
        at.s3.meddle();
        assert.equal(await uploads(), 0);
    });

    for (const [what, args, denied] of [
        ["list", () => ["list"], "ListObjectsV2"],
        ["verify the newest", () => ["verify"], "ListObjectsV2"],
        ["verify one whose name is known", () => ["verify", saved.manifest.id], "GetObject"],
        ["prune", () => ["prune", "--keep-last", "1"], "ListObjectsV2"],
        ["restore", () => ["restore", saved.manifest.id, "--confirm", "main"], "GetObject"],
    ] as const) {
        it(`are not enough to ${what}: AccessDenied, said plainly, and nothing is changed`, async () => {
            const before = await keys();
            const ran = await run(...args());
            assert.equal(ran.code, 1, ran.out);
            assert.equal(ran.out, "");
            const { problem, remedy } = ran.events.at(-1) ?? {};
            assert.match(String(problem), new RegExp(`^S3 did not do ${denied} of .*AccessDenied`));
            assert.match(String(remedy), /^Give the role s3:(ListBucket|GetObject) on /);
            assert.deepEqual(await keys(), before);
        });
    }

    it("are none to read, list, delete or copy, and none at other places", async () => {
        const [Bucket, Key] = [at.bucket, saved.saved];
        const calls: readonly (readonly [operation: string, parameters: object])[] = [
            ["get_object", { Bucket, Key }],
            ["head_object", { Bucket, Key }],
            ["list_objects_v2", { Bucket }],
            ["list_object_versions", { Bucket }],
            ["delete_object", { Bucket, Key }],
            ["put_object", { Bucket, Key: "vault/other/x.snap", Body: "x" }],
            ["put_object", { Bucket, Key: "x", Body: "x" }],
            ["put_object_acl", { Bucket, Key, ACL: "public-read" }],
            ["put_bucket_policy", { Bucket, Policy: "{}" }],
            ["delete_bucket", { Bucket }],
        ];
        const results = await call(
            writer,
            ...calls.map(([operation, parameters]) => ({
                ...{ service: "s3", operation },
                parameters: parameters as Readonly<Record<string, unknown>>,
            })),
        );
        assert.deepEqual(
            calls.map(([operation], index) => `${operation} ${results[index]?.code ?? ""}`),
            // The answer to a HEAD has no body that could name the error.
            calls.map(
                ([operation]) => `${operation} ${operation === "head_object" ? "403" : "AccessDenied"}`,
            ),
        );
        assert.equal((await keys()).includes(Key), true);
    });

    it("are none too many in the bucket: without either, a save fails or leaves its parts, and says so", async () => {
        const before = await keys();
        await answered(administrator, rights(ACTIONS.filter((action) => action !== "s3:PutObject")));
        const denied = await run("save");
        assert.equal(denied.code, 1);
        assert.match(
            String(denied.events.at(-1)?.problem),
            /S3 did not do CreateMultipartUpload of .*AccessDenied/,
        );
        assert.match(String(denied.events.at(-1)?.remedy), /^Give the role s3:PutObject on the objects/);
        await answered(
            administrator,
            rights(ACTIONS.filter((action) => action !== "s3:AbortMultipartUpload")),
        );
        failHalfWay();
        const left = await run("save");
        assert.equal(left.code, 1);
        assert.match(
            String(left.events.find(({ event }) => event === "warning")?.text),
            /Parts of the upload that was given up are still in the bucket.*AbortMultipartUpload.*AccessDenied/,
        );
        at.s3.meddle();
        assert.equal(await uploads(), 1);
        assert.deepEqual(await keys(), before);
    });
});
