/** Work on several deployments at a time: each lane is one of them, and takes the next job when it is done with the last. */

/** Two engines at a time keep two cores busy. */
export const LANES = 2;

export type Job<Lane> = (lane: Lane) => Promise<void>;

/** Works through the jobs until one fails, and throws its error once every lane has come to its end. */
export async function inLanes<Lane>(lanes: readonly Lane[], jobs: readonly Job<Lane>[]): Promise<void> {
    const left = [...jobs];
    const failures: Error[] = [];
    const work = async (lane: Lane): Promise<void> => {
        for (let job = left.shift(); job !== undefined && failures.length === 0; job = left.shift()) {
            try {
                await job(lane);
            } catch (error) {
                failures.push(error instanceof Error ? error : new Error(String(error)));
            }
        }
    };
    // No lane is left behind in the middle of a run.
    await Promise.all(lanes.map(work));
    const [failure] = failures;
    if (failure !== undefined) throw failure;
}
