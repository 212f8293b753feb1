/** Times a subject and its baseline in turns, so that whatever slows the machine for a while slows both. */
import { median, type Measured } from "./figure";

/** The milliseconds that each side of one turn took. */
export interface Pair {
    readonly subject: number;
    readonly baseline: number;
}

export interface Turns {
    readonly atLeast: number;
    readonly atMost: number;
    /** Milliseconds after which no further turn begins, once there are `atLeast`. */
    readonly within: number;
}

/** Runs subject, baseline, subject, baseline, … one at a time. `now` is in milliseconds. */
export async function timePairs(
    subject: () => Promise<unknown>,
    baseline: () => Promise<unknown>,
    turns: Turns,
    now: () => number = () => performance.now(),
): Promise<readonly Pair[]> {
    const time = async (work: () => Promise<unknown>): Promise<number> => {
        const started = now();
        await work();
        return now() - started;
    };
    const pairs: Pair[] = [];
    const started = now();
    while (pairs.length < turns.atLeast || (pairs.length < turns.atMost && now() - started < turns.within)) {
        pairs.push({ subject: await time(subject), baseline: await time(baseline) });
    }
    return pairs;
}

/** The median of the pairs' own ratios: one pair in a bad moment does not decide. */
export function compare(pairs: readonly Pair[]): Measured {
    const ratios = pairs.map(({ subject, baseline }) => subject / baseline);
    const seconds = (side: keyof Pair): string =>
        `${(median(pairs.map((pair) => pair[side])) / 1_000).toFixed(2)} s`;
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    return {
        ratio: median(ratios),
        detail: `${seconds("subject")} against ${seconds("baseline")}, ${pairs.length} pairs, ${range}`,
    };
}
