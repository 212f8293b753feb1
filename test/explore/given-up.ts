/** One explored run of a deployment that is interrupted and given up: another one is deployed in its place. */
import assert from "node:assert/strict";
import { PortcullisError } from "../../provider/errors";
import type { Graph } from "../support/graph";
import { seeded } from "../support/random";
import { CheckRefused, type Engine, type StateFile } from "./engine";
import {
    accountOf,
    assertAdmitted,
    assertFinished,
    attempt,
    shapeOf,
    start,
    type Prepared,
    type Shape,
} from "./run";
import type { Crash } from "./world";

/** What came of the other deployment: done at once, or refused; then what came of it once the target was finished. */
export type Outcome = "deployed" | "refused, then deployed" | "refused, then refused";

/**
 * Interrupts the target of the point, then deploys `instead`. Whoever holds a certificate that was handed out gets in
 * throughout: one of before, or, where the target's program had run to its end, of the target. If `instead` is
 * refused, the target is deployed to its end, and `instead` tried again.
 * @throws GateFell, or an assertion where something fails for any other reason.
 */
export async function exploreGivenUp(
    point: Prepared,
    instead: Graph,
    crash: Crash,
): Promise<{ outcome: Outcome; shape: Shape }> {
    const account = accountOf(point);
    const random = seeded(crash.at);
    let holders = point.state;
    let state = point.state;
    const run = async (graph: Graph | undefined, strike?: Crash): Promise<[Engine, Error | undefined]> => {
        const fallen: unknown[] = [];
        const watch = (call: string): void => {
            try {
                assertAdmitted({ ...point, state: holders }, account, holders, call);
            } catch (error) {
                fallen.push(error);
            }
        };
        const { engine } = start(account, state, point.now, random, strike, 1, watch);
        const failure = await attempt(engine, graph, false);
        state = engine.state;
        const handedOut: StateFile = engine.registered ? state : holders;
        watch("the end of the run");
        if (fallen.length > 0) throw fallen[0];
        holders = handedOut;
        return [engine, failure];
    };

    await run(point.scenario.target, crash);
    const tryInstead = async (): Promise<boolean> => {
        const [engine, failure] = await run(instead);
        if (failure !== undefined) {
            if (failure instanceof CheckRefused || failure instanceof PortcullisError) return false;
            throw failure;
        }
        assertFinished(account, engine.state);
        assert.deepEqual(engine.preview(instead), []);
        return true;
    };
    if (await tryInstead()) return { outcome: "deployed", shape: shapeOf(account) };
    const [finished, failure] = await run(point.scenario.target);
    if (failure !== undefined) throw failure;
    assertFinished(account, finished.state);
    assert.deepEqual(shapeOf(account), point.expected);
    const outcome = (await tryInstead()) ? "refused, then deployed" : "refused, then refused";
    return { outcome, shape: shapeOf(account) };
}
