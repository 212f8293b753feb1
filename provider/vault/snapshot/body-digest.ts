/** One digest of a body for two proofs: S3's checksum of the part, and the payload that the request's signature covers. */
import type { UploadPartCommand } from "@aws-sdk/client-s3";

/** Has the signature cover a body by its digest, which the client would make once more by itself. */
export function signedBy(digest: Buffer, command: UploadPartCommand): UploadPartCommand {
    command.middlewareStack.add(
        (next) => (args) => {
            // A request of HTTP, as this step has it.
            const { headers } = args.request as { readonly headers: Record<string, string> };
            headers["x-amz-content-sha256"] = digest.toString("hex");
            return next(args);
        },
        { step: "build", name: "payloadDigest" },
    );
    return command;
}
