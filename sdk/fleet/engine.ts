/** Runs one account's stack on the Pulumi engine, by the Automation API. */
import type { EngineEvent, LocalWorkspace, PulumiCommand, PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { commandIn, setConfig } from "./command";
import { isTransient, reasonsOf, redact, type Reasons } from "./failures";
import { inlineProgram } from "./inline";
import type { TryEnd } from "./rollout";
import type { ReadAccount } from "./values";

export type FleetOperation = "preview" | "up" | "refresh" | "destroy";

/** What all accounts of a fleet share. */
export interface EnginePlace {
    /** The folder of Pulumi.yaml. */
    readonly workDir: string;
    /** The name in Pulumi.yaml. */
    readonly project: string;
    /** Run inside this process; by the project's language host unless given. */
    readonly program?: PulumiFn | undefined;
    readonly secretsProvider?: string | undefined;
    /** Variables of the engine's environment; an account's own win. */
    readonly environment: Readonly<Record<string, string>>;
    readonly pulumi: PulumiCommand;
}

export interface AccountResult {
    /** How many resources of each operation, as the engine summed up: `create`, `same`, … */
    readonly changes: Readonly<Record<string, number>>;
    /** Why it failed; empty where it did not. No secret of the account is among the words. */
    readonly reasons: Reasons;
}

export interface RunAccountOptions {
    /** How many resources are done so far. */
    readonly onProgress?: (done: number) => void;
    /** Interrupts the engine, as Ctrl-C would: what is in work ends, and nothing else is begun. */
    readonly interrupt?: AbortSignal | undefined;
    /** Milliseconds after which the engine is interrupted; a resource that is in work may still take its time to end. */
    readonly limit: number;
}

/** Makes no stack: what is not there cannot be refreshed or destroyed. */
const CREATES: readonly FleetOperation[] = ["preview", "up"];

/** How long a program that failed may go on telling its engine why, in milliseconds. */
const LAST_WORDS = 1_000;

/** One try. Never rejects: what went wrong is in the result. */
export async function runAccount(
    operation: FleetOperation,
    account: ReadAccount,
    place: EnginePlace,
    options: RunAccountOptions,
): Promise<{ readonly how: TryEnd; readonly result: AccountResult }> {
    const report: EngineReport = { changes: {}, errors: [], done: 0 };
    const ending = deadline(options);
    const inline = place.program && (await inlineProgram(place.program));
    try {
        const stack = await openStack(operation, account, place, inline?.program);
        await setConfig(
            account.config,
            place.project,
            commandIn({
                command: place.pulumi.command,
                stack: account.stack,
                workDir: place.workDir,
                environment: { ...place.environment, ...account.environment },
            }),
        );
        ending.signal.throwIfAborted();
        const onEvent = (event: EngineEvent): void => {
            record(report, event);
            options.onProgress?.(report.done);
        };
        await stack[operation]({ color: "never", signal: ending.signal, onEvent });
        return { how: "succeeded", result: { changes: report.changes, reasons: [] } };
    } catch (error) {
        const stopped = ending.why();
        const said = reasonsOf(report.errors, error).map((reason) => redact(reason, account.secrets));
        const reasons = stopped === undefined ? said : [stopped, ...said];
        const how = stopped === undefined && isTransient(reasons) ? "transient" : "refused";
        return { how, result: { changes: report.changes, reasons } };
    } finally {
        ending.clear();
        if (inline !== undefined) setTimeout(inline.close, LAST_WORDS).unref();
    }
}

async function openStack(
    operation: FleetOperation,
    account: ReadAccount,
    place: EnginePlace,
    program: PulumiFn | undefined,
): Promise<Stack> {
    const automation = await import("@pulumi/pulumi/automation/index.js");
    const workspace: LocalWorkspace = await automation.LocalWorkspace.create({
        workDir: place.workDir,
        pulumiCommand: place.pulumi,
        envVars: { ...place.environment, ...account.environment },
        ...(place.secretsProvider !== undefined && { secretsProvider: place.secretsProvider }),
        ...(program !== undefined && { program }),
    });
    const stack = await automation.Stack.select(account.stack, workspace).catch((error: unknown) => {
        if (error instanceof automation.StackNotFoundError && CREATES.includes(operation)) {
            return automation.Stack.create(account.stack, workspace);
        }
        throw error;
    });
    // After every run the Automation API starts the command three more times for outputs and history, which nobody here
    // reads, and which takes as long as a small update itself.
    stack.outputs = () => Promise.resolve({});
    stack.info = () => Promise.resolve(undefined);
    return stack;
}

interface EngineReport {
    changes: Readonly<Record<string, number>>;
    readonly errors: string[];
    done: number;
}

function record(report: EngineReport, event: EngineEvent): void {
    if (event.summaryEvent) report.changes = event.summaryEvent.resourceChanges;
    if (event.resOutputsEvent) report.done += 1;
    if (event.diagnosticEvent?.severity === "error") report.errors.push(event.diagnosticEvent.message);
}

interface Deadline {
    readonly signal: AbortSignal;
    /** The sentence that says why the run was ended; nothing where it was not. */
    readonly why: () => string | undefined;
    readonly clear: () => void;
}

/** One signal for one run: the Automation API never takes its listeners off. */
function deadline({ interrupt, limit }: RunAccountOptions): Deadline {
    const stop = new AbortController();
    let why: string | undefined;
    const end = (sentence: string) => (): void => {
        why ??= sentence;
        stop.abort();
    };
    const interrupted = end("It was interrupted.");
    if (interrupt?.aborted === true) interrupted();
    interrupt?.addEventListener("abort", interrupted);
    const timer = setTimeout(
        end(`It did not end within ${Math.round(limit / 1_000)} s, and was interrupted.`),
        limit,
    );
    return {
        signal: stop.signal,
        why: () => why,
        clear: () => {
            clearTimeout(timer);
            interrupt?.removeEventListener("abort", interrupted);
        },
    };
}
