/** Buckets of S3 in the `aws` stand-in, and what is said of a bucket apart: each a resource of its own, by the bucket's name. */
import type { Kind } from "./kinds";
import { autoName, DNS_SUFFIX, PARTITION, regionOf } from "./names";

const BUCKET: Kind = {
    inputs: ["bucket", "region", "objectLockEnabled", "tags"],
    replaces: ["bucket", "region", "objectLockEnabled"],
    make({ urn, region: standard, inputs }) {
        const region = regionOf(inputs, standard);
        const bucket = typeof inputs.bucket === "string" ? inputs.bucket : autoName(urn, 63);
        return {
            id: bucket,
            outputs: {
                bucket,
                // Of buckets alone it names neither region nor account.
                arn: `arn:${PARTITION}:s3:::${bucket}`,
                bucketRegionalDomainName: `${bucket}.s3.${region}.${DNS_SUFFIX}`,
            },
        };
    },
};

/** What is said of a bucket: another bucket is another one. */
function ofBucket(...inputs: readonly string[]): Kind {
    return {
        inputs: ["bucket", "region", ...inputs],
        replaces: ["bucket", "region"],
        make: ({ inputs: { bucket } }) => ({ id: String(bucket), outputs: {} }),
    };
}

/** By their types. */
export const BUCKET_KINDS: Readonly<Record<string, Kind>> = {
    "aws:s3/bucket:Bucket": BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket("rules"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket("rule"),
    "aws:s3/bucketPolicy:BucketPolicy": ofBucket("policy"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(
        ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"],
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
        ofBucket("rules"),
    "aws:s3/bucketVersioning:BucketVersioning": ofBucket("versioningConfiguration"),
};
