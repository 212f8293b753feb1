/** The decisions of a rollout: which accounts may begin now, whether one is tried again, and when it all ends. */
import type { RolloutRules } from "./fleet";

/** How one try ended; `transient` where the next may end differently by itself. */
export type TryEnd = "succeeded" | "refused" | "transient";

/** Why no account is begun any more. */
export type Halt =
    /** A canary failed. */
    | "canary"
    /** As many accounts failed as the rules bear. */
    | "failures"
    /** Somebody said so. */
    | "interrupted";

/** Where an account stands; `resting` between two tries. */
export type Standing = "waiting" | "running" | "resting" | "succeeded" | "failed";

interface Entry {
    readonly canary: boolean;
    standing: Standing;
    tries: number;
}

/**
 * One rollout over accounts numbered from 0, in their order. It holds no clock and does no work: it is told what
 * happened, and says what may happen next.
 */
export class Rollout {
    private readonly entries: readonly Entry[];
    private halted: Halt | undefined;

    constructor(
        count: number,
        private readonly rules: Required<RolloutRules>,
    ) {
        this.entries = Array.from({ length: count }, (_, index) => ({
            canary: index < rules.canary,
            standing: "waiting" as const,
            tries: 0,
        }));
    }

    public get halt(): Halt | undefined {
        return this.halted;
    }

    public standing(index: number): Standing {
        return this.entry(index).standing;
    }

    /** How often an account was begun. */
    public tries(index: number): number {
        return this.entry(index).tries;
    }

    /** The accounts to begin now, in their order: no more than there is room for, and canaries before all others. */
    public startable(): readonly number[] {
        if (this.halted !== undefined) return [];
        const room = this.rules.parallel - this.count("running");
        const canariesOpen = this.entries.some(({ canary, standing }) => canary && standing !== "succeeded");
        return this.entries
            .flatMap(({ canary, standing }, index) =>
                standing === "waiting" && (canary || !canariesOpen) ? [index] : [],
            )
            .slice(0, Math.max(0, room));
    }

    public begin(index: number): void {
        const entry = this.entry(index);
        entry.standing = "running";
        entry.tries += 1;
    }

    /** Notes how a try ended; says whether the account rests now, to be tried again after `rested`. */
    public end(index: number, how: TryEnd): "rests" | "ended" {
        const entry = this.entry(index);
        if (how === "succeeded") {
            entry.standing = "succeeded";
            return "ended";
        }
        if (how === "transient" && entry.tries <= this.rules.retries && this.halted === undefined) {
            entry.standing = "resting";
            return "rests";
        }
        this.fail(entry);
        return "ended";
    }

    /** The rest of an account is over: it waits for its turn again, or has failed where nothing is begun any more. */
    public rested(index: number): void {
        const entry = this.entry(index);
        if (entry.standing !== "resting") return;
        if (this.halted === undefined) entry.standing = "waiting";
        else this.fail(entry);
    }

    /** Ends the rollout: what runs may end, and nothing more is begun. The first reason stays. */
    public stop(why: Halt): void {
        this.halted ??= why;
    }

    /** Whether nothing runs, and nothing will. */
    public get over(): boolean {
        const busy = this.count("running") + this.count("resting");
        return busy === 0 && (this.halted !== undefined || this.count("waiting") === 0);
    }

    private fail(entry: Entry): void {
        entry.standing = "failed";
        if (entry.canary) this.stop("canary");
        if (this.count("failed") >= this.rules.stopAfter) this.stop("failures");
    }

    private count(standing: Standing): number {
        return this.entries.filter((entry) => entry.standing === standing).length;
    }

    private entry(index: number): Entry {
        const entry = this.entries[index];
        if (entry === undefined) throw new RangeError(`There is no account number ${index}.`);
        return entry;
    }
}
