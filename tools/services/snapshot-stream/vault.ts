/** What `portcullis snapshot save` asks of a Vault, answered over TLS with an archive from a file as fast as can be. */
import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { INDEX } from "./archive";

/** The token that a login gives, and that the snapshot is given to. */
export const TOKEN = "s.stream";

export interface StreamingVault {
    readonly archivePath: string;
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

/** Answers of the server besides the archive, by method and path. */
const ANSWERS: Readonly<Record<string, readonly [number, object?]>> = {
    "GET /v1/sys/leader": [
        200,
        { ha_enabled: true, is_self: true, raft_applied_index: INDEX, raft_committed_index: INDEX },
    ],
    "POST /v1/auth/approle/login": [200, { auth: { client_token: TOKEN } }],
    "GET /v1/sys/health": [200, { version: "2.6.0", cluster_id: "stream" }],
    "GET /v1/portcullis-canary/snapshot": [404, { errors: [] }],
    "POST /v1/portcullis-canary/snapshot": [204],
    "POST /v1/auth/token/revoke-self": [204],
};
/** Read from the file at once, in bytes. */
const READ = 256 * 1024;

/** Not listening yet. */
export function streamingVault({ archivePath, certificatePem, privateKeyPem }: StreamingVault): Server {
    return createServer({ cert: certificatePem, key: privateKeyPem }, (incoming, outgoing) => {
        incoming.resume();
        if (incoming.url === "/v1/sys/storage/raft/snapshot") giveArchive(archivePath, incoming, outgoing);
        else answer(incoming, outgoing);
    });
}

function giveArchive(path: string, { headers }: IncomingMessage, outgoing: ServerResponse): void {
    if (headers["x-vault-token"] !== TOKEN) {
        outgoing.writeHead(403).end();
        return;
    }
    const bytes = createReadStream(path, { highWaterMark: READ });
    bytes.on("error", () => outgoing.destroy());
    outgoing.on("close", () => bytes.destroy());
    outgoing.writeHead(200, { "Content-Type": "application/gzip" });
    bytes.pipe(outgoing);
}

function answer({ method = "", url = "" }: IncomingMessage, outgoing: ServerResponse): void {
    const [status, body] = ANSWERS[`${method} ${url}`] ?? [404, { errors: [`no ${method} ${url} here`] }];
    outgoing.writeHead(status, { "Content-Type": "application/json" });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
}
