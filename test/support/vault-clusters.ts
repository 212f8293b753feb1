/** What tests of whole clusters share: what they run on, and a client that never stops writing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "mocha";
import { findMoto, startMoto, type RunningMoto } from "../../tools/services/moto";
import { findOpenBao, type VaultProgram } from "../../tools/services/openbao";
import {
    startVaultCluster,
    until,
    type ClusterOptions,
    type VaultCluster,
} from "../../tools/services/vault-cluster";

export interface Ground {
    readonly program: VaultProgram;
    readonly moto: RunningMoto;
    /** A cluster in a folder of its own. */
    readonly cluster: (options?: Partial<ClusterOptions>) => Promise<VaultCluster>;
    /** Ends everything and removes it. */
    readonly close: () => Promise<void>;
}

/** The real programs, running; or why a machine has them not. */
export async function ground(): Promise<Ground | { readonly missing: string }> {
    const program = await findOpenBao();
    if ("missing" in program) return program;
    const found = await findMoto();
    if ("missing" in found) return found;
    const moto = await startMoto(found);
    const folder = mkdtempSync(join(tmpdir(), "portcullis-cluster-"));
    const clusters: VaultCluster[] = [];
    return {
        program,
        moto,
        cluster: async (options = {}) => {
            const directory = mkdtempSync(join(folder, "cluster-"));
            const started = await startVaultCluster({ program, moto, directory, ...options });
            clusters.push(started);
            return started;
        },
        close: async () => {
            await Promise.all(clusters.map((each) => each.close()));
            await moto.end("SIGKILL");
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** The same for a hook of a suite, all of whose tests are skipped where it is missing. */
export async function groundOrSkip(hook: Context): Promise<Ground> {
    const found = await ground();
    if (!("missing" in found)) return found;
    console.log(`      skipped: ${found.missing}`);
    return hook.skip();
}

/** A client that writes one secret after another, forty a second at most, and knows which of them were acknowledged. */
export interface Writer {
    /** The secrets that were acknowledged, and when each of those writes began, in milliseconds. */
    readonly acknowledged: () => ReadonlyMap<string, number>;
    /** Ends after the write that is under way. */
    readonly stop: () => Promise<void>;
}

export function startWriter(cluster: VaultCluster, prefix: string): Writer {
    const acknowledged = new Map<string, number>();
    let going = true;
    const work = async (): Promise<void> => {
        for (let index = 0; going; index++) {
            const key = `${prefix}-${index}`;
            const began = performance.now();
            if (await cluster.write(key, key)) acknowledged.set(key, began);
            await sleep(20);
        }
    };
    const done = work();
    return {
        acknowledged: () => acknowledged,
        stop: () => {
            going = false;
            return done;
        },
    };
}

/** Those of the acknowledged secrets that the leader does not have as they were written. */
export async function lost(cluster: VaultCluster, writer: Writer): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const key of writer.acknowledged().keys()) {
        // Asked again where nobody leads for a moment.
        const found = until(key, 10_000, async () => (await cluster.read(key)) === key);
        if (!(await found.then(() => true).catch(() => false))) missing.push(key);
    }
    return missing;
}
