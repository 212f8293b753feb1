/** A measured figure: a ratio of two things measured side by side in one run, and whether it meets its goal. */
import type { Scope } from "./scope";

/** What a ratio should be: small where less is better (bytes, time, calls), large where more is (a rate). */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** What a benchmark found. */
export interface Measured {
    /** The subject over the baseline. */
    readonly ratio: number;
    /** The two sides in their own units, for people. */
    readonly detail: string;
    /** Why the goal is missed whatever the ratio; absent unless it is so. */
    readonly shortfall?: string;
}

/** One figure, and the way to measure it. */
export interface Benchmark {
    readonly name: string;
    readonly goal: Goal;
    /** Measures both sides; throws where one of them did not do what it should have. */
    measure(scope: Scope): Promise<Measured>;
}

export interface Figure {
    readonly name: string;
    /** Rounded to three decimals; the goal is compared with the rounded value. */
    readonly ratio: number;
    readonly goal: Goal;
    readonly met: boolean;
    readonly detail: string;
}

/** Judges what was measured. */
export function figureOf({ name, goal }: Omit<Benchmark, "measure">, measured: Measured): Figure {
    const ratio = Math.round(measured.ratio * 1_000) / 1_000;
    const reached = "atMost" in goal ? ratio <= goal.atMost : ratio >= goal.atLeast;
    const { detail, shortfall } = measured;
    return {
        name,
        ratio,
        goal,
        met: reached && shortfall === undefined,
        detail: shortfall === undefined ? detail : `${detail}; ${shortfall}`,
    };
}

/** The middle of the values; the mean of the middle two where their number is even. Throws where there are none. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((one, other) => one - other);
    const upper = sorted[Math.floor(sorted.length / 2)];
    const lower = sorted[Math.floor((sorted.length - 1) / 2)];
    if (upper === undefined || lower === undefined) throw new RangeError("the median of no values");
    return (lower + upper) / 2;
}
