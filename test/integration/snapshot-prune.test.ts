/** `snapshot list` and `snapshot prune`, as the bundled program, on a bucket with more objects than one page lists. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { z } from "zod";
import { snapshotId } from "../../provider/vault/snapshot/names";
import { findMoto, startMoto, type RunningMoto } from "../../tools/services/moto";
import { CREDENTIALS, REGION } from "../../tools/services/moto-calls";
import { createBucket, objectKeys, s3Call, startGate, type Gate } from "../support/snapshot-ground";
import { snapshotProgram, type SnapshotProgram, type SnapshotRun } from "../support/snapshot-program";
import { foundOrSkip } from "../support/skip";

const BUCKET = "snapshots-to-prune";
const listSchema = z.object({
    good: z.array(z.object({ id: z.string(), index: z.number(), size: z.number(), ageSeconds: z.number() })),
    incomplete: z.array(z.string()),
});

describe("snapshots of a bucket", function () {
    this.timeout(180_000);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-prune-"));
    let moto: RunningMoto;
    let s3: Gate;
    let program: SnapshotProgram;
    const put = (key: string): Promise<string> => s3Call(moto.url, "PUT", `/${BUCKET}/${key}`, "x");
    const run = (...args: readonly string[]): Promise<SnapshotRun> =>
        program.run(args, {
            ...CREDENTIALS,
            PORTCULLIS_SNAPSHOT_BUCKET: BUCKET,
            PORTCULLIS_SNAPSHOT_PREFIX: "vault/",
            PORTCULLIS_SNAPSHOT_CLUSTER: "main",
            PORTCULLIS_SNAPSHOT_S3_ENDPOINT: s3.url,
        });
    /** Good ones in the order of their making. */
    const ids: string[] = [];
    const others: string[] = [];
    const incomplete: string[] = [];

    before(async function () {
        const found = foundOrSkip(this, await findMoto());
        moto = await startMoto(found);
        s3 = await startGate(moto.url);
        program = snapshotProgram(directory);
        await createBucket(moto.url, BUCKET, REGION);
        for (let index = 0; index < 180; index += 1) {
            others.push(`vault/main/notes-${index}.txt`, `vault/other/${snapshotId(new Date(), index)}.snap`);
            others.push(`vault/main/deep/${snapshotId(new Date(), index)}.snap.json`);
            incomplete.push(`vault/main/${snapshotId(new Date(Date.now() + index * 1_000), index)}.snap`);
        }
        others.push("vault/main/20261122T173000Z-01.snap", "vault/main/latest.snap", "vault/main.snap");
        await inTurns([...others, ...incomplete], put);
        // Indices of one digit more on the way: as texts, the later ones come first.
        for (let index = 0; index < 240; index += 1) {
            const id = snapshotId(new Date(Date.UTC(2026, 0, 1) + index * 3_600_000), 999_900 + index);
            ids.push(id);
        }
        await inTurns(ids.slice(0, 200), async (id) => {
            await put(`vault/main/${id}.snap`);
            await put(`vault/main/${id}.snap.json`);
        });
        // A bucket's clock counts seconds.
        for (const id of ids.slice(200)) {
            if (ids.indexOf(id) % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1_100));
            await put(`vault/main/${id}.snap`);
            await put(`vault/main/${id}.snap.json`);
        }
    });
    afterEach(() => {
        (s3 as Gate | undefined)?.meddle();
    });
    after(async () => {
        await (s3 as Gate | undefined)?.close();
        await (moto as RunningMoto | undefined)?.end("SIGKILL");
        rmSync(directory, { recursive: true, force: true });
    });

    const everything = () => objectKeys(moto.url, BUCKET);
    const failedWith = (ended: SnapshotRun, why: RegExp): void => {
        assert.equal(ended.code, 1);
        assert.match(String(ended.events.at(-1)?.problem), why);
    };

    it("are more than a page, and all of them are listed: the good ones, and those without a manifest", async () => {
        assert.ok((await everything()).length > 1_200);
        const { good, incomplete: found } = listSchema.parse(JSON.parse((await run("list")).out));
        assert.equal(good.length, 240);
        assert.deepEqual(found, [...incomplete].sort());
        assert.equal(good[0]?.size, 1);
        assert.deepEqual(new Set(good.slice(0, 10).map(({ id }) => id)), new Set(ids.slice(-10)));
    });

    it("all stay where the second page fails, and where a page says neither more nor end", async () => {
        const before = await everything();
        s3.meddle(({ url = "" }) => (url.includes("continuation-token=") ? "refuse" : undefined));
        failedWith(await run("prune", "--keep-last", "30"), /S3 did not do ListObjectsV2/);
        s3.meddle(() => (answer, outgoing) => {
            void textOf(answer).then((text) => {
                const changed = text.replace(/<NextContinuationToken>.*<\/NextContinuationToken>/, "");
                outgoing.writeHead(200, { "content-type": "application/xml" }).end(changed);
            });
        });
        failedWith(await run("prune", "--keep-last", "30"), /the list was cut short/);
        assert.deepEqual(await everything(), before);
    });

    it("all stay where none or no number is to be kept, and in a dry run", async () => {
        const before = await everything();
        for (const count of ["0", "-1", "all", "1.5", ""]) {
            const ended = await run("prune", "--keep-last", count);
            assert.equal(ended.code, 1, count);
        }
        const dry = await run("prune", "--keep-last", "30", "--dry-run");
        assert.equal((JSON.parse(dry.out) as { wouldDelete: unknown[] }).wouldDelete.length, 210);
        assert.deepEqual(await everything(), before);
    });

    it("keep their manifests where the deletion of snapshots fails", async () => {
        const before = await everything();
        s3.meddle(({ method }) => (method === "POST" ? "refuse" : undefined));
        failedWith(await run("prune", "--keep-last", "30"), /S3 did not do DeleteObjects/);
        assert.deepEqual(await everything(), before);
    });

    it("are exactly the newest 30 after a prune, and nothing of anybody else is gone", async () => {
        const ended = await run("prune", "--keep-last", "30");
        assert.equal(ended.code, 0, ended.err);
        const kept = ids.slice(-30).flatMap((id) => [`vault/main/${id}.snap`, `vault/main/${id}.snap.json`]);
        assert.deepEqual(await everything(), [...others, ...incomplete, ...kept].sort());
        const again = await run("prune", "--keep-last", "30");
        assert.deepEqual(JSON.parse(again.out), { kept: 30, deleted: [] });
    });

    it("lose what an earlier prune, killed half way, left behind: a manifest that is older than all that stay", async () => {
        const [oldest = "", newer = ""] = [ids.at(-30), ids.at(-1)];
        await s3Call(moto.url, "DELETE", `/${BUCKET}/vault/main/${oldest}.snap`);
        await s3Call(moto.url, "DELETE", `/${BUCKET}/vault/main/${newer}.snap`);
        const ended = await run("prune", "--keep-last", "5");
        assert.equal(ended.code, 0, ended.err);
        const left = (await everything()).filter((key) => key.endsWith(".snap.json"));
        assert.equal(left.includes(`vault/main/${oldest}.snap.json`), false);
        // That of the newest may belong to a save that ended while the list was made.
        assert.equal(left.includes(`vault/main/${newer}.snap.json`), true);
        const { good } = listSchema.parse(JSON.parse((await run("list")).out));
        assert.equal(good.length, 5);
    });
});

/** Eight at a time. */
async function inTurns<T>(all: readonly T[], work: (each: T) => Promise<unknown>): Promise<void> {
    const waiting = [...all];
    const take = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
    };
    await Promise.all(Array.from({ length: 8 }, take));
}

async function textOf(answer: AsyncIterable<unknown>): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
}
