/** What `portcullis snapshot` does, once its flags are read; a failure is told and ends the process with status 1. */
import { pruneSnapshots } from "../../../provider/vault/snapshot/prune";
import { saveSnapshot, type SaveEvent } from "../../../provider/vault/snapshot/save";
import { findSnapshot, listSnapshots, verifySnapshot } from "../../../provider/vault/snapshot/verify";
import { metricsOf } from "./metrics";
import { ageText, sizeText, type Report } from "./report";
import { run, withStore } from "./run";
import {
    loginOf,
    placeOf,
    vaultOf,
    type BucketFlags,
    type PruneFlags,
    type SaveFlags,
    type VerifyFlags,
} from "./settings";

export { drill } from "./drill";
export { restore } from "./restore";

export async function save(flags: SaveFlags): Promise<void> {
    await run(flags, async (report) => {
        const vault = vaultOf(flags, process.env);
        const login = loginOf(flags);
        const tellMetrics = metricsOf(flags, "save");
        const started = performance.now();
        return withStore(flags, async (store) => {
            const { key, manifest } = await saveSnapshot({
                ...{ vault, login, store, place: placeOf(flags) },
                ...{ canaryMount: flags.canaryMount, kmsKeyId: flags.kmsKeyId },
                report: (event) => {
                    tell(report, event);
                },
            });
            const durationMs = Math.round(performance.now() - started);
            await tellMetrics(report, { bytes: manifest.size, durationMs });
            return {
                json: { saved: key, durationMs, manifest },
                text: `Saved ${key} (${sizeText(manifest.size)}, index ${manifest.index}).\n`,
            };
        });
    });
}

export async function list(flags: BucketFlags): Promise<void> {
    await run(flags, () =>
        withStore(flags, async (store) => {
            const { good, incomplete } = await listSnapshots(store, placeOf(flags));
            const now = Date.now();
            const rows = good.map(({ id, size, index, lastModified }) => {
                return { id, size, index, lastModified, ageMs: now - lastModified.getTime() };
            });
            const lines = rows.map(
                ({ id, size, ageMs }) => `${id}  ${sizeText(size).padStart(9)}  ${ageText(ageMs)} ago\n`,
            );
            const rest = incomplete.map((key) => `incomplete, and no snapshot to restore: ${key}\n`);
            const text = [...lines, ...rest].join("");
            return {
                json: {
                    good: rows.map(({ ageMs, ...row }) => ({ ...row, ageSeconds: ageMs / 1_000 })),
                    incomplete,
                },
                text: text === "" ? "There is no snapshot.\n" : text,
            };
        }),
    );
}

export async function verify(wanted: string, flags: VerifyFlags): Promise<void> {
    await run(flags, async (report) => {
        const tellMetrics = metricsOf(flags, "verify");
        const started = performance.now();
        return withStore(flags, async (store) => {
            const found = await findSnapshot(store, placeOf(flags), wanted);
            let bytes = 0;
            const facts = await verifySnapshot(store, found, (chunk) => {
                bytes += chunk.length;
                report.move(
                    { event: "reading", bytes, of: found.manifest.size },
                    `read ${sizeText(bytes)} of ${sizeText(found.manifest.size)}`,
                );
            });
            const durationMs = Math.round(performance.now() - started);
            await tellMetrics(report, { bytes: facts.size, durationMs });
            return {
                json: { verified: found.key, manifest: found.manifest },
                text: `${found.key} is whole: ${sizeText(facts.size)}, index ${facts.index}, as its manifest says.\n`,
            };
        });
    });
}

export async function prune(flags: PruneFlags): Promise<void> {
    await run(flags, () =>
        withStore(flags, async (store) => {
            const dryRun = flags.dryRun === true;
            const { keep, drop } = await pruneSnapshots(store, placeOf(flags), flags.keepLast, dryRun);
            const names = drop.map(({ id }) => id);
            return {
                json: { kept: keep.length, [dryRun ? "wouldDelete" : "deleted"]: names },
                text: `${dryRun ? "Would delete" : "Deleted"} ${names.length} snapshots; the newest ${keep.length} stay.\n`,
            };
        }),
    );
}

function tell(report: Report, event: SaveEvent): void {
    switch (event.event) {
        case "active-node":
            report.tell(event, `The active node is at ${event.address}.`);
            return;
        case "canary":
            report.tell(event, `The canary is written, at index ${event.index}.`);
            return;
        case "streaming":
            report.move(event, `saved ${sizeText(event.bytes)}`);
            return;
        case "checked":
            report.tell(event, `The archive is whole: ${sizeText(event.size)}, index ${event.index}.`);
            return;
        case "warning":
            report.tell(event, event.text);
            return;
    }
}
