/** The bucket of VaultBackup and its key: versioned, encrypted by that key alone, and kept. */
import type { Bucket } from "@pulumi/aws/s3/bucket";
import type { Key } from "@pulumi/aws/kms/key";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../iam-policies";
import type { Room } from "../room";
import type { ObjectLockArgs } from "./args";
import { aws } from "./aws";
import type { BackupSettings } from "./plan";
import { bucketPolicy, keyPolicy, type BackupPlace } from "./policies";

/** The longest that KMS waits before it deletes a key, in days. */
const DELETION_WINDOW = 30;

export interface Storage {
    readonly bucket: Bucket;
    readonly key: Key;
    /** What has to stand before anything is written. */
    readonly needs: readonly pulumi.Resource[];
}

/** Each part is protected as the bucket is: a refused `destroy` would take the others away all the same. */
export function storage(
    room: Room,
    place: pulumi.Output<BackupPlace>,
    settings: BackupSettings,
    objectLock: ObjectLockArgs | undefined,
): Storage {
    const { name, tags } = room;
    const opts = { parent: room.parent, ...room.protection };
    const key = backupKey(room, place, settings.region);
    const bucket = new (aws("s3/bucket").Bucket)(
        `${name}-bucket`,
        {
            bucket: settings.bucketName,
            region: settings.region,
            objectLockEnabled: objectLock !== undefined,
            tags,
        },
        opts,
    );
    const of = { bucket: bucket.bucket, region: settings.region };
    const versioning = new (aws("s3/bucketVersioning").BucketVersioning)(
        `${name}-versioning`,
        { ...of, versioningConfiguration: { status: "Enabled" } },
        opts,
    );
    const access = new (aws("s3/bucketPublicAccessBlock").BucketPublicAccessBlock)(
        `${name}-public-access`,
        {
            ...of,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        },
        opts,
    );
    const ownership = new (aws("s3/bucketOwnershipControls").BucketOwnershipControls)(
        `${name}-ownership`,
        { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
        opts,
    );
    const encryption = new (aws(
        "s3/bucketServerSideEncryptionConfiguration",
    ).BucketServerSideEncryptionConfiguration)(
        `${name}-encryption`,
        {
            ...of,
            rules: [
                {
                    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
                    bucketKeyEnabled: true,
                },
            ],
        },
        opts,
    );
    const lifecycle = new (aws("s3/bucketLifecycleConfiguration").BucketLifecycleConfiguration)(
        `${name}-lifecycle`,
        {
            ...of,
            rules: [
                {
                    id: "remains",
                    status: "Enabled",
                    filter: { prefix: "" },
                    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
                    noncurrentVersionExpiration: { noncurrentDays: settings.noncurrentDays },
                    expiration: { expiredObjectDeleteMarker: true },
                },
            ],
        },
        // S3 takes rules about versions only once there are versions.
        { ...opts, dependsOn: [versioning] },
    );
    const lock =
        objectLock &&
        new (aws("s3/bucketObjectLockConfiguration").BucketObjectLockConfiguration)(
            `${name}-object-lock`,
            {
                ...of,
                rule: { defaultRetention: { mode: objectLock.mode, days: objectLock.days } },
            },
            { ...opts, dependsOn: [versioning] },
        );
    const policy = new (aws("s3/bucketPolicy").BucketPolicy)(
        `${name}-bucket-policy`,
        {
            ...of,
            policy: pulumi.all([place, key.arn]).apply(([at, arn]) => JSON.stringify(bucketPolicy(at, arn))),
        },
        // While public access is being blocked, S3 may refuse other changes.
        { ...opts, dependsOn: [access] },
    );
    return {
        bucket,
        key,
        needs: [versioning, access, ownership, encryption, lifecycle, policy, ...(lock ? [lock] : [])],
    };
}

/** Protected for the reason that the cluster's own key is: without it, no snapshot can be read ever again. */
function backupKey(room: Room, place: pulumi.Output<Place>, region: string): Key {
    return new (aws("kms/key").Key)(
        `${room.name}-key`,
        {
            description: "Encrypts Vault's snapshots. Without it, none of them can be read ever again.",
            region,
            enableKeyRotation: true,
            deletionWindowInDays: DELETION_WINDOW,
            policy: place.apply((known) => JSON.stringify(keyPolicy(known))),
            tags: room.tags,
        },
        { parent: room.parent, ...room.protection },
    );
}
