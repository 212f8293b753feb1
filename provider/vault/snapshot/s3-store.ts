/** A bucket of S3: uploads in parts that become an object only once the caller says so. */
import type * as S3 from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { StoredObject } from "./catalogue";
import { signedBy } from "./body-digest";
import type { SnapshotStore, Upload } from "./store";
import { StoreFailed } from "./store-failed";

/** How long a connection may stand still, in ms: longer than a server of Vault stands still in a restore. */
const SOCKET_MS = 300_000;
/** Of a manifest, in bytes. */
const LONGEST_TEXT = 1_048_576;

export interface S3Place {
    readonly bucket: string;
    /** That of the environment or the profile unless given. */
    readonly region?: string | undefined;
    /** The key of KMS that encrypts what is written; the bucket's default unless given. */
    readonly kmsKeyId?: string | undefined;
    /** In place of AWS's own, for what speaks the same protocol. */
    readonly endpoint?: string | undefined;
    /** Bytes of one part: 5 MiB at least. 8 MiB unless given. */
    readonly partBytes?: number | undefined;
}

const PART_BYTES = 8 * 1024 * 1024;
/** S3's own. */
const MOST_PARTS = 10_000;
const MOST_DELETED = 1_000;

/** Credentials are those of the SDK's own chain: environment, profile, web identity, container, instance. */
export async function openS3(place: S3Place): Promise<SnapshotStore> {
    const sdk = await import("@aws-sdk/client-s3");
    const client = new sdk.S3Client({
        ...(place.region === undefined ? {} : { region: place.region }),
        ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint, forcePathStyle: true }),
        maxAttempts: 4,
        // Without the third, the second is a line in the log, and a server that says nothing is waited for for ever.
        requestHandler: {
            ...{ connectionTimeout: 10_000, requestTimeout: 120_000, throwOnRequestTimeout: true },
            socketTimeout: SOCKET_MS,
        },
    });
    const Bucket = place.bucket;
    return {
        upload: (key) => new PartedUpload(sdk, client, key, place),
        async put(key, text) {
            await told("PutObject", key, () =>
                client.send(
                    new sdk.PutObjectCommand({
                        ...{ Bucket, Key: key, Body: text, ContentType: "application/json" },
                        ...{ ChecksumAlgorithm: "SHA256", ...encryption(place) },
                    }),
                ),
            );
        },
        async *get(key) {
            const { Body } = await told("GetObject", key, () =>
                client.send(new sdk.GetObjectCommand({ Bucket, Key: key })),
            );
            // In Node a body is a stream of bytes.
            const body = Body as Readable;
            try {
                for await (const chunk of body) yield chunk as Buffer;
            } catch (error) {
                throw failed("GetObject", key, error);
            }
        },
        async getText(key) {
            try {
                const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key: key }));
                return await shortText(Body as Readable);
            } catch (error) {
                if (error instanceof sdk.NoSuchKey) return undefined;
                throw failed("GetObject", key, error);
            }
        },
        async list(prefix) {
            const found: StoredObject[] = [];
            let token: string | undefined;
            for (;;) {
                const page = await told("ListObjectsV2", `${Bucket}/${prefix}`, () =>
                    client.send(
                        new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken: token }),
                    ),
                );
                for (const { Key, Size, LastModified } of page.Contents ?? []) {
                    if (Key === undefined || Size === undefined || LastModified === undefined) {
                        throw new StoreFailed(
                            "ListObjectsV2",
                            Bucket,
                            "an object without name, size or time",
                        );
                    }
                    found.push({ key: Key, size: Size, lastModified: LastModified });
                }
                if (page.IsTruncated !== true) return found;
                token = page.NextContinuationToken;
                if (token === undefined || token === "") {
                    throw new StoreFailed("ListObjectsV2", Bucket, "the list was cut short");
                }
            }
        },
        async delete(keys) {
            for (let from = 0; from < keys.length; from += MOST_DELETED) {
                const batch = keys.slice(from, from + MOST_DELETED);
                const { Errors = [] } = await told("DeleteObjects", `${batch.length} objects`, () =>
                    client.send(
                        new sdk.DeleteObjectsCommand({
                            Bucket,
                            Delete: { Objects: batch.map((Key) => ({ Key })), Quiet: true },
                        }),
                    ),
                );
                const [first] = Errors;
                if (first !== undefined) {
                    throw new StoreFailed(
                        "DeleteObjects",
                        first.Key ?? "an object",
                        first.Code ?? "no reason given",
                    );
                }
            }
        },
        close: () => {
            client.destroy();
        },
    };
}

/** An object in parts, two of them on their way at most; what fits into one is written whole, once it is complete. */
class PartedUpload implements Upload {
    readonly #partBytes: number;
    #uploadId: string | undefined;
    /** What waits to be a part, and how much of it is filled. */
    #part: Buffer<ArrayBuffer> | undefined;
    #filled = 0;
    /** Parts that went through, to be filled again: fresh ones would be garbage of the archive's whole size. */
    readonly #free: Buffer<ArrayBuffer>[] = [];
    #sent = 0;
    readonly #parts: S3.CompletedPart[] = [];
    readonly #underWay = new Set<Promise<void>>();
    #failure: StoreFailed | undefined;

    constructor(
        private readonly sdk: typeof S3,
        private readonly client: S3.S3Client,
        private readonly key: string,
        private readonly place: S3Place,
    ) {
        this.#partBytes = place.partBytes ?? PART_BYTES;
    }

    async write(chunk: Uint8Array): Promise<void> {
        for (let from = 0; from < chunk.length;) {
            if (this.#filled === this.#partBytes) await this.#sendPart();
            this.#part ??= this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#partBytes);
            const piece = chunk.subarray(from, from + this.#partBytes - this.#filled);
            this.#part.set(piece, this.#filled);
            this.#filled += piece.length;
            from += piece.length;
        }
    }

    async complete(): Promise<void> {
        if (this.#uploadId === undefined) {
            const Body = this.#takePart();
            await told("PutObject", this.key, () =>
                this.client.send(
                    new this.sdk.PutObjectCommand({
                        ...this.#object,
                        ...{ Body, ChecksumAlgorithm: "SHA256", ...encryption(this.place) },
                    }),
                ),
            );
            return;
        }
        await this.#sendPart();
        await Promise.all(this.#underWay);
        this.#throwIfFailed();
        const Parts = [...this.#parts].sort((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
        await told("CompleteMultipartUpload", this.key, () =>
            this.client.send(
                new this.sdk.CompleteMultipartUploadCommand({
                    ...this.#object,
                    ...{ UploadId: this.#uploadId, MultipartUpload: { Parts } },
                }),
            ),
        );
    }

    async abort(): Promise<string | undefined> {
        this.#takePart();
        await Promise.all(this.#underWay);
        if (this.#uploadId === undefined) return undefined;
        try {
            await told("AbortMultipartUpload", this.key, () =>
                this.client.send(
                    new this.sdk.AbortMultipartUploadCommand({ ...this.#object, UploadId: this.#uploadId }),
                ),
            );
            return undefined;
        } catch (error) {
            return error instanceof StoreFailed ? error.problem : "unknown";
        }
    }

    get #object() {
        return { Bucket: this.place.bucket, Key: this.key };
    }

    async #sendPart(): Promise<void> {
        this.#throwIfFailed();
        this.#uploadId ??= await this.#begin();
        const PartNumber = (this.#sent += 1);
        if (PartNumber > MOST_PARTS) {
            throw new StoreFailed("UploadPart", this.key, `more than ${MOST_PARTS} parts are too many`);
        }
        const Body = this.#takePart();
        const digest = createHash("sha256").update(Body).digest();
        const sending: Promise<void> = told("UploadPart", this.key, () =>
            this.client.send(
                signedBy(
                    digest,
                    new this.sdk.UploadPartCommand({
                        ...this.#object,
                        ...{ UploadId: this.#uploadId, PartNumber, Body },
                        ...{ ChecksumAlgorithm: "SHA256", ChecksumSHA256: digest.toString("base64") },
                    }),
                ),
            ),
        ).then(
            ({ ETag, ChecksumSHA256 }) => {
                this.#parts.push({ PartNumber, ETag, ChecksumSHA256 });
                // Of a failed one a connection may still hold the bytes, and nothing is sent after it.
                this.#free.push(Buffer.from(Body.buffer));
            },
            (error: unknown) => {
                this.#failure ??= failed("UploadPart", this.key, error);
            },
        );
        this.#underWay.add(sending);
        void sending.then(() => this.#underWay.delete(sending));
        if (this.#underWay.size >= 2) await Promise.race(this.#underWay);
        this.#throwIfFailed();
    }

    async #begin(): Promise<string> {
        const { UploadId } = await told("CreateMultipartUpload", this.key, () =>
            this.client.send(
                new this.sdk.CreateMultipartUploadCommand({
                    ...this.#object,
                    ...{ ChecksumAlgorithm: "SHA256", ...encryption(this.place) },
                }),
            ),
        );
        if (UploadId !== undefined) return UploadId;
        throw new StoreFailed("CreateMultipartUpload", this.key, "the answer names no upload");
    }

    #takePart(): Buffer<ArrayBuffer> {
        const bytes = this.#part?.subarray(0, this.#filled) ?? Buffer.alloc(0);
        this.#part = undefined;
        this.#filled = 0;
        return bytes;
    }

    #throwIfFailed(): void {
        if (this.#failure !== undefined) throw this.#failure;
    }
}

/** A manifest is some kilobytes: what is larger is none, and would fill the memory. */
async function shortText(body: Readable): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
        chunks.push(chunk as Buffer);
        if ((size += (chunk as Buffer).length) > LONGEST_TEXT) {
            body.destroy();
            throw new Error(`it has more than ${LONGEST_TEXT} bytes`);
        }
    }
    return Buffer.concat(chunks).toString("utf8");
}

function encryption({ kmsKeyId }: S3Place): { ServerSideEncryption?: "aws:kms"; SSEKMSKeyId?: string } {
    return kmsKeyId === undefined ? {} : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId };
}

async function told<T>(call: string, subject: string, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw failed(call, subject, error);
    }
}

/** The SDK's errors name the call and the reason; they hold no credentials. */
function failed(call: string, subject: string, error: unknown): StoreFailed {
    if (error instanceof StoreFailed) return error;
    const why = error instanceof Error ? `${error.name}: ${error.message}` : "unknown";
    return new StoreFailed(call, subject, why, error);
}
