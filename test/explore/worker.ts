/** One process of the explorer: prepares the deployments once, then does the tasks that it is sent. */
import { doTask, preparedAll, type Task } from "./plans";
import type { Report } from "./workers";

function report(message: Report): void {
    process.send?.(message);
}

const ready = preparedAll();

process.on("message", (task: Task) => {
    ready
        .then((prepared) => doTask(prepared, task))
        .then(
            (runs) => {
                report({ runs });
            },
            (error: unknown) => {
                const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
                report({ failure: text });
            },
        );
});
// Left alone, it ends.
process.on("disconnect", () => process.exit());
