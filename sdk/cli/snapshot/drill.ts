/** `portcullis snapshot drill`: told on the way, compared with the manifest, and ended in order by a signal too. */
import { drillSnapshot, type DrillEvent, type Drilled } from "../../../provider/vault/snapshot/drill/drill";
import { findSnapshot, type Verified } from "../../../provider/vault/snapshot/verify";
import { drillNodeOf, isIsolated } from "./drill-settings";
import { metricsOf } from "./metrics";
import { sizeText, type Report, type Happening } from "./report";
import { run, withStore, type Result } from "./run";
import { loginOf, placeOf, type DrillFlags } from "./settings";

/** What a terminal, a user or a cluster ends a job by. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

export async function drill(wanted: string, flags: DrillFlags): Promise<void> {
    const stopping = new AbortController();
    const stop = (): void => {
        stopping.abort();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    await run(flags, async (report) => {
        const isolated = isIsolated(flags, process.env);
        const login = loginOf(flags);
        const node = drillNodeOf(flags, process.env);
        const tellMetrics = metricsOf(flags, "drill");
        const started = performance.now();
        return withStore(flags, async (store) => {
            const found = await findSnapshot(store, placeOf(flags), wanted);
            const drilled = await drillSnapshot({
                ...{ store, found, login, node, isolated, signal: stopping.signal },
                report: (event) => {
                    tell(report, event);
                },
            });
            const durationMs = Math.round(performance.now() - started);
            await tellMetrics(report, { bytes: found.manifest.size, durationMs });
            return resultOf(found, drilled, durationMs);
        });
    });
    // What was under way may wait for answers of a node that is gone.
    if (process.exitCode !== undefined) process.exit();
    for (const signal of SIGNALS) process.off(signal, stop);
}

function resultOf(
    { key, manifest }: Verified,
    { restoredMs, inventory }: Drilled,
    durationMs: number,
): Result {
    const { id, savedAt } = manifest;
    const counts = inventory && {
        mounts: Object.keys(inventory.mounts).length,
        auth: Object.keys(inventory.auth).length,
        policies: inventory.policies.length,
        issuers: Object.values(inventory.issuers).flat().length,
    };
    const compared =
        counts === undefined
            ? "the canary alone, for its manifest does not say what there was"
            : `the canary, ${counts.mounts} mounts, ${counts.auth} auth methods, ${counts.policies} policies and ${counts.issuers} issuers`;
    return {
        json: {
            ...{ drilled: key, id, savedAt, restoredIn: restoredMs, durationMs },
            ...{ canary: "same", compared: counts === undefined ? "canary" : "inventory", ...counts },
        },
        text: `${key} of ${savedAt} was restored in ${(restoredMs / 1_000).toFixed(1)} s and is what its manifest says: ${compared}. Node and folder are gone.\n`,
    };
}

function tell(report: Report, event: DrillEvent): void {
    const line: Happening = event;
    switch (event.event) {
        case "reading":
            report.move(line, `read ${sizeText(event.bytes)} of ${sizeText(event.of)}`);
            return;
        case "whole":
            report.tell(line, "The snapshot is whole, and what its manifest says.");
            return;
        case "starting":
            report.tell(line, `A node is started, by ${event.program}.`);
            return;
        case "started":
            report.tell(line, `The node answers at ${event.address}. The snapshot is restored into it now.`);
            return;
        case "restoring":
            report.move(line, `sent ${sizeText(event.bytes)} of ${sizeText(event.of)}`);
            return;
        case "taken":
            report.tell(line, "The node has taken it, and begins anew with it.");
            return;
        case "answering":
            report.tell(line, "The node answers with the snapshot's data, which is compared now.");
            return;
    }
}
