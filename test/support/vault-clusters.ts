/** What tests of whole clusters share: what they run on, and a client that never stops writing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** When a write began and when it was acknowledged, in milliseconds of `performance.now()`. */
export interface Acknowledged {
    readonly began: number;
    readonly ended: number;
}

/** A client that writes one secret after another, and knows which of them were acknowledged. */
export interface Writer {
    /** The secrets that were acknowledged, in their order. */
    readonly acknowledged: () => ReadonlyMap<string, Acknowledged>;
    /** How many writes nobody acknowledged. */
    readonly refused: () => number;
    /** The longest time between two acknowledgements, in milliseconds. */
    readonly longestPause: () => number;
    /** Ends after the write that is under way. */
    readonly stop: () => Promise<void>;
}

/** Starts it; between two writes it waits for so many milliseconds, 20 unless given. */
export function startWriter(cluster: VaultCluster, prefix: string, pause = 20): Writer {
    const acknowledged = new Map<string, Acknowledged>();
    let refused = 0;
    let going = true;
    const work = async (): Promise<void> => {
        for (let index = 0; going; index++) {
            const key = `${prefix}-${index}`;
            const began = performance.now();
            // A call that hangs is given up soon: it would hide when writes go on.
            if (await cluster.write(key, key, 1_000))
                acknowledged.set(key, { began, ended: performance.now() });
            else refused += 1;
            await sleep(pause);
        }
    };
    const done = work();
    return {
        acknowledged: () => acknowledged,
        refused: () => refused,
        longestPause: () => {
            const times = [...acknowledged.values()].map(({ ended }) => ended);
            return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
        },
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
