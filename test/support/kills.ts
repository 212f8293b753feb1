/** Kills the real engine at a chosen API call: which calls a run makes, which of them to strike, and the stroke. */
import assert from "node:assert/strict";
import type { CallPhase, RecordedCall } from "../../emulators/outscale";
import { EngineError } from "../../tools/pulumi/engine-error";
import type { Deployment } from "./deployment";

/** A moment of a run: before or after its nth call of a name, from 1. */
export interface Point {
    readonly call: string;
    readonly nth: number;
    readonly phase: CallPhase["phase"];
}

/** Both moments of each call, in the order of the run. */
export function pointsOf(calls: readonly RecordedCall[]): readonly Point[] {
    const seen = new Map<string, number>();
    return calls.flatMap(({ name }) => {
        const nth = (seen.get(name) ?? 0) + 1;
        seen.set(name, nth);
        return (["before", "after"] as const).map((phase) => ({ call: name, nth, phase }));
    });
}

/** Every moment of a call that changes something, and others evenly between them, up to the number wanted. */
export function spread(points: readonly Point[], wanted: number): readonly Point[] {
    const [changes, reads] = [true, false].map((change) =>
        points.filter(({ call }) => call.startsWith("Read") !== change),
    ) as [Point[], Point[]];
    const more = Math.max(0, Math.min(wanted - changes.length, reads.length));
    const chosen = new Set([
        ...changes,
        ...Array.from(
            { length: more },
            (_, index) => reads[Math.floor(((index + 0.5) * reads.length) / more)],
        ),
    ]);
    return points.filter((point) => chosen.has(point));
}

/** Looks at the gate, and throws where it fell; is told the moment in words. */
export type Watch = (moment: string) => void;

/** Lets the deployment run, looking at the gate before and after every call. Throws what a look threw, or the run. */
export async function watched(
    deployment: Deployment,
    watch: Watch,
    run: () => Promise<unknown>,
): Promise<void> {
    const error = await outcomeOf(deployment, watch, run, () => undefined);
    if (error !== undefined) throw asError(error);
}

/** What a struck run came to. */
export type Stroke = "killed" | "not reached";

/**
 * As `watched`, and kills the engine and its plugins at the point. Nothing that was on its way when they died is
 * executed any more.
 */
export async function strike(
    deployment: Deployment,
    point: Point,
    watch: Watch,
    run: () => Promise<unknown>,
): Promise<Stroke> {
    const { emulator, stack } = deployment;
    let nth = 0;
    let dead: readonly number[] = [];
    const error = await outcomeOf(deployment, watch, run, ({ call, phase }) => {
        if (call !== point.call || phase !== point.phase || dead.length > 0) return;
        nth += 1;
        if (nth < point.nth) return;
        dead = stack.kill();
        emulator.faults.refuseConnection(() => true);
    });
    emulator.faults.reset();
    if (dead.length === 0) {
        if (error !== undefined) throw asError(error);
        return "not reached";
    }
    assert.ok(dead.length >= 2, "the engine and its plugin");
    assert.ok(error instanceof EngineError);
    assert.equal(error.reason, "killed");
    return "killed";
}

/** The error that the run ended with, if any. */
async function outcomeOf(
    { emulator: { faults } }: Deployment,
    watch: Watch,
    run: () => Promise<unknown>,
    each: (phase: CallPhase) => void,
): Promise<unknown> {
    const falls: Error[] = [];
    faults.onCall = (event) => {
        try {
            watch(`${event.phase} ${event.call}`);
        } catch (error) {
            falls.push(asError(error));
        }
        each(event);
    };
    const error: unknown = await run().then(
        () => undefined,
        (reason: unknown) => reason,
    );
    faults.onCall = undefined;
    const [fall] = falls;
    if (fall !== undefined) throw fall;
    return error;
}

function asError(error: unknown): Error {
    return error instanceof Error ? error : new Error(String(error));
}
