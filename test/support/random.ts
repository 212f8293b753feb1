/** Small seeded randomness for tests: a failing run is named by its seed. */

export interface Random {
    /** In [0, 1). */
    next(): number;
    /** A whole number in [0, below). */
    below(below: number): number;
    pick<T>(items: readonly T[]): T;
    chance(probability: number): boolean;
}

/** Mulberry32, public domain by its author Tommy Ettinger. */
export function seeded(seed: number): Random {
    let state = seed >>> 0;
    const next = (): number => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
    const below = (limit: number): number => Math.floor(next() * limit);
    return {
        next,
        below,
        pick: (items) => {
            const item = items[below(items.length)];
            if (item === undefined) throw new Error("nothing to pick from");
            return item;
        },
        chance: (probability) => next() < probability,
    };
}
