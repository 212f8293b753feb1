/** `snapshot save`, as the bundled program, on a real server and a bucket: what is good, and whatever is not. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:https";
import { after, afterEach, before, describe, it } from "mocha";
import { z } from "zod";
import { call } from "../../tools/services/openbao";
import {
    asSnapshot,
    bodyOf,
    fill,
    s3Answer,
    s3Call,
    snapshotGround,
    type Meddle,
    type SnapshotGround,
} from "../support/snapshot-ground";
import { snapshotProgram, type SnapshotProgram, type SnapshotRun } from "../support/snapshot-program";
import { foundOrSkip } from "../support/skip";

const savedSchema = z.object({
    saved: z.string(),
    manifest: z.looseObject({
        id: z.string(),
        size: z.number(),
        sha256: z.string(),
        index: z.number(),
        canary: z.object({ mount: z.string(), key: z.string(), nonce: z.string() }),
    }),
});
const canarySchema = z.object({
    data: z.object({ nonce: z.string(), last_good_index: z.string().optional() }),
});

describe("a snapshot that is saved", function () {
    this.timeout(120_000);
    let at: SnapshotGround;
    let program: SnapshotProgram;
    const save = (environment: Readonly<Record<string, string>> = {}): Promise<SnapshotRun> =>
        program.run(["save"], { ...at.environment, ...environment });
    const canary = async () =>
        canarySchema.parse(
            await call(at.bao.url, "GET", "portcullis-canary/snapshot", { token: at.rootToken }),
        ).data;
    const object = async (key: string): Promise<Buffer> =>
        Buffer.from(await (await s3Answer(at.moto.url, "GET", `/${at.bucket}/${key}`)).arrayBuffer());

    before(async function () {
        at = foundOrSkip(this, await snapshotGround());
        program = snapshotProgram(at.directory);
    });
    afterEach(() => {
        (at as SnapshotGround | undefined)?.gate.meddle();
        (at as SnapshotGround | undefined)?.s3.meddle();
    });
    after(() => (at as SnapshotGround | undefined)?.close());

    it("is the server's, whole, with a manifest that says so, and a canary that it holds", async () => {
        const run = await save();
        assert.equal(run.code, 0, run.err);
        const { saved, manifest } = savedSchema.parse(JSON.parse(run.out));
        assert.equal(saved, `vault/main/${manifest.id}.snap`);
        assert.deepEqual(await at.keys(), [saved, `${saved}.json`]);
        const bytes = await object(saved);
        assert.equal(bytes.length, manifest.size);
        assert.equal(createHash("sha256").update(bytes).digest("hex"), manifest.sha256);
        assert.deepEqual(JSON.parse((await object(`${saved}.json`)).toString()), manifest);
        const now = await canary();
        assert.equal(now.nonce, manifest.canary.nonce);
        assert.equal(now.last_good_index, String(manifest.index));
        assert.deepEqual(
            run.events.map(({ event }) => event),
            ["active-node", "canary", "streaming", "checked"],
        );
        const head = await s3Answer(at.moto.url, "HEAD", `/${at.bucket}/${saved}`);
        assert.equal(head.headers.get("x-amz-server-side-encryption"), "aws:kms");
        assert.equal(head.headers.get("x-amz-server-side-encryption-aws-kms-key-id"), at.kmsKeyId);
    });

    /** Ends non-zero with a reason, leaves the bucket as it was, and does not count as the last good one. */
    const refused = async (run: SnapshotRun, why: RegExp, keys: readonly string[]): Promise<void> => {
        assert.equal(run.code, 1, run.err);
        assert.equal(run.out, "");
        const { event, problem } = run.events.at(-1) ?? {};
        assert.equal(event, "failed");
        assert.match(String(problem), why);
        assert.deepEqual(await at.keys(), keys);
        assert.equal(await at.uploads(), 0);
        for (const file of [at.role.secretId, at.rootToken]) assert.equal(run.err.includes(file), false);
    };
    const flip = (bytes: Buffer, where: number): Buffer => {
        const changed = Buffer.from(bytes);
        changed[where] = (changed[where] ?? 0) ^ 1;
        return changed;
    };
    const cut: Meddle = (incoming) => {
        if (incoming.url !== "/v1/sys/storage/raft/snapshot") return undefined;
        return (answer, outgoing) => {
            void bodyOf(answer).then((bytes) => {
                outgoing.writeHead(200).write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
            });
        };
    };

    const damages: readonly (readonly [string, () => Meddle, RegExp])[] = [
        [
            "a bit flipped in its data",
            () => asSnapshot((bytes) => flip(bytes, bytes.length >> 1)),
            /damaged or was cut short|does not have the digest|holds something/,
        ],
        [
            "a bit flipped in its last bytes",
            () => asSnapshot((bytes) => flip(bytes, bytes.length - 6)),
            /damaged/,
        ],
        [
            "its end cut off, as if it were all",
            () => asSnapshot((bytes) => bytes.subarray(0, -100)),
            /damaged or was cut short/,
        ],
        ["the connection broken half way", () => cut, /the connection to .* broke/],
        ["not one byte in it", () => asSnapshot(() => Buffer.alloc(0)), /empty: not one byte came/],
        [
            "a page in its place",
            () => asSnapshot(() => Buffer.from("<html>busy</html>")),
            /does not begin as one does/,
        ],
        [
            "another behind it",
            () => asSnapshot((bytes) => Buffer.concat([bytes, bytes])),
            /behind the end|damaged|twice/,
        ],
    ];
    for (const [what, how, why] of damages) {
        it(`is none with ${what}`, async () => {
            const [keys, good] = [await at.keys(), (await canary()).last_good_index];
            at.gate.meddle(how());
            await refused(await save(), why, keys);
            assert.equal((await canary()).last_good_index, good);
        });
    }

    it("is none where it is an older copy, as a standby that lags would give it", async () => {
        const keys = await at.keys();
        const old = await new Promise<Buffer>((resolve, reject) => {
            const asked = request(
                `${at.bao.url}/v1/sys/storage/raft/snapshot`,
                { ca: at.authority.certificatePem, headers: { "X-Vault-Token": at.rootToken } },
                (answer) => {
                    bodyOf(answer).then(resolve, reject);
                },
            );
            asked.on("error", reject).end();
        });
        at.gate.meddle(asSnapshot(() => old));
        await refused(
            await save(),
            /ends with entry \d+, and the active node had \d+ before it was asked for/,
            keys,
        );
    });

    it("is none where the bucket fails half way, and the parts that went through are removed", async () => {
        const keys = await at.keys();
        await fill(at.bao.url, at.rootToken, 24);
        let parts = 0;
        at.s3.meddle(({ method, url = "" }) =>
            method === "PUT" && url.includes("partNumber=") && (parts += 1) > 1 ? "refuse" : undefined,
        );
        await refused(await save(), /S3 did not do UploadPart/, keys);
        assert.ok(parts > 1);
    });

    it("is none where its manifest cannot be written: it stays as incomplete", async () => {
        const keys = await at.keys();
        at.s3.meddle(({ url = "" }) => (url.includes(".snap.json") ? "refuse" : undefined));
        const run = await save();
        assert.equal(run.code, 1);
        assert.match(String(run.events.at(-1)?.problem), /S3 did not do PutObject of .*\.snap\.json/);
        const [more = ""] = (await at.keys()).filter((key) => !keys.includes(key));
        assert.match(more, /\.snap$/);
        at.s3.meddle();
        const list = JSON.parse((await program.run(["list"], at.environment)).out) as Record<string, unknown>;
        assert.deepEqual(list.incomplete, [more]);
    });

    it("comes in parts where it is large, and is read back whole; a bit flipped in the bucket is seen", async () => {
        const run = await save();
        assert.equal(run.code, 0, run.err);
        const { saved, manifest } = savedSchema.parse(JSON.parse(run.out));
        assert.ok(manifest.size > 17 * 1024 * 1024, `${manifest.size}`);
        const good = await program.run(["verify"], at.environment);
        assert.equal(good.code, 0, good.err);
        assert.deepEqual((JSON.parse(good.out) as Record<string, unknown>).manifest, manifest);
        const bytes = await object(saved);
        for (const changed of [flip(bytes, 9_000_000), bytes.subarray(0, -1), Buffer.alloc(0)]) {
            await s3Call(at.moto.url, "PUT", `/${at.bucket}/${saved}`, changed);
            const bad = await program.run(["verify", manifest.id], at.environment);
            assert.equal(bad.code, 1);
            assert.match(String(bad.events.at(-1)?.problem), /is not what its manifest says/);
        }
    });

    it("is not asked for without verified TLS, nor with a login that is not clear", async () => {
        const keys = await at.keys();
        const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
            [{ VAULT_SKIP_VERIFY: "true" }, /VAULT_SKIP_VERIFY is set/],
            [{ VAULT_ADDR: at.gate.url.replace("https:", "http:") }, /does not begin with https/],
            [{ VAULT_CACERT: "" }, /TLS certificate of .* could not be verified/],
            [{ VAULT_TLS_SERVER_NAME: "other.test" }, /TLS certificate of .* could not be verified/],
            [{ PORTCULLIS_SNAPSHOT_KUBERNETES_ROLE: "x" }, /not clear how to sign in/],
            [{ PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: "/nonexistent" }, /cannot be read \(ENOENT\)/],
            [{ PORTCULLIS_SNAPSHOT_CLUSTER: "../other" }, /cannot name a cluster's snapshots/],
        ];
        for (const [environment, why] of cases) await refused(await save(environment), why, keys);
    });
});
