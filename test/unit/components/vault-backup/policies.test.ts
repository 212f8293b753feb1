/** The policies of VaultBackup: exactly what each says. */
import { describe, expect, test } from "@jest/globals";
import {
    bucketPolicy,
    drillPolicy,
    keyPolicy,
    restorePolicy,
    retentionPolicy,
    writerPolicy,
    type BackupPlace,
} from "../../../../components/vault-backup/policies";

const PLACE: BackupPlace = {
    partition: "aws-cn",
    dnsSuffix: "amazonaws.com.cn",
    account: "123456789012",
    region: "cn-north-1",
    bucketName: "backup",
    folder: "vault/main/",
};
const KEY = "arn:aws-cn:kms:cn-north-1:123456789012:key/k";
const OBJECTS = ["arn:aws-cn:s3:::backup/vault/main/*"];
const THROUGH_S3 = { StringEquals: { "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" } };
const LISTING = {
    Sid: "ListSnapshots",
    Effect: "Allow",
    Action: ["s3:ListBucket"],
    Resource: ["arn:aws-cn:s3:::backup"],
    Condition: { StringEquals: { "s3:prefix": "vault/main/" } },
};

describe("roles", () => {
    test("the one that saves writes, and nothing else", () => {
        expect(writerPolicy(PLACE, KEY).Statement).toEqual([
            {
                Sid: "WriteSnapshots",
                Effect: "Allow",
                Action: ["s3:AbortMultipartUpload", "s3:PutObject"],
                Resource: OBJECTS,
            },
            {
                Sid: "EncryptThem",
                Effect: "Allow",
                Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                Resource: [KEY],
                Condition: THROUGH_S3,
            },
        ]);
    });

    test("the one that prunes lists and deletes, and no versions", () => {
        expect(retentionPolicy(PLACE).Statement).toEqual([
            LISTING,
            { Sid: "DeleteSnapshots", Effect: "Allow", Action: ["s3:DeleteObject"], Resource: OBJECTS },
        ]);
    });

    test("the one that drills restores as that does, and opens its server by the seal's key", () => {
        const seal = "arn:aws-cn:kms:cn-northwest-1:123456789012:key/seal";
        expect(drillPolicy(PLACE, KEY, seal).Statement).toEqual([
            ...restorePolicy(PLACE, KEY).Statement,
            {
                Sid: "OpenTheServer",
                Effect: "Allow",
                Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
                Resource: [seal],
            },
        ]);
    });

    test("the one that restores lists and reads", () => {
        expect(restorePolicy(PLACE, KEY).Statement).toEqual([
            LISTING,
            { Sid: "ReadSnapshots", Effect: "Allow", Action: ["s3:GetObject"], Resource: OBJECTS },
            {
                Sid: "DecryptThem",
                Effect: "Allow",
                Action: ["kms:Decrypt"],
                Resource: [KEY],
                Condition: THROUGH_S3,
            },
        ]);
    });
});

test("the key serves S3 alone, and administrators", () => {
    const [administration, use] = keyPolicy(PLACE).Statement;
    expect(administration?.Action).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/Crypt|DataKey|CreateGrant|\*/i)]),
    );
    expect(use).toEqual({
        Sid: "SnapshotsThroughS3",
        Effect: "Allow",
        Principal: { AWS: "arn:aws-cn:iam::123456789012:root" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: ["*"],
        Condition: THROUGH_S3,
    });
});

test("the bucket refuses what is in clear, and every other encryption", () => {
    const all = { Effect: "Deny", Principal: "*" };
    const everything = {
        ...all,
        Action: ["s3:*"],
        Resource: ["arn:aws-cn:s3:::backup", "arn:aws-cn:s3:::backup/*"],
    };
    const written = { ...all, Action: ["s3:PutObject"], Resource: ["arn:aws-cn:s3:::backup/*"] };
    const [sse, key] = ["s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"];
    expect(bucketPolicy(PLACE, KEY).Statement).toEqual([
        { Sid: "NothingInClear", ...everything, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        { Sid: "NoTlsBefore12", ...everything, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
        {
            Sid: "NoOtherEncryption",
            ...written,
            Condition: { StringNotEquals: { [sse]: "aws:kms" }, Null: { [sse]: "false" } },
        },
        {
            Sid: "NoOtherKey",
            ...written,
            Condition: { StringNotEquals: { [key]: KEY }, Null: { [key]: "false" } },
        },
        {
            Sid: "NoKeyOfS3",
            ...written,
            Condition: { StringEquals: { [sse]: "aws:kms" }, Null: { [key]: "true" } },
        },
        {
            Sid: "NoKeyOfTheCaller",
            ...written,
            Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        },
    ]);
});
