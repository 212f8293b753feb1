/** The parts of @pulumi/aws that a backup is made of, loaded when one is made: the package is an optional peer. */
import type * as getCallerIdentity from "@pulumi/aws/getCallerIdentity";
import type * as getPartition from "@pulumi/aws/getPartition";
import type * as role from "@pulumi/aws/iam/role";
import type * as rolePolicy from "@pulumi/aws/iam/rolePolicy";
import type * as key from "@pulumi/aws/kms/key";
import type * as bucket from "@pulumi/aws/s3/bucket";
import type * as lifecycle from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import type * as objectLock from "@pulumi/aws/s3/bucketObjectLockConfiguration";
import type * as ownership from "@pulumi/aws/s3/bucketOwnershipControls";
import type * as bucketPolicy from "@pulumi/aws/s3/bucketPolicy";
import type * as publicAccess from "@pulumi/aws/s3/bucketPublicAccessBlock";
import type * as encryption from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import type * as versioning from "@pulumi/aws/s3/bucketVersioning";
import { optionalPeer } from "../optional-peer";

/** By their paths in the package: the types of all of it would take the compiler half a minute. */
interface Modules {
    readonly getCallerIdentity: typeof getCallerIdentity;
    readonly getPartition: typeof getPartition;
    readonly "iam/role": typeof role;
    readonly "iam/rolePolicy": typeof rolePolicy;
    readonly "kms/key": typeof key;
    readonly "s3/bucket": typeof bucket;
    readonly "s3/bucketLifecycleConfiguration": typeof lifecycle;
    readonly "s3/bucketObjectLockConfiguration": typeof objectLock;
    readonly "s3/bucketOwnershipControls": typeof ownership;
    readonly "s3/bucketPolicy": typeof bucketPolicy;
    readonly "s3/bucketPublicAccessBlock": typeof publicAccess;
    readonly "s3/bucketServerSideEncryptionConfiguration": typeof encryption;
    readonly "s3/bucketVersioning": typeof versioning;
}

/**
 * One module of @pulumi/aws.
 * @throws PortcullisError InvalidConfiguration where the package is not installed
 */
export function aws<Path extends keyof Modules>(path: Path): Modules[Path] {
    // The table above says what stands at each path.
    return optionalPeer("@pulumi/aws", "VaultBackup", path) as Modules[Path];
}
