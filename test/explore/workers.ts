/** The explorer's processes, one a core: each takes the next task as soon as it is done with one. */
import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Task } from "./plans";

/** What a process says after a task: how many runs it made, or which one failed and why. */
export type Report = { readonly runs: number } | { readonly failure: string };

/** Each holds some hundred megabytes. */
const MOST = 8;

/** Starts the processes; `stop` ends them. */
export class Workers {
    readonly #children: readonly ChildProcess[];

    constructor(count = Math.min(availableParallelism(), MOST)) {
        this.#children = Array.from({ length: count }, () =>
            fork(join(__dirname, "worker.ts"), { execArgv: ["--require", "tsx/cjs"] }),
        );
    }

    public get count(): number {
        return this.#children.length;
    }

    /**
     * Does all tasks and gives the number of their runs.
     * @throws Error of the first run that fails; what else was begun is left
     */
    public async doAll(tasks: readonly Task[]): Promise<number> {
        const waiting = [...tasks];
        let runs = 0;
        await Promise.all(
            this.#children.map(async (child) => {
                for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
                    const report = await ask(child, task);
                    if ("failure" in report) throw new Error(report.failure);
                    runs += report.runs;
                }
            }),
        );
        return runs;
    }

    public stop(): void {
        for (const child of this.#children) child.kill();
    }
}

function ask(child: ChildProcess, task: Task): Promise<Report> {
    return new Promise((done, fail) => {
        const onMessage = (message: unknown): void => {
            child.off("exit", onExit);
            // The worker sends nothing else.
            done(message as Report);
        };
        const onExit = (code: number | null): void => {
            child.off("message", onMessage);
            fail(
                new Error(`a process of the explorer ended with ${String(code)} at ${JSON.stringify(task)}`),
            );
        };
        child.once("message", onMessage);
        child.once("exit", onExit);
        if (child.exitCode === null) child.send(task);
        else onExit(child.exitCode);
    });
}
