/** Shares reads: identical reads in flight are one, and a recent answer may serve again until something changes. */

interface Answer {
    readonly value: unknown;
    readonly completedAt: number;
}

/** What is known between two changes. */
interface Generation {
    readonly inFlight: Map<string, Promise<unknown>>;
    readonly answers: Map<string, Answer>;
}

export class Flights {
    #generation: Generation = { inFlight: new Map(), answers: new Map() };

    /**
     * Joins the read of the same key that is in flight, or takes its answer if that is at most `maxAgeMs` old, or
     * begins a new one by `fetch`. A key stands for one type of answer.
     */
    public read<T>(key: string, maxAgeMs: number, now: () => Date, fetch: () => Promise<T>): Promise<T> {
        const { inFlight, answers } = this.#generation;
        const answer = answers.get(key);
        if (answer !== undefined && maxAgeMs > 0 && now().getTime() - answer.completedAt <= maxAgeMs) {
            // Callers use one key for one type of answer.
            return Promise.resolve(answer.value as T);
        }
        const joined = inFlight.get(key);
        // As above.
        if (joined !== undefined) return joined as Promise<T>;
        const flight = fetch()
            .then((value) => {
                answers.set(key, { value, completedAt: now().getTime() });
                return value;
            })
            .finally(() => inFlight.delete(key));
        inFlight.set(key, flight);
        return flight;
    }

    /**
     * Makes a change. No read that begins after the change has begun, or after it has ended, shares anything with one
     * that began before that moment.
     */
    public async change<T>(make: () => Promise<T>): Promise<T> {
        this.#startGeneration();
        try {
            return await make();
        } finally {
            this.#startGeneration();
        }
    }

    #startGeneration(): void {
        this.#generation = { inFlight: new Map(), answers: new Map() };
    }
}
