/** How fast `portcullis snapshot save` takes 2 GiB from Vault to a bucket, and in how much memory, against curl and openssl. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { snapshotProgram, type SnapshotProgram } from "../test/support/snapshot-program";
import { TestAuthority } from "../test/support/vault-certificates";
import { startSnapshotStream, type SnapshotStream } from "../tools/services/snapshot-stream";
import { peakMemory } from "../tools/services/snapshot-stream/peak-memory";
import type { Benchmark } from "./figure";
import { compare, timePairs, type Pair } from "./pairs";

const MEBIBYTES = 2048;
/** Of the program's process, in MiB. */
const MOST_MEMORY = 150;

const savedSchema = z.object({
    saved: z.string(),
    manifest: z.object({ size: z.number(), sha256: z.string() }),
});

export const snapshotStream: Benchmark = {
    name: "snapshot-stream",
    goal: { atLeast: 0.8 },
    async measure(scope) {
        scope.progress.step(`making an archive of ${MEBIBYTES} MiB`);
        const directory = scope.folder();
        const authority = new TestAuthority(join(directory, "tls"));
        const caFile = join(directory, "ca.pem");
        writeFileSync(caFile, authority.certificatePem);
        const stream = await startSnapshotStream({
            ...{ directory, mebibytes: MEBIBYTES, verifies: false },
            ...{ tls: authority.server(), caFile },
        });
        scope.onClose(() => stream.close());
        const program = snapshotProgram(directory);
        const peaks: number[] = [];
        const ours = async (): Promise<void> => {
            peaks.push(await save(program, stream));
        };
        const plain = (): Promise<void> => digest(stream);
        scope.progress.step("saving it, and reading it by curl, in turns");
        // The first reads it from the disk.
        await plain();
        const pairs = await timePairs(ours, plain, { atLeast: 3, atMost: 6, within: 90_000 });
        const memory = Math.max(...peaks);
        // A ratio of rates is that of times turned over.
        const compared = compare(
            pairs.map(({ subject, baseline }): Pair => ({ subject: baseline, baseline: subject })),
        );
        const shortfall = `more than ${MOST_MEMORY} MiB of memory`;
        return {
            ratio: compared.ratio,
            detail: `curl and openssl ${compared.detail}; at most ${memory.toFixed(0)} MiB of memory`,
            ...(memory > MOST_MEMORY && { shortfall }),
        };
    },
};

/** Saves it; gives the most memory that the program's process held, in MiB. */
async function save(
    program: SnapshotProgram,
    { environment, archive, objects }: SnapshotStream,
): Promise<number> {
    let peak = 0;
    const run = await program.run(["save"], environment, undefined, (child) => {
        peakMemory(child, (mebibytes) => (peak = mebibytes));
    });
    if (run.code !== 0) throw new Error(run.err);
    const { saved, manifest } = savedSchema.parse(JSON.parse(run.out));
    const same = manifest.size === archive.size && manifest.sha256 === archive.sha256;
    if (!same || (await objects())[`/snapshots/${saved}`] !== archive.size) {
        throw new Error("what was saved is not the archive");
    }
    return peak;
}

/** `curl … | openssl dgst -sha256` of the same: the shell joins them, so that no byte goes through this process. */
async function digest({ curl, archive }: SnapshotStream): Promise<void> {
    const pipe = 'curl "$@" | openssl dgst -sha256 -r';
    const { stdout } = await promisify(execFile)("sh", ["-c", pipe, "sh", ...curl]);
    if (!stdout.startsWith(archive.sha256)) throw new Error("openssl has another digest of the archive");
}
