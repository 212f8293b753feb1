/** What tests of snapshots share: a real server over TLS whose calls go through a gate, and a bucket on moto. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, request as tlsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshotPolicy } from "../../components/vault-pki/policies";
import { CANARY_MOUNT } from "../../provider/vault/snapshot/canary-path";
import { findMoto, startMoto, type RunningMoto, type StartMotoOptions } from "../../tools/services/moto";
import { createKey, CREDENTIALS, REGION } from "../../tools/services/moto-calls";
import {
    call,
    findOpenBao,
    initialise,
    startSingle,
    type RunningVault,
    type VaultProgram,
} from "../../tools/services/openbao";
import { TestAuthority, type Issued } from "./vault-certificates";

/** Handles a call in place of passing it on; undefined where it is passed on. */
export type Meddle = (
    incoming: IncomingMessage,
) => ((answer: IncomingMessage, outgoing: ServerResponse) => void) | "refuse" | undefined;

export interface Gate {
    readonly url: string;
    /** What is done to calls from now on; nothing unless given. */
    meddle: (how?: Meddle) => void;
    readonly close: () => Promise<void>;
}

export interface AppRole {
    readonly roleIdFile: string;
    readonly secretIdFile: string;
    readonly secretId: string;
}

export interface SnapshotGround {
    readonly directory: string;
    readonly program: VaultProgram;
    readonly authority: TestAuthority;
    readonly certificate: Issued;
    readonly caFile: string;
    readonly bao: RunningVault;
    readonly rootToken: string;
    readonly role: AppRole;
    /** Stands before the server. */
    readonly gate: Gate;
    readonly moto: RunningMoto;
    /** Stands before the bucket. */
    readonly s3: Gate;
    readonly bucket: string;
    readonly kmsKeyId: string;
    /** The settings of a program that saves, as its environment. */
    readonly environment: Readonly<Record<string, string>>;
    /** Keys of every object in the bucket. */
    readonly keys: () => Promise<readonly string[]>;
    /** Uploads that are under way. */
    readonly uploads: () => Promise<number>;
    readonly close: () => Promise<void>;
}

/** The real programs, running; or why a machine has them not. */
export async function snapshotGround(
    options: Pick<StartMotoOptions, "knowsResources"> = {},
): Promise<SnapshotGround | { readonly missing: string }> {
    const program = await findOpenBao();
    if ("missing" in program) return program;
    const found = await findMoto();
    if ("missing" in found) return found;
    const directory = mkdtempSync(join(tmpdir(), "portcullis-snapshot-"));
    const authority = new TestAuthority(join(directory, "tls"));
    const certificate = authority.server();
    const caFile = join(directory, "ca.pem");
    writeFileSync(caFile, authority.certificatePem);
    const moto = await startMoto(found, options);
    const bao = await startSingle({
        ...{ program, directory: join(directory, "bao"), tls: certificate },
    });
    const rootToken = await initialise(bao.url);
    const role = await prepareRole(directory, (method, path, body) =>
        call(bao.url, method, path, { token: rootToken, ...(body === undefined ? {} : { body }) }),
    );
    const gate = await startGate(bao.url, certificate);
    const s3 = await startGate(moto.url);
    const bucket = `snapshots-${randomBytes(4).toString("hex")}`;
    const kmsKeyId = await createKey(moto.url);
    await createBucket(moto.url, bucket, REGION);
    return {
        ...{ directory, program, authority, certificate, caFile, bao, rootToken, role, gate, moto, s3 },
        ...{ bucket, kmsKeyId },
        environment: {
            ...CREDENTIALS,
            VAULT_ADDR: gate.url,
            VAULT_CACERT: caFile,
            PORTCULLIS_SNAPSHOT_ROLE_ID_FILE: role.roleIdFile,
            PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: role.secretIdFile,
            PORTCULLIS_SNAPSHOT_BUCKET: bucket,
            PORTCULLIS_SNAPSHOT_PREFIX: "vault/",
            PORTCULLIS_SNAPSHOT_CLUSTER: "main",
            PORTCULLIS_SNAPSHOT_KMS_KEY_ID: kmsKeyId,
            PORTCULLIS_SNAPSHOT_S3_ENDPOINT: s3.url,
        },
        keys: () => objectKeys(moto.url, bucket),
        uploads: async () =>
            (await s3Call(moto.url, "GET", `/${bucket}?uploads`)).split("<UploadId>").length - 1,
        close: async () => {
            await gate.close();
            await s3.close();
            await bao.end("SIGKILL");
            await moto.end("SIGKILL");
            rmSync(directory, { recursive: true, force: true });
        },
    };
}

/** The canary's mount, the policy that VaultPki gives, and an AppRole with its files; `ask` makes calls as root. */
export async function prepareRole(
    directory: string,
    ask: (method: string, path: string, body?: unknown) => Promise<unknown>,
): Promise<AppRole> {
    await ask("PUT", `sys/mounts/${CANARY_MOUNT}`, { type: "kv", options: { version: "1" } });
    await ask("PUT", "sys/auth/approle", { type: "approle" });
    await ask("PUT", "sys/policies/acl/snapshot", { policy: snapshotPolicy(CANARY_MOUNT) });
    await ask("PUT", "auth/approle/role/snapshot", { token_policies: ["snapshot"], token_ttl: "10m" });
    const roleId = (await ask("GET", "auth/approle/role/snapshot/role-id")) as { data: { role_id: string } };
    const made = (await ask("PUT", "auth/approle/role/snapshot/secret-id", {})) as {
        data: { secret_id: string };
    };
    const role = {
        roleIdFile: join(directory, "role-id"),
        secretIdFile: join(directory, "secret-id"),
        secretId: made.data.secret_id,
    };
    writeFileSync(role.roleIdFile, `${roleId.data.role_id}\n`);
    writeFileSync(role.secretIdFile, `${role.secretId}\n`, { mode: 0o600 });
    return role;
}

/** Writes so much that an archive has several parts: data that does not compress. */
export async function fill(url: string, token: string, mebibytes: number): Promise<void> {
    await call(url, "PUT", "sys/mounts/bulk", { token, body: { type: "kv", options: { version: "1" } } });
    for (let index = 0; index < mebibytes * 2; index += 1) {
        const value = randomBytes(512 * 1024).toString("base64");
        await call(url, "PUT", `bulk/${index}`, { token, body: { value } });
    }
}

/** Passes calls on, over TLS to those who ask where it has a certificate. */
export async function startGate(target: string, tls?: Issued): Promise<Gate> {
    let how: Meddle | undefined;
    const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
        const change = how?.(incoming);
        if (change === "refuse") {
            incoming.resume();
            outgoing.writeHead(500).end();
            return;
        }
        const send = target.startsWith("https:") ? tlsRequest : request;
        const { method = "GET", headers, url = "/" } = incoming;
        const passed = send(
            new URL(url, target),
            { method, headers, rejectUnauthorized: false },
            (answer) => {
                if (change !== undefined) {
                    change(answer, outgoing);
                    return;
                }
                outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
                answer.pipe(outgoing);
            },
        );
        passed.on("error", () => {
            // A server that refuses amid a body has answered already.
            if (!outgoing.headersSent) outgoing.destroy();
        });
        incoming.on("close", () => {
            if (!incoming.complete) passed.destroy();
        });
        incoming.pipe(passed);
    };
    const server =
        tls === undefined
            ? (await import("node:http")).createServer(handle)
            : createServer({ cert: tls.certificatePem, key: tls.privateKeyPem }, handle);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
        url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
        meddle: (next) => {
            how = next;
        },
        close: async () => {
            server.closeAllConnections();
            server.close();
            await once(server, "close");
        },
    };
}

/** The whole body of an answer. */
export async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    return Buffer.concat(parts);
}

/** Changes what the server gives as a snapshot, and nothing else. */
export function asSnapshot(change: (bytes: Buffer) => Buffer): Meddle {
    return (incoming) => {
        if (incoming.url !== "/v1/sys/storage/raft/snapshot") return undefined;
        return (answer, outgoing) => {
            void bodyOf(answer).then((bytes) => {
                outgoing.writeHead(200, { "content-type": "application/gzip" }).end(change(bytes));
            });
        };
    };
}

export async function s3Call(
    url: string,
    method: string,
    path: string,
    body?: string | Buffer,
): Promise<string> {
    return (await s3Answer(url, method, path, body)).text();
}

/** A call of a bucket by its owner: unsigned, which moto does not look at. */
export async function s3Answer(
    url: string,
    method: string,
    path: string,
    body?: string | Buffer,
): Promise<Response> {
    const scope = `test/20260101/${REGION}/s3/aws4_request`;
    const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
            Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
        },
        ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${await answer.text()}`);
    return answer;
}

export async function createBucket(url: string, bucket: string, region: string): Promise<void> {
    const place = `<LocationConstraint>${region}</LocationConstraint>`;
    await s3Call(url, "PUT", `/${bucket}`, `<CreateBucketConfiguration>${place}</CreateBucketConfiguration>`);
}

/** The keys of every object, page by page. */
export async function objectKeys(url: string, bucket: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for (;;) {
        const after = encodeURIComponent(keys.at(-1) ?? "");
        const text = await s3Call(url, "GET", `/${bucket}?list-type=2&start-after=${after}`);
        const found = [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key);
        keys.push(...found);
        if (found.length === 0 || text.includes("<IsTruncated>false")) return keys.sort();
    }
}
