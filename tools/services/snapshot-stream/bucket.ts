/** A bucket that takes objects as S3 does, whole or in parts, and keeps of them nothing but their sizes. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface DiscardingBucket {
    /** Whether every checksum is made anew from the bytes that came; else only its form is looked at. */
    readonly verifies: boolean;
}

/** What came of an upload. */
interface Part {
    readonly size: number;
    readonly checksum: string;
}

/** Where the bucket tells what it has: an object of keys and sizes. Not a name of S3's. */
export const OBJECTS = "/-/objects";
const CHECKSUM = "x-amz-checksum-sha256";
/** Least bytes of any part but the last, as S3 has it. */
const LEAST_PART = 5 * 1024 * 1024;

/** Not listening yet. Whatever is not as S3 wants it is answered 400. */
export function discardingBucket({ verifies }: DiscardingBucket): Server {
    const objects = new Map<string, number>();
    const uploads = new Map<string, Map<number, Part>>();
    const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
        const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://bucket");
        const id = searchParams.get("uploadId");
        const upload = uploads.get(id ?? "");
        const asked = `${incoming.method ?? ""}${id === null ? "" : " of an upload"}`;
        if (id !== null && upload === undefined) throw new Error(`no upload ${id}`);
        switch (asked) {
            case "GET":
                outgoing.end(JSON.stringify(Object.fromEntries(objects)));
                return;
            case "PUT":
                objects.set(pathname, (await receive(incoming, verifies)).size);
                outgoing.writeHead(200, { ETag: '"whole"' }).end();
                return;
            case "POST": {
                if (!searchParams.has("uploads")) throw new Error("POST without uploads");
                const made = `upload-${uploads.size + 1}`;
                uploads.set(made, new Map());
                outgoing.end(
                    `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
                );
                return;
            }
            case "PUT of an upload": {
                const number = Number(searchParams.get("partNumber"));
                upload?.set(number, await receive(incoming, verifies));
                outgoing.writeHead(200, { ETag: `"${number}"`, [CHECKSUM]: checksumOf(incoming) }).end();
                return;
            }
            case "POST of an upload":
                objects.set(pathname, joined(await textOf(incoming), upload ?? new Map()));
                outgoing.end(
                    `<CompleteMultipartUploadResult><ETag>"joined"</ETag></CompleteMultipartUploadResult>`,
                );
                return;
            case "DELETE of an upload":
                uploads.delete(id ?? "");
                outgoing.writeHead(204).end();
                return;
            default:
                throw new Error(`no ${asked} here`);
        }
    };
    return createServer((incoming, outgoing) => {
        handle(incoming, outgoing).catch((error: unknown) => {
            incoming.resume();
            const why = error instanceof Error ? error.message : "unknown";
            outgoing
                .writeHead(400)
                .end(`<Error><Code>InvalidRequest</Code><Message>${why}</Message></Error>`);
        });
    });
}

/** Takes a body, and holds it against its length, its checksum and the digest that its signature covers. */
async function receive(incoming: IncomingMessage, verifies: boolean): Promise<Part> {
    const { headers } = incoming;
    const checksum = checksumOf(incoming);
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of incoming) {
        // A request without an encoding is a stream of bytes.
        const bytes = chunk as Buffer;
        size += bytes.length;
        if (verifies) hash.update(bytes);
    }
    if (String(size) !== headers["content-length"]) throw new Error(`${size} bytes came`);
    const digest = hash.digest();
    if (verifies && digest.toString("base64") !== checksum) throw new Error("the checksum is of other bytes");
    if (verifies && digest.toString("hex") !== headers["x-amz-content-sha256"]) {
        throw new Error("the signature is of other bytes");
    }
    return { size, checksum };
}

function checksumOf({ headers }: IncomingMessage): string {
    const value = headers[CHECKSUM];
    if (typeof value === "string" && /^[A-Za-z0-9+/]{43}=$/.test(value)) return value;
    throw new Error("there is no checksum of the body, SHA-256");
}

/** Bytes of the object that parts make, where the caller names each as it came. */
function joined(body: string, parts: ReadonlyMap<number, Part>): number {
    const named = [...body.matchAll(/<Part>(.*?)<\/Part>/g)].map(([, text = ""]) => text);
    const wrong = named.findIndex((text, at) => {
        const part = parts.get(at + 1);
        return (
            part === undefined ||
            !text.includes(`<PartNumber>${at + 1}</PartNumber>`) ||
            !text.includes(`>${part.checksum}<`) ||
            (at + 1 < named.length && part.size < LEAST_PART)
        );
    });
    if (wrong !== -1 || named.length !== parts.size) throw new Error("the parts are not those that came");
    return [...parts.values()].reduce((sum, { size }) => sum + size, 0);
}

async function textOf(incoming: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
}
