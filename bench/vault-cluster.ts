/** What the configuration of a cluster's nodes is worth against the server's defaults: after a kill, and at the start. */
import { join } from "node:path";
import { findMoto, startMoto } from "../tools/services/moto";
import { findOpenBao } from "../tools/services/openbao";
import {
    asRendered,
    startVaultCluster,
    withDefaultTiming,
    type VaultCluster,
} from "../tools/services/vault-cluster";
import { failoverGap } from "../tools/services/vault-failover";
import type { Benchmark } from "./figure";
import { compare, timePairs, type Pair } from "./pairs";
import type { Scope } from "./scope";

const TURNS = 3;
/** Each side's changes to the configuration of a node. */
const SIDES = { subject: asRendered, baseline: withDefaultTiming };

/** Time without writes after two of five nodes were killed, the leader among them, in turns on two clusters that differ by their timing. */
export const vaultFailover: Benchmark = {
    name: "vault-failover",
    goal: { atMost: 0.35 },
    async measure(scope) {
        const start = await starter(scope);
        scope.progress.step("starting two clusters of five nodes");
        const clusters = { subject: await start("subject"), baseline: await start("baseline") };
        const pairs: Pair[] = [];
        for (let turn = 1; turn <= TURNS; turn++) {
            scope.progress.step(`killing two nodes, ${turn} of ${TURNS}`);
            pairs.push({
                subject: await failoverGap(clusters.subject),
                baseline: await failoverGap(clusters.baseline),
            });
        }
        return compare(pairs);
    },
};

/** Time from nothing to five nodes that vote, with autopilot at its own pace. */
export const vaultClusterStart: Benchmark = {
    name: "vault-cluster-start",
    goal: { atMost: 1.1 },
    async measure(scope) {
        const start = await starter(scope);
        scope.progress.step("starting clusters of five nodes");
        const once = (side: keyof typeof SIDES) => async (): Promise<void> => {
            await (await start(side)).close();
        };
        return compare(
            await timePairs(once("subject"), once("baseline"), { atLeast: 2, atMost: 2, within: 0 }),
        );
    },
};

/** Starts clusters of either side, which end with the scope. */
async function starter(scope: Scope): Promise<(side: keyof typeof SIDES) => Promise<VaultCluster>> {
    const program = await findOpenBao();
    if ("missing" in program) throw new Error(program.missing);
    const found = await findMoto();
    if ("missing" in found) throw new Error(found.missing);
    const moto = await startMoto(found);
    scope.onClose(() => moto.end("SIGKILL"));
    let started = 0;
    return async (side) => {
        const directory = join(scope.folder(), `${side}-${++started}`);
        const cluster = await startVaultCluster({ program, moto, directory, change: SIDES[side] });
        scope.onClose(() => cluster.close());
        return cluster;
    };
}
