/** What can go wrong between this package and a bucket. */
import { PortcullisError } from "../../errors";

/** The bucket refused a call, or did not answer it. */
export class StoreFailed extends PortcullisError {
    constructor(call: string, subject: string, why: string, cause?: unknown) {
        super({
            code: "ServiceError",
            property: "bucket",
            problem: `S3 did not do ${call} of ${subject} (${why.slice(0, 400)}).`,
            remedy: remedyOf(call),
            cause,
        });
        this.name = "StoreFailed";
    }
}

function remedyOf(call: string): string {
    switch (call) {
        case "ListObjectsV2":
            return "Give the role s3:ListBucket on the bucket, and check bucket and region. Nothing was deleted.";
        case "GetObject":
            return "Give the role s3:GetObject on the objects and kms:Decrypt on their key, and check bucket and name.";
        case "DeleteObjects":
            return "Give the role s3:DeleteObject on the objects, and run again: what was deleted already is no longer in the list.";
        default:
            return "Give the role s3:PutObject on the objects, and kms:GenerateDataKey and kms:Decrypt on their key (S3 decrypts the parts to join them), check bucket and region, and run again.";
    }
}
