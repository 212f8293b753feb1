/** The two ends of a snapshot's stream, each a process of its own: a Vault that only gives one, a bucket that keeps none. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { freePorts, startServer, type RunningServer } from "../server";
import { writeArchive, type ArchiveFile } from "./archive";
import { OBJECTS } from "./bucket";
import { TOKEN } from "./vault";

export interface SnapshotStreamOptions {
    /** An empty folder. */
    readonly directory: string;
    /** Of `state.bin`. */
    readonly mebibytes: number;
    /** Whether the bucket makes every checksum anew from what came. */
    readonly verifies: boolean;
    /** Of the Vault on 127.0.0.1, PEM. */
    readonly tls: { readonly certificatePem: string; readonly privateKeyPem: string };
    /** The file of its authority, PEM. */
    readonly caFile: string;
}

export interface SnapshotStream {
    readonly archive: ArchiveFile;
    /** The environment in which `portcullis snapshot save` saves it. */
    readonly environment: Readonly<Record<string, string>>;
    /** The same archive by the plainest client: arguments of curl. */
    readonly curl: readonly string[];
    /** Sizes of the bucket's objects, by `/<bucket>/<key>`. */
    readonly objects: () => Promise<Readonly<Record<string, number>>>;
    readonly close: () => Promise<void>;
}

const objectsSchema = z.record(z.string(), z.number());

export async function startSnapshotStream(options: SnapshotStreamOptions): Promise<SnapshotStream> {
    const { directory, mebibytes, verifies, tls, caFile } = options;
    const archive = await writeArchive(join(directory, "snapshot"), mebibytes);
    const [vaultPort = 0, bucketPort = 0] = await freePorts(2);
    const vault = await startProcess("vault", vaultPort, { archivePath: archive.path, ...tls });
    const bucket = await startProcess("bucket", bucketPort, { verifies });
    const files = { roleId: join(directory, "role-id"), secretId: join(directory, "secret-id") };
    for (const file of Object.values(files)) writeFileSync(file, "stream", { mode: 0o600 });
    const vaultUrl = `https://127.0.0.1:${vaultPort}`;
    const bucketUrl = `http://127.0.0.1:${bucketPort}`;
    return {
        archive,
        environment: {
            ...{ VAULT_ADDR: vaultUrl, VAULT_CACERT: caFile },
            ...{ AWS_ACCESS_KEY_ID: "stream", AWS_SECRET_ACCESS_KEY: "stream" },
            PORTCULLIS_SNAPSHOT_BUCKET: "snapshots",
            PORTCULLIS_SNAPSHOT_CLUSTER: "main",
            PORTCULLIS_SNAPSHOT_REGION: "eu-west-3",
            PORTCULLIS_SNAPSHOT_S3_ENDPOINT: bucketUrl,
            PORTCULLIS_SNAPSHOT_ROLE_ID_FILE: files.roleId,
            PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: files.secretId,
        },
        curl: [
            ...["--silent", "--show-error", "--fail", "--cacert", caFile],
            ...["--header", `X-Vault-Token: ${TOKEN}`, `${vaultUrl}/v1/sys/storage/raft/snapshot`],
        ],
        objects: async () => objectsSchema.parse(await (await fetch(`${bucketUrl}${OBJECTS}`)).json()),
        close: async () => {
            await vault.end("SIGKILL");
            await bucket.end("SIGKILL");
        },
    };
}

function startProcess(which: string, port: number, settings: object): Promise<RunningServer> {
    const args = ["--require", "tsx/cjs", join(__dirname, "main.ts"), which, String(port)];
    return startServer({
        command: process.execPath,
        args: [...args, JSON.stringify(settings)],
        isReady: async () => {
            const socket = connect(port, "127.0.0.1");
            await once(socket, "connect").finally(() => socket.destroy());
            return true;
        },
    });
}
