/**
 * What the bucket and the key of VaultBackup refuse, whatever else a caller may: by a simulator of IAM. moto looks at no
 * policy of a key, and takes each refusal in a bucket's policy as if it had no condition; the last test says so of it, and
 * fails once that changes.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { bucketPolicy, keyPolicy, writerPolicy } from "../../components/vault-backup/policies";
import { findMoto, startMoto } from "../../tools/services/moto";
import { callAws, type AwsCredentials } from "../oracles/boto";
import { findSimulator, simulate, type Attempt, type Simulator } from "../oracles/iam-simulate";
import { foundOrSkip } from "../support/skip";

const PLACE = {
    ...{ partition: "aws", dnsSuffix: "amazonaws.com", account: "123456789012", region: "eu-west-3" },
    ...{ bucketName: "backup", folder: "vault/main/" },
};
const KEY = "arn:aws:kms:eu-west-3:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER_KEY = KEY.replace("key/1", "key/2");
const OBJECT = "arn:aws:s3:::backup/vault/main/x.snap";
const ROLE = "arn:aws:iam::123456789012:role/writer";
const EVERYTHING = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};
const TLS = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };
const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER = "s3:x-amz-server-side-encryption-customer-algorithm";
const OWN = { ...TLS, [ALGORITHM]: "aws:kms", [KEY_ID]: KEY };
const THROUGH_S3 = { "kms:ViaService": "s3.eu-west-3.amazonaws.com" };

describe("the bucket and the key of VaultBackup", function () {
    this.timeout(240_000);
    let simulator: Simulator;

    before(async function () {
        simulator = foundOrSkip(this, await findSimulator());
    });

    /** What becomes of a call of the bucket by somebody who may do everything. */
    const ofBucket = (action: string, context: Attempt["context"], resource = OBJECT): Attempt => ({
        ...{ principal: ROLE, action, resource, context, identityPolicy: EVERYTHING },
        resourcePolicy: bucketPolicy(PLACE, KEY),
    });

    for (const [what, action, context, verdict] of [
        ["a snapshot by its own key", "s3:PutObject", OWN, "Allowed"],
        ["a snapshot that names no encryption", "s3:PutObject", TLS, "Allowed"],
        [
            "a snapshot in clear",
            "s3:PutObject",
            { ...OWN, "aws:SecureTransport": "false" },
            "ExplicitlyDenied",
        ],
        ["a snapshot by TLS 1.1", "s3:PutObject", { ...OWN, "s3:TlsVersion": "1.1" }, "ExplicitlyDenied"],
        ["a snapshot by TLS 1.2", "s3:PutObject", { ...OWN, "s3:TlsVersion": "1.2" }, "Allowed"],
        ["another key", "s3:PutObject", { ...OWN, [KEY_ID]: OTHER_KEY }, "ExplicitlyDenied"],
        ["S3's own encryption", "s3:PutObject", { ...TLS, [ALGORITHM]: "AES256" }, "ExplicitlyDenied"],
        ["S3's own key of KMS", "s3:PutObject", { ...TLS, [ALGORITHM]: "aws:kms" }, "ExplicitlyDenied"],
        ["two layers", "s3:PutObject", { ...OWN, [ALGORITHM]: "aws:kms:dsse" }, "ExplicitlyDenied"],
        ["a key of the caller", "s3:PutObject", { ...TLS, [CUSTOMER]: "AES256" }, "ExplicitlyDenied"],
        ["reading over TLS", "s3:GetObject", TLS, "Allowed"],
        ["reading in clear", "s3:GetObject", { ...TLS, "aws:SecureTransport": "false" }, "ExplicitlyDenied"],
        ["reading by TLS 1.0", "s3:GetObject", { ...TLS, "s3:TlsVersion": "1.0" }, "ExplicitlyDenied"],
    ] as const) {
        it(`${verdict === "Allowed" ? "takes" : "refuses"} ${what}, of somebody who may do everything`, async () => {
            assert.deepEqual(await simulate(simulator, [ofBucket(action, context)]), [verdict]);
        });
    }

    it("refuse to tell of the bucket in clear, even to somebody who may do everything", async () => {
        const clear = { ...TLS, "aws:SecureTransport": "false" };
        const attempts = ["s3:ListBucket", "s3:DeleteBucket", "s3:PutBucketPolicy"].map((action) =>
            ofBucket(action, clear, "arn:aws:s3:::backup"),
        );
        assert.deepEqual(
            await simulate(simulator, attempts),
            attempts.map(() => "ExplicitlyDenied"),
        );
    });

    it("let the role that saves write by its own key, through S3 alone", async () => {
        const own = (action: string, resource: string, context: Attempt["context"]): Attempt => ({
            ...{ principal: ROLE, action, resource, context, identityPolicy: writerPolicy(PLACE, KEY) },
            resourcePolicy: action.startsWith("s3:") ? bucketPolicy(PLACE, KEY) : keyPolicy(PLACE),
        });
        assert.deepEqual(
            await simulate(simulator, [
                own("s3:PutObject", OBJECT, OWN),
                own("kms:GenerateDataKey", KEY, THROUGH_S3),
                own("kms:GenerateDataKey", KEY, {}),
                own("kms:GenerateDataKey", KEY, { "kms:ViaService": "ebs.eu-west-3.amazonaws.com" }),
                own("kms:GenerateDataKey", OTHER_KEY, THROUGH_S3),
                own("kms:Encrypt", KEY, THROUGH_S3),
                own("kms:ScheduleKeyDeletion", KEY, {}),
            ]),
            ["Allowed", "Allowed", ...Array.from({ length: 5 }, () => "ImplicitlyDenied")],
        );
    });

    it("let an administrator keep the key in hand, and use it through S3 alone", async () => {
        const ofKey = (action: string, context: Attempt["context"], principal = ROLE): Attempt => ({
            ...{ principal, action, resource: KEY, context, identityPolicy: EVERYTHING },
            resourcePolicy: keyPolicy(PLACE),
        });
        assert.deepEqual(
            await simulate(simulator, [
                ofKey("kms:PutKeyPolicy", {}),
                ofKey("kms:ScheduleKeyDeletion", {}),
                ofKey("kms:Decrypt", THROUGH_S3),
                ofKey("kms:Decrypt", {}),
                ofKey("kms:CreateGrant", {}),
                ofKey("kms:Decrypt", THROUGH_S3, ROLE.replace("123456789012", "210987654321")),
            ]),
            [
                ...Array.from({ length: 3 }, () => "Allowed"),
                ...Array.from({ length: 3 }, () => "ImplicitlyDenied"),
            ],
        );
    });

    it("cannot be held to by moto, which refuses what the policy takes as well", async function () {
        const found = foundOrSkip(this, await findMoto());
        const moto = await startMoto(found);
        try {
            const anybody: AwsCredentials = { accessKeyId: "test", secretAccessKey: "test" };
            const call = (operation: string, parameters: Readonly<Record<string, unknown>>) => ({
                ...{ service: "s3", operation },
                parameters: { Bucket: "backup", ...parameters },
            });
            const results = await callAws(found.python, moto.url, anybody, [
                call("create_bucket", { CreateBucketConfiguration: { LocationConstraint: "eu-west-3" } }),
                call("put_bucket_policy", { Policy: JSON.stringify(bucketPolicy(PLACE, KEY)) }),
                call("put_object", { Key: "vault/main/x.snap", Body: "x" }),
                call("delete_bucket_policy", {}),
                call("put_object", { Key: "vault/main/x.snap", Body: "x" }),
            ]);
            assert.deepEqual(
                results.map(({ code }) => code),
                ["ok", "ok", "403", "ok", "ok"],
            );
        } finally {
            await moto.end("SIGKILL");
        }
    });
});
