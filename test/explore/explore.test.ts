/** Crash safety, in process: every call stopped before, after and with its answer lost, and thousands of orders. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Task } from "./plans";
import { scenarios, trustedScenarios } from "./scenarios";
import { Workers } from "./workers";

/** Stops and shuffled orders together. */
const FEWEST_RUNS = 10_000;
/** With some 980 stops. More where asked for, never fewer. */
const SHUFFLED_RUNS = Math.max(9_200, Number(process.env.PORTCULLIS_EXPLORE_RUNS ?? 0) || 0);
/** How many seeds a process takes at once. */
const SEEDS = 50;

describe("crash safety of AccountMfa, explored in process", function () {
    this.timeout(900_000 + SHUFFLED_RUNS * 100);
    let workers: Workers;
    let deployments = 0;
    let runs = 0;

    before(async () => {
        deployments = [...(await scenarios()), ...(await trustedScenarios())].length;
        workers = new Workers();
    });

    after(() => {
        workers.stop();
    });

    it("keeps everyone admitted with each call stopped before, after, or its answer lost", async () => {
        const tasks = Array.from({ length: deployments }, (_, scenario): Task => ({
            kind: "stops",
            scenario,
        }));
        const stops = await workers.doAll(tasks);
        runs += stops;
        console.log(`        ${stops} stops over ${deployments} deployments`);
    });

    it(`keeps everyone admitted over ${SHUFFLED_RUNS} shuffled orders with crashes`, async () => {
        const tasks: Task[] = [];
        for (let from = 1; from <= SHUFFLED_RUNS; from += SEEDS) {
            tasks.push({ kind: "shuffled", from, to: Math.min(from + SEEDS - 1, SHUFFLED_RUNS) });
        }
        runs += await workers.doAll(tasks);
    });

    it(`explores ${FEWEST_RUNS} runs or more`, () => {
        console.log(`        ${runs} runs in ${workers.count} processes`);
        assert.ok(runs >= FEWEST_RUNS, `only ${runs} runs: stops and shuffled orders together`);
    });
});
