/** What tests of drills share: a role for them in the snapshot, drills as the bundled program, and what they must not leave. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { drillPolicy } from "../../components/vault-pki/policies";
import { CANARY_MOUNT } from "../../provider/vault/snapshot/canary-path";
import { call, staticSeal } from "../../tools/services/openbao";
import { s3Answer, s3Call, type SnapshotGround } from "./snapshot-ground";
import type { SnapshotProgram, SnapshotRun } from "./snapshot-program";

const inventorySchema = z.object({
    mounts: z.record(z.string(), z.string()),
    auth: z.record(z.string(), z.string()),
    policies: z.array(z.string()),
    issuers: z.record(z.string(), z.array(z.string())),
    namespaces: z.array(z.string()),
});
const manifestSchema = z.looseObject({
    id: z.string(),
    savedAt: z.string(),
    canary: z.looseObject({ nonce: z.string() }),
    inventory: inventorySchema,
});
export type SavedManifest = z.infer<typeof manifestSchema>;
const savedSchema = z.object({ saved: z.string(), manifest: manifestSchema });
export type SavedSnapshot = z.infer<typeof savedSchema>;

export interface Drill extends SnapshotRun {
    /** Where its node's folder was made. */
    readonly work: string;
}

export interface DrillOptions {
    /** The snapshot's name and flags; the one that was saved at the beginning unless given. */
    readonly args?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly watch?: (text: string, child: ChildProcess, work: string) => void;
}

/** Drills on the ground of other tests of snapshots. */
export class Drills {
    #count = 0;

    private constructor(
        private readonly at: SnapshotGround,
        private readonly program: SnapshotProgram,
        private readonly environment: Readonly<Record<string, string>>,
        /** What nobody may see. */
        public readonly secrets: readonly string[],
        public readonly saved: SavedSnapshot,
    ) {}

    /** Adds a role of drills, a PKI and more to the server, and saves a snapshot. */
    public static async prepare(at: SnapshotGround, program: SnapshotProgram): Promise<Drills> {
        const ask = (method: string, path: string, body: object): Promise<unknown> =>
            call(at.bao.url, method, path, { token: at.rootToken, ...(method === "GET" ? {} : { body }) });
        const field = async (method: string, path: string, name: string): Promise<string> => {
            const answer = z
                .object({ data: z.record(z.string(), z.unknown()) })
                .parse(await ask(method, path, {}));
            return z.string().parse(answer.data[name]);
        };
        await ask("PUT", "sys/mounts/pki", { type: "pki" });
        await ask("PUT", "pki/root/generate/internal", { common_name: "Drilled root" });
        await ask("PUT", "sys/mounts/team/kv", { type: "kv", options: { version: "2" } });
        await ask("PUT", "sys/policies/acl/drill", { policy: drillPolicy(CANARY_MOUNT) });
        await ask("PUT", "auth/approle/role/drill", {
            token_policies: ["drill"],
            token_bound_cidrs: ["127.0.0.1/32"],
            secret_id_bound_cidrs: ["127.0.0.1/32"],
        });
        const [roleFile, secretFile] = [join(at.directory, "drill-role"), join(at.directory, "drill-secret")];
        writeFileSync(roleFile, `${await field("GET", "auth/approle/role/drill/role-id", "role_id")}\n`);
        const secret = await field("PUT", "auth/approle/role/drill/secret-id", "secret_id");
        writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
        const sealFile = join(at.directory, "seal.hcl");
        writeFileSync(sealFile, `# The cluster's own.\n${staticSeal(join(at.directory, "bao"))}\n`);
        return new Drills(
            at,
            program,
            {
                ...at.environment,
                // What would lead astray, did it reach the node or the drill.
                ...{ VAULT_ADDR: at.bao.url, VAULT_TOKEN: at.rootToken, BAO_LOG_LEVEL: "trace" },
                PATH: process.env.PATH ?? "",
                PORTCULLIS_SNAPSHOT_SERVER: at.program.command,
                PORTCULLIS_SNAPSHOT_SEAL_FILE: sealFile,
                PORTCULLIS_SNAPSHOT_ROLE_ID_FILE: roleFile,
                PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: secretFile,
            },
            [at.rootToken, at.role.secretId, secret],
            await saveOne(at, program),
        );
    }

    public save(): Promise<SavedSnapshot> {
        return saveOne(this.at, this.program);
    }

    /** Puts a copy of the snapshot beside it, with another manifest; gives its name. */
    public async copy(
        change: (manifest: SavedManifest) => object,
        bytesOf: (bytes: Buffer) => Buffer = (bytes) => bytes,
    ): Promise<string> {
        const { saved, manifest } = this.saved;
        const second = String((this.#count += 1)).padStart(2, "0");
        const id = `20200101T0000${second}Z-1`;
        const savedAt = `2020-01-01T00:00:${second}.000Z`;
        const path = (name: string): string => `/${this.at.bucket}/${saved.replace(manifest.id, name)}`;
        const answer = await s3Answer(this.at.moto.url, "GET", path(manifest.id));
        const bytes = Buffer.from(await answer.arrayBuffer());
        await s3Call(this.at.moto.url, "PUT", path(id), bytesOf(bytes));
        const text = JSON.stringify({ ...change({ ...manifest, savedAt }), id });
        await s3Call(this.at.moto.url, "PUT", `${path(id)}.json`, text);
        return id;
    }

    public async run({
        args = [this.saved.manifest.id],
        environment = {},
        watch,
    }: DrillOptions = {}): Promise<Drill> {
        mkdirSync(join(this.at.directory, "work"), { recursive: true });
        const work = mkdtempSync(join(this.at.directory, "work", "drill-"));
        const settings = { ...this.environment, PORTCULLIS_SNAPSHOT_WORK_DIR: work, ...environment };
        const run = await this.program.run(["drill", ...args], settings, (text, child) =>
            watch?.(text, child, work),
        );
        return { ...run, work };
    }

    /** The drill ended with status 1 and this reason, said nothing on standard output, and left nothing. */
    public refused(run: Drill, why: RegExp): void {
        assert.equal(run.code, 1, run.err);
        assert.equal(run.out, "");
        assert.equal(run.events.at(-1)?.event, "failed", run.err);
        assert.match(String(run.events.at(-1)?.problem), why);
        this.nothingLeft(run);
    }

    /** No process, no file and nothing that listens is left of a drill, and nobody saw a secret. */
    public nothingLeft(run: Drill): void {
        assert.deepEqual(leftIn(run.work), []);
        assert.deepEqual(listening(run), []);
        for (const secret of this.secrets) assert.equal(`${run.out}${run.err}`.includes(secret), false);
    }
}

/** Files in a folder of drills, and processes that name one in it: nodes, and their guards. */
export function leftIn(work: string): readonly string[] {
    return [...readdirSync(work), ...processesOf(work).map(({ command }) => command)];
}

export interface SeenProcess {
    readonly command: string;
    readonly environment: string;
}

export function processesOf(work: string): readonly SeenProcess[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => ({ command: readProcess(pid, "cmdline"), environment: readProcess(pid, "environ") }))
        .filter(({ command }) => command.includes(join(work, "portcullis-drill-")));
}

/** What the kernel says of a process; nothing where it has ended. */
function readProcess(pid: string, what: "cmdline" | "environ"): string {
    try {
        return readFileSync(`/proc/${pid}/${what}`, "utf8").replaceAll("\0", "\n");
    } catch {
        return "";
    }
}

/** The kernel's lines of what listens where the node of a run did. */
function listening({ err }: SnapshotRun): readonly string[] {
    const port = /https:\/\/127\.0\.0\.1:(\d+)/.exec(err)?.[1];
    if (port === undefined) return [];
    const socket = `0100007F:${Number(port).toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`;
    return readFileSync("/proc/net/tcp", "utf8")
        .split("\n")
        .filter((line) => line.includes(socket));
}

async function saveOne(at: SnapshotGround, program: SnapshotProgram): Promise<SavedSnapshot> {
    const run = await program.run(["save"], at.environment);
    assert.equal(run.code, 0, run.err);
    return savedSchema.parse(JSON.parse(run.out));
}

/** What happened, without what happens many times. */
export function eventsOf(run: SnapshotRun): readonly unknown[] {
    return run.events
        .map(({ event }) => event)
        .filter((event) => event !== "reading" && event !== "restoring");
}
