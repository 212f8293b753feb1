/** The policies of VaultBackup, as data: what the bucket refuses, who may use the key, and what each role may do. */
import {
    accountOf,
    administrationByTheAccount,
    policyDocument,
    SEAL_ACTIONS,
    type Place,
    type PolicyDocument,
    type Statement,
} from "../iam-policies";

/** Where one cluster's snapshots are. */
export interface BackupPlace extends Place {
    readonly bucketName: string;
    /** Ended by a slash. */
    readonly folder: string;
}

function bucketArn({ partition, bucketName }: BackupPlace): string {
    return `arn:${partition}:s3:::${bucketName}`;
}

/**
 * What nobody may do with the bucket, whatever else they may: call without TLS 1.2, or write an object under another
 * encryption than the bucket's default, which is SSE-KMS with its own key. A write that names none gets the default.
 */
export function bucketPolicy(place: BackupPlace, kmsKeyArn: string): PolicyDocument {
    const bucket = bucketArn(place);
    const everything = { Action: ["s3:*"], Resource: [bucket, `${bucket}/*`] };
    const written = { Action: ["s3:PutObject"], Resource: [`${bucket}/*`] };
    const refused = { Effect: "Deny", Principal: "*" } as const;
    const algorithm = "s3:x-amz-server-side-encryption";
    const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    return policyDocument([
        {
            Sid: "NothingInClear",
            ...refused,
            ...everything,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
            Sid: "NoTlsBefore12",
            ...refused,
            ...everything,
            Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
        },
        {
            Sid: "NoOtherEncryption",
            ...refused,
            ...written,
            // What is not there is unlike anything, even with IfExists.
            Condition: { StringNotEquals: { [algorithm]: "aws:kms" }, Null: { [algorithm]: "false" } },
        },
        {
            Sid: "NoOtherKey",
            ...refused,
            ...written,
            Condition: { StringNotEquals: { [key]: kmsKeyArn }, Null: { [key]: "false" } },
        },
        {
            // Where only the algorithm is named, S3 takes a key of its own.
            Sid: "NoKeyOfS3",
            ...refused,
            ...written,
            Condition: { StringEquals: { [algorithm]: "aws:kms" }, Null: { [key]: "true" } },
        },
        {
            Sid: "NoKeyOfTheCaller",
            ...refused,
            ...written,
            Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        },
    ]);
}

/**
 * The key's own policy. The account's administrators may change and delete the key; whoever of the account may by their
 * own policy use it does so through S3 alone.
 */
export function keyPolicy(place: Place): PolicyDocument {
    return policyDocument([
        administrationByTheAccount(place),
        {
            Sid: "SnapshotsThroughS3",
            Effect: "Allow",
            Principal: accountOf(place),
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: ["*"],
            Condition: throughS3(place),
        },
    ]);
}

/** Of the job that saves: it writes snapshots, and can read, list or delete none. */
export function writerPolicy(place: BackupPlace, kmsKeyArn: string): PolicyDocument {
    return policyDocument([
        {
            Sid: "WriteSnapshots",
            Effect: "Allow",
            Action: ["s3:AbortMultipartUpload", "s3:PutObject"],
            Resource: [`${bucketArn(place)}/${place.folder}*`],
        },
        {
            // S3 decrypts the data key again for each part of an upload.
            Sid: "EncryptThem",
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: [kmsKeyArn],
            Condition: throughS3(place),
        },
    ]);
}

/** Of the job that prunes: it lists and deletes, but no version of an object, so that what it deletes can be brought back. */
export function retentionPolicy(place: BackupPlace): PolicyDocument {
    return policyDocument([
        listing(place),
        {
            Sid: "DeleteSnapshots",
            Effect: "Allow",
            Action: ["s3:DeleteObject"],
            Resource: [`${bucketArn(place)}/${place.folder}*`],
        },
    ]);
}

/** Of whoever restores, or verifies: it lists and reads, and writes nothing. */
export function restorePolicy(place: BackupPlace, kmsKeyArn: string): PolicyDocument {
    return policyDocument([
        listing(place),
        {
            Sid: "ReadSnapshots",
            Effect: "Allow",
            Action: ["s3:GetObject"],
            Resource: [`${bucketArn(place)}/${place.folder}*`],
        },
        {
            Sid: "DecryptThem",
            Effect: "Allow",
            Action: ["kms:Decrypt"],
            Resource: [kmsKeyArn],
            Condition: throughS3(place),
        },
    ]);
}

/**
 * Of the job that restores to a server of its own: it reads as whoever restores does, and opens that server by the key of
 * the cluster's seal. With both it comes to everything that Vault held.
 */
export function drillPolicy(place: BackupPlace, kmsKeyArn: string, sealKeyArn: string): PolicyDocument {
    return policyDocument([
        ...restorePolicy(place, kmsKeyArn).Statement,
        { Sid: "OpenTheServer", Effect: "Allow", Action: SEAL_ACTIONS, Resource: [sealKeyArn] },
    ]);
}

/** Of this cluster's folder alone. */
function listing(place: BackupPlace): Statement {
    return {
        Sid: "ListSnapshots",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [bucketArn(place)],
        Condition: { StringEquals: { "s3:prefix": place.folder } },
    };
}

function throughS3({ region, dnsSuffix }: Place): NonNullable<Statement["Condition"]> {
    return { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix}` } };
}
