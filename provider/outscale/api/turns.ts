/** Runs pieces of work one at a time, in the order in which they were asked for. */
import { AsyncLocalStorage } from "node:async_hooks";

/** A turn being taken, and the one around it; work asked for within it queues within it. */
interface Turn {
    readonly owner: Turns;
    readonly within: Turns;
    readonly around: Turn | undefined;
    over: boolean;
}

// One for the whole module: each instance that was ever used slows every promise of the process down.
const current = new AsyncLocalStorage<Turn>();

export class Turns {
    #last: Promise<unknown> = Promise.resolve();

    /** Work that itself takes a turn here runs as part of its own turn, instead of waiting for itself forever. */
    public take<T>(work: () => Promise<T>): Promise<T> {
        const own = this.#turnBeingTaken();
        if (own !== undefined) return own.within.take(work);
        const around = current.getStore();
        const result = this.#last.then(() => this.#run(work, around));
        this.#last = result.catch(() => undefined);
        return result;
    }

    #turnBeingTaken(): Turn | undefined {
        let turn = current.getStore();
        while (turn !== undefined && (turn.owner !== this || turn.over)) turn = turn.around;
        return turn;
    }

    async #run<T>(work: () => Promise<T>, around: Turn | undefined): Promise<T> {
        const turn: Turn = { owner: this, within: new Turns(), around, over: false };
        try {
            return await current.run(turn, work);
        } finally {
            turn.over = true;
        }
    }
}
