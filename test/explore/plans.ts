/** What the explorer goes through: every call stopped in each way, and shuffled orders, each named by its seed. */
import { seeded } from "../support/random";
import { countCalls, explore, prepare, type Prepared } from "./run";
import { scenarios, trustedScenarios } from "./scenarios";
import type { CrashMode } from "./world";

const MODES: readonly CrashMode[] = ["before", "after", "lost"];

/** A part of the work that one process does: the stops of one deployment, or a range of seeds. */
export type Task =
    | { readonly kind: "stops"; readonly scenario: number }
    | { readonly kind: "shuffled"; readonly from: number; readonly to: number };

/** Every deployment of the model, ready to be interrupted. */
export async function preparedAll(): Promise<readonly Prepared[]> {
    const all = [...(await scenarios()), ...(await trustedScenarios())];
    return Promise.all(all.map((scenario) => prepare(scenario)));
}

/** Does the task and gives the number of its runs. A run that fails is named by its scenario and seed, or stop. */
export async function doTask(prepared: readonly Prepared[], task: Task): Promise<number> {
    switch (task.kind) {
        case "stops": {
            const point = prepared[task.scenario];
            if (point === undefined) throw new Error(`no such scenario: ${task.scenario}`);
            return everyStop(point);
        }
        case "shuffled":
            for (let seed = task.from; seed <= task.to; seed += 1) await shuffled(prepared, seed);
            return task.to - task.from + 1;
    }
}

async function everyStop(point: Prepared): Promise<number> {
    const calls = await countCalls(point);
    for (let at = 1; at <= calls; at += 1) {
        for (const mode of MODES) {
            const crashes = [{ at, mode }];
            await named(point, { at, mode }, () =>
                explore(point, { seed: at, crashes, parallel: 1, refreshAfterCrash: false }),
            );
        }
    }
    return calls * MODES.length;
}

async function shuffled(prepared: readonly Prepared[], seed: number): Promise<void> {
    const random = seeded(seed * 7_919);
    const point = random.pick(prepared);
    const crashes = Array.from({ length: random.below(3) }, () => ({
        at: 1 + random.below(40),
        mode: random.pick(MODES),
    }));
    await named(point, { seed, crashes }, () =>
        explore(point, {
            seed,
            crashes,
            parallel: 1 + random.below(6),
            refreshAfterCrash: random.chance(0.3),
        }),
    );
}

async function named({ scenario }: Prepared, what: object, run: () => Promise<void>): Promise<void> {
    try {
        await run();
    } catch (error) {
        throw new Error(`${scenario.name}, ${JSON.stringify(what)}: ${String(error)}`, { cause: error });
    }
}
