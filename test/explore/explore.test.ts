/** Crash safety, in process: every call stopped before, after and with its answer lost, and thousands of orders. */
import { before, describe, it } from "mocha";
import { seeded } from "../support/random";
import { countCalls, explore, prepare, type Prepared } from "./run";
import { scenarios, trustedScenarios, type Scenario } from "./scenarios";
import type { CrashMode } from "./world";

const MODES: readonly CrashMode[] = ["before", "after", "lost"];
/** More where asked for, never fewer. */
const SHUFFLED_RUNS = Math.max(2_400, Number(process.env.PORTCULLIS_EXPLORE_RUNS ?? 0) || 0);

describe("crash safety of AccountMfa, explored in process", function () {
    this.timeout(600_000);
    let prepared: readonly Prepared[] = [];

    before(async () => {
        const all = [...(await scenarios()), ...(await trustedScenarios())];
        prepared = await Promise.all(all.map((scenario) => prepare(scenario)));
    });

    it("keeps everyone admitted with each call stopped before, after, or its answer lost", async () => {
        let runs = 0;
        for (const point of prepared) {
            const calls = await countCalls(point);
            for (let at = 1; at <= calls; at += 1) {
                for (const mode of MODES) {
                    await named(point.scenario, { at, mode }, () =>
                        explore(point, {
                            seed: at,
                            crashes: [{ at, mode }],
                            parallel: 1,
                            refreshAfterCrash: false,
                        }),
                    );
                    runs += 1;
                }
            }
        }
        console.log(`        ${runs} stops over ${prepared.length} deployments`);
    });

    it(`keeps everyone admitted over ${SHUFFLED_RUNS} shuffled orders with crashes`, async () => {
        for (let seed = 1; seed <= SHUFFLED_RUNS; seed += 1) {
            const random = seeded(seed * 7_919);
            const point = random.pick(prepared);
            const crashes = Array.from({ length: random.below(3) }, () => ({
                at: 1 + random.below(40),
                mode: random.pick(MODES),
            }));
            await named(point.scenario, { seed, crashes }, () =>
                explore(point, {
                    seed,
                    crashes,
                    parallel: 1 + random.below(6),
                    refreshAfterCrash: random.chance(0.3),
                }),
            );
        }
    });
});

async function named(scenario: Scenario, what: object, run: () => Promise<void>): Promise<void> {
    try {
        await run();
    } catch (error) {
        throw new Error(`${scenario.name}, ${JSON.stringify(what)}: ${String(error)}`, { cause: error });
    }
}
