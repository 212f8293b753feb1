/** `snapshot save` of archives of two sizes: what it holds in memory does not grow with what it saves. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import { startSnapshotStream } from "../../tools/services/snapshot-stream";
import { peakMemory } from "../../tools/services/snapshot-stream/peak-memory";
import { snapshotProgram, type SnapshotProgram } from "../support/snapshot-program";
import { foundOrSkip } from "../support/skip";
import { TestAuthority } from "../support/vault-certificates";

const savedSchema = z.object({
    saved: z.string(),
    manifest: z.object({ size: z.number(), sha256: z.string() }),
});
/** Of the program's process, in MiB, whatever it saves. */
const MOST_MEMORY = 150;
/** What the peak may differ by chance, in MiB: of what is no longer in use, some is always not collected yet. */
const BY_CHANCE = 30;

describe("the memory of a snapshot's save", function () {
    this.timeout(120_000);
    let directory: string;
    let authority: TestAuthority;
    let program: SnapshotProgram;

    before(function () {
        foundOrSkip(
            this,
            process.platform === "linux" ? {} : { missing: "only Linux tells peaks of memory" },
        );
        directory = mkdtempSync(join(tmpdir(), "portcullis-stream-"));
        authority = new TestAuthority(join(directory, "tls"));
        writeFileSync(join(directory, "ca.pem"), authority.certificatePem);
        program = snapshotProgram(directory);
    });
    after(() => {
        rmSync(directory, { recursive: true, force: true });
    });

    /** Saves an archive of so many MiB into a bucket that makes each checksum anew; gives the peak in MiB. */
    const save = async (mebibytes: number): Promise<number> => {
        const folder = join(directory, String(mebibytes));
        mkdirSync(folder);
        const stream = await startSnapshotStream({
            ...{ directory: folder, mebibytes, verifies: true },
            ...{ tls: authority.server(), caFile: join(directory, "ca.pem") },
        });
        try {
            let peak = 0;
            const run = await program.run(["save"], stream.environment, undefined, (child) => {
                peakMemory(child, (now) => (peak = now));
            });
            assert.equal(run.code, 0, run.err);
            const { saved, manifest } = savedSchema.parse(JSON.parse(run.out));
            const { size, sha256 } = stream.archive;
            assert.deepEqual(manifest, { size, sha256 });
            assert.equal((await stream.objects())[`/snapshots/${saved}`], size);
            return peak;
        } finally {
            await stream.close();
        }
    };

    it("is bounded, and eight times the archive take no more of it", async () => {
        const small = await save(32);
        const large = await save(256);
        assert.ok(small > 0 && large < MOST_MEMORY, `${large} MiB`);
        assert.ok(large < small + BY_CHANCE, `${small} MiB, then ${large} MiB`);
    });
});
