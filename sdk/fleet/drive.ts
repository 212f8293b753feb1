/** The driver: brings the stacks of a fleet up, or previews, refreshes or destroys them, from one machine. */
import { availableParallelism } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { runAccount, type AccountResult, type EnginePlace, type FleetOperation } from "./engine";
import type { Fleet, RolloutRules } from "./fleet";
import { openProject } from "./project";
import type { Halt } from "./rollout";
import { schedule, type Scheduled } from "./schedule";
import { selectAccounts } from "./select";
import { readAccounts, type ReadAccount } from "./values";

/** What happens, as it happens; none of it holds a secret. */
export type FleetEvent =
    | { readonly event: "begun"; readonly account: string; readonly tried: number }
    | { readonly event: "progress"; readonly account: string; readonly done: number }
    | {
          readonly event: "resting";
          readonly account: string;
          readonly tried: number;
          readonly reasons: readonly string[];
      }
    | ({ readonly event: "ended" } & AccountReport);

export interface AccountReport extends AccountResult {
    readonly account: string;
    readonly stack: string;
    readonly outcome: "succeeded" | "failed" | "not begun";
    readonly tries: number;
    /** Of all tries, and the rests between them. */
    readonly milliseconds: number;
}

export interface FleetReport {
    readonly operation: FleetOperation;
    /** In the order of the fleet. */
    readonly accounts: readonly AccountReport[];
    /** Why accounts were left out; nothing where all were begun. */
    readonly halt?: Halt;
    /** Whether every account succeeded. */
    readonly succeeded: boolean;
}

export interface DriveOptions extends Partial<RolloutRules> {
    /** Names of accounts, or patterns of them with `*` and `?`; all accounts unless given. */
    readonly only?: readonly string[];
    /** Run inside this process, in place of the program that the fleet names. */
    readonly program?: PulumiFn;
    /** Where references to variables are looked up; this process's own environment unless given. */
    readonly variables?: Readonly<Record<string, string | undefined>>;
    /** Added to the environment of every engine. */
    readonly environment?: Readonly<Record<string, string>>;
    /** The folder whose `bin/pulumi` is run; the one on PATH unless given. */
    readonly pulumiRoot?: string;
    /** Milliseconds after which the engine of one try is interrupted: what is in work ends first. An hour unless given. */
    readonly limit?: number;
    readonly onEvent?: (event: FleetEvent) => void;
    /** Begins nothing new once it is aborted, and lets the running ones end. */
    readonly stop?: AbortSignal;
    /** Interrupts the running engines. */
    readonly interrupt?: AbortSignal;
    /** Waits before another try; five seconds, doubled after each, up to a minute, unless given. */
    readonly rest?: (tried: number, signal: AbortSignal) => Promise<void>;
}

const HOUR = 3_600_000;

/**
 * Runs the operation over the fleet and reports on every account. Canaries and `stopAfter` hold where something is
 * changed, `up` and `destroy`; a preview or refresh goes over all accounts, unless the options say otherwise.
 * @throws PortcullisError where nothing could be begun: an account or project that is not there, a secret that is missing.
 */
export async function driveFleet(
    fleet: Fleet,
    operation: FleetOperation,
    options: DriveOptions = {},
): Promise<FleetReport> {
    const selected = selectAccounts(fleet.accounts, options.only);
    const accounts = readAccounts(selected, options.variables ?? process.env);
    const place = await openPlace(fleet, options);
    const begun = new Map<string, number>();
    const tell = options.onEvent ?? (() => undefined);
    const { limit = HOUR, interrupt } = options;
    const report = (ended: Scheduled<ReadAccount, AccountResult>): AccountReport => ({
        account: ended.job.name,
        stack: ended.job.stack,
        outcome: ended.outcome,
        tries: ended.tries,
        changes: ended.result?.changes ?? {},
        reasons: ended.outcome === "failed" ? (ended.result?.reasons ?? []) : [],
        milliseconds: Date.now() - (begun.get(ended.job.name) ?? Date.now()),
    });
    const reports = new Map<string, AccountReport>();
    const { accounts: ended, halt } = await schedule<ReadAccount, AccountResult>(accounts, {
        rules: rulesOf(fleet.rollout, operation, accounts.length, options),
        run: (account, tried) => {
            const { name } = account;
            if (!begun.has(name)) begun.set(name, Date.now());
            tell({ event: "begun", account: name, tried });
            const onProgress = (done: number): void => {
                tell({ event: "progress", account: name, done });
            };
            return runAccount(operation, account, place, { onProgress, interrupt, limit });
        },
        rest: options.rest ?? restFor,
        onRest: ({ name }, { reasons }, tried) => {
            tell({ event: "resting", account: name, tried, reasons });
        },
        onEnd: (each) => {
            const made = report(each);
            reports.set(made.account, made);
            tell({ event: "ended", ...made });
        },
        ...(options.stop !== undefined && { signal: options.stop }),
    });
    return {
        operation,
        accounts: ended.map((each) => reports.get(each.job.name) ?? report(each)),
        ...(halt !== undefined && { halt }),
        succeeded: ended.every(({ outcome }) => outcome === "succeeded"),
    };
}

/** The rules of one rollout: those of the options, else of the fleet, as far as they hold for the operation. */
export function rulesOf(
    rollout: RolloutRules,
    operation: FleetOperation,
    count: number,
    options: Partial<RolloutRules> = {},
): Required<RolloutRules> {
    const changes = operation === "up" || operation === "destroy";
    return {
        canary: options.canary ?? (changes ? rollout.canary : 0),
        stopAfter: options.stopAfter ?? (changes ? rollout.stopAfter : count + 1),
        retries: options.retries ?? rollout.retries,
        parallel: options.parallel ?? rollout.parallel ?? availableParallelism(),
    };
}

async function openPlace(fleet: Fleet, options: DriveOptions): Promise<EnginePlace> {
    const { workDir, name, program } = await openProject(fleet.source, options.program);
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    const root = options.pulumiRoot;
    return {
        workDir,
        project: name,
        program,
        secretsProvider: fleet.secretsProvider,
        environment: {
            ...(fleet.backend !== undefined && { PULUMI_BACKEND_URL: fleet.backend }),
            ...options.environment,
        },
        pulumi: await PulumiCommand.get(root === undefined ? {} : { root }),
    };
}

/** Five seconds and as many at random, doubled after each try, and at most a minute: not all at the same moment. */
async function restFor(tried: number, signal: AbortSignal): Promise<void> {
    const base = Math.min(30_000, 5_000 * 2 ** (tried - 1));
    await wait(base * (1 + Math.random()), undefined, { signal, ref: true }).catch(() => undefined);
}
