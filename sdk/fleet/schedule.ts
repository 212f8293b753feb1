/** Carries a rollout out: begins what the decisions allow, waits between tries, and tells how each account ended. */
import type { RolloutRules } from "./fleet";
import { Rollout, type Halt, type TryEnd } from "./rollout";

/** What one try came to. */
export interface Attempt<Result> {
    readonly how: TryEnd;
    readonly result: Result;
}

/** How one account ended; without a `result` it was never begun. */
export interface Scheduled<Job, Result> {
    readonly job: Job;
    readonly outcome: "succeeded" | "failed" | "not begun";
    readonly tries: number;
    /** Of the last try. */
    readonly result?: Result;
}

export interface Schedule<Job, Result> {
    readonly accounts: readonly Scheduled<Job, Result>[];
    /** Why accounts were left out; nothing where every account was begun. */
    readonly halt?: Halt;
}

export interface ScheduleOptions<Job, Result> {
    readonly rules: Required<RolloutRules>;
    /** One try; it never rejects. `tried` counts from 1. */
    readonly run: (job: Job, tried: number) => Promise<Attempt<Result>>;
    /** Waits before the next try of an account, `tried` tries after which it failed; ends early on `signal`. */
    readonly rest: (tried: number, signal: AbortSignal) => Promise<void>;
    readonly onRest?: (job: Job, result: Result, tried: number) => void;
    readonly onEnd?: (ended: Scheduled<Job, Result>) => void;
    /** Begins nothing new once it is aborted; what runs is let run. */
    readonly signal?: AbortSignal;
}

/** Runs every job once, or as often as its transient failures and the rules allow; resolves when nothing runs. */
export function schedule<Job, Result>(
    jobs: readonly Job[],
    options: ScheduleOptions<Job, Result>,
): Promise<Schedule<Job, Result>> {
    const rollout = new Rollout(jobs.length, options.rules);
    const results = new Map<number, Result>();
    /** Ends the rests: nobody is tried again once the rollout has halted. */
    const halted = new AbortController();

    const summary = (job: Job, index: number): Scheduled<Job, Result> => {
        const standing = rollout.standing(index);
        const outcome = standing === "succeeded" || standing === "failed" ? standing : "not begun";
        const known = results.get(index);
        return {
            job,
            outcome,
            tries: rollout.tries(index),
            ...(known !== undefined && { result: known }),
        };
    };

    return new Promise((resolve, reject) => {
        const interrupt = (): void => {
            rollout.stop("interrupted");
            proceed();
        };
        const proceed = (): void => {
            if (rollout.halt !== undefined) halted.abort();
            // One by one: what is begun may itself end the rollout.
            for (let [next] = rollout.startable(); next !== undefined; [next] = rollout.startable()) {
                // Indexes that the rollout gives are those of the jobs.
                attempt(next, jobs[next] as Job).catch(reject);
            }
            if (!rollout.over) return;
            options.signal?.removeEventListener("abort", interrupt);
            const accounts = jobs.map(summary);
            const left = accounts.some(({ outcome }) => outcome === "not begun");
            resolve({ accounts, ...(left && rollout.halt !== undefined && { halt: rollout.halt }) });
        };
        const attempt = async (index: number, job: Job): Promise<void> => {
            rollout.begin(index);
            const tried = rollout.tries(index);
            const { how, result } = await options.run(job, tried);
            results.set(index, result);
            if (rollout.end(index, how) === "rests") {
                options.onRest?.(job, result, tried);
                proceed();
                await options.rest(tried, halted.signal);
                rollout.rested(index);
            }
            const standing = rollout.standing(index);
            if (standing === "succeeded" || standing === "failed") options.onEnd?.(summary(job, index));
            proceed();
        };
        if (options.signal?.aborted === true) rollout.stop("interrupted");
        options.signal?.addEventListener("abort", interrupt);
        proceed();
    });
}
