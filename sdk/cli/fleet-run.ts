/** Runs a fleet's operation in a process of its own, which Ctrl-C does not reach: the engines below it end in peace. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { PortcullisError } from "../../provider/errors";
import { driveFleet, readFleet, type FleetOperation } from "../fleet";
import { createDisplay, jsonDisplay } from "../fleet/display";
import { selectAccounts } from "../fleet/select";
import type { RunFlags } from "./fleet";

type Message = "stop" | "interrupt";

/**
 * Does the work in the worker; elsewhere starts that, and passes signals on: after the first nothing new is begun, the
 * second interrupts the engines. A terminal sends Ctrl-C to every process of its group, so the worker has its own.
 */
export async function runApart(operation: FleetOperation, file: string, flags: RunFlags): Promise<void> {
    if (process.env.PORTCULLIS_FLEET_WORKER === "1" && process.connected) {
        // What the worker starts is no worker.
        delete process.env.PORTCULLIS_FLEET_WORKER;
        await work(operation, file, flags).finally(() => {
            process.disconnect();
        });
        return;
    }
    const [, script = "", ...args] = process.argv;
    const worker = fork(script, args, {
        detached: true,
        env: { ...process.env, PORTCULLIS_FLEET_WORKER: "1" },
    });
    const exited = once(worker, "exit");
    let signals = 0;
    const pass = (): void => {
        signals += 1;
        const message: Message = signals === 1 ? "stop" : "interrupt";
        if (worker.connected) worker.send(message);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, pass);
    const [code] = (await exited) as [number | null];
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, pass);
    process.exitCode = code ?? 1;
}

async function work(operation: FleetOperation, file: string, flags: RunFlags): Promise<void> {
    const fleet = readFleet(file);
    const { only, parallel, retries, canary, stopAfter, timeout } = flags;
    const total = selectAccounts(fleet.accounts, only).length;
    if (operation === "destroy" && flags.yes !== true) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "yes",
            problem: `This would destroy the stacks of ${total} accounts, and was not begun.`,
            remedy: "Give `--yes` if that is what you mean, and `--only` if you mean fewer.",
        });
    }
    const stop = new AbortController();
    const interrupt = new AbortController();
    const display =
        flags.json === true
            ? jsonDisplay(process.stdout)
            : createDisplay(process.stdout, { operation, total });
    const halt = (): void => {
        if (stop.signal.aborted) return;
        stop.abort();
        display.note(
            "Interrupted: what runs may end, and nothing new is begun. Once more interrupts what runs.",
        );
    };
    process.on("message", (message: Message) => {
        if (message === "interrupt") interrupt.abort();
        halt();
    });
    // The process that was asked is gone: nobody is there any more to stop this.
    process.once("disconnect", halt);
    const report = await driveFleet(fleet, operation, {
        ...(only !== undefined && { only }),
        ...(parallel !== undefined && { parallel }),
        ...(retries !== undefined && { retries }),
        ...(canary !== undefined && { canary }),
        ...(stopAfter !== undefined && { stopAfter }),
        ...(timeout !== undefined && { limit: timeout }),
        onEvent: display.tell,
        stop: stop.signal,
        interrupt: interrupt.signal,
    });
    process.off("disconnect", halt);
    display.end(report);
    if (!report.succeeded) process.exitCode = 1;
}
