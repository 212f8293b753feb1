/** Runs programs on the real Pulumi engine, inline or as plain projects, with a local backend and a time limit on every run. */
import type { Deployment, EngineEvent, OutputMap, PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { inlineProgram } from "../../sdk/fleet/inline";
import { isOwnChild, killTree } from "./processes";
import { failed, killed, timedOut, type EngineError, type Operation } from "./engine-error";
import { record, type Report, type ResourceEvent } from "./events";
import { ignoreOrphans } from "./orphans";
import type { PulumiCli } from "./cli";
import type { StackConfig } from "./config";
import type { Plugins } from "./plugins";
import { prepare, type Place } from "./workspace";

export interface StackOptions {
    readonly project: string;
    readonly stack: string;
    readonly program: PulumiFn;
    /**
     * The files of a project that says what a program says: every run is then a plain one of that project, by the Node
     * language host of a whole Pulumi installation. Programs run inline, in this process, unless given.
     */
    readonly asProject?: AsProject;
    /** Folder of this stack alone: backend, PULUMI_HOME, project file, launchers. Made if missing. */
    readonly directory: string;
    /** Folder whose node_modules the program and its dynamic resources use. Nothing is written there. */
    readonly workDir: string;
    readonly config?: StackConfig;
    /** Added to this process's environment for the engine and its plugins. */
    readonly environment?: Readonly<Record<string, string>>;
    readonly cli: PulumiCli;
    /** Where provider plugins come from, as `choosePlugins` found. None unless given. */
    readonly plugins?: Plugins;
    /** Milliseconds that any run may take. Two minutes unless given. */
    readonly limit?: number;
    /** Encrypts the state's secrets. */
    readonly passphrase?: string;
}

/** Files by their names: `index.js`, and what it needs. */
export type AsProject = (program: PulumiFn) => Readonly<Record<string, string>>;

export interface RunOptions {
    /** Called as the engine reports, while the run goes on; may call `kill()`. */
    readonly onEvent?: (event: ResourceEvent) => void;
    readonly onOutput?: (text: string) => void;
    /** Milliseconds that this run may take, in place of the stack's limit. */
    readonly limit?: number;
    /** Refreshes state before the operation. */
    readonly refresh?: boolean;
    /** Shows property differences in `stdout`. */
    readonly diff?: boolean;
}

export interface ProgramRunOptions extends RunOptions {
    /** Folders of policy packs that judge the run. None unless given. */
    readonly policyPacks?: readonly string[];
    /** Files of those packs' configuration, JSON, in the same order. */
    readonly policyPackConfigs?: readonly string[];
    /** Runs this program in place of the stack's own, this time. */
    readonly program?: PulumiFn;
}

export interface UpOptions extends ProgramRunOptions {
    /** Whether to read the outputs afterwards, which takes most of a second. True unless given. */
    readonly outputs?: boolean;
}

export interface RefreshOptions extends RunOptions {
    /** Takes creates that a kill interrupted off the list of pending operations; other kinds leave it by themselves. */
    readonly clearPendingCreates?: boolean;
}

export interface RunResult extends Readonly<Report> {
    readonly stdout: string;
    readonly stderr: string;
}

export interface UpResult extends RunResult {
    /** The program's outputs: `value` in clear text, and whether it is `secret`. */
    readonly outputs: OutputMap;
}

/**
 * A stack on the real engine. Its methods reject with `EngineError` where the engine fails, is killed, or does not
 * end in time; they never ask anything. One run at a time; different stacks may run at once.
 */
export interface EngineStack {
    preview(options?: ProgramRunOptions): Promise<RunResult>;
    up(options?: UpOptions): Promise<UpResult>;
    refresh(options?: RefreshOptions): Promise<RunResult>;
    destroy(options?: RunOptions): Promise<RunResult>;
    /**
     * Unlocks the stack after a run was killed. The state lists what was in work as pending operations: the next `up`
     * warns of each and goes on, calling `create` again for a pending create. The list stays, with its warnings,
     * until `refresh({ clearPendingCreates: true })`.
     */
    cancel(): Promise<void>;
    /** The state; secrets in it stay encrypted. */
    exportState(): Promise<Deployment>;
    importState(state: Deployment): Promise<void>;
    /**
     * Kills (SIGKILL) the engine of the run in progress and all its plugins, before it returns: no further call leaves
     * them. Gives the ids of the processes killed; none where nothing runs. The run rejects with reason "killed".
     */
    kill(): readonly number[];
    /** The id of the engine's process while a run is in progress. */
    pid(): number | undefined;
}

const LIMIT = 120_000;
/** How long a run that is out of time may take to end by itself, which leaves no lock. */
const GRACE = 5_000;
/** How long a program may go on talking to its engine once the run has ended. */
const LAST_WORDS = 1_000;
const RUNS_PROGRAM: readonly Operation[] = ["preview", "up"];

/** Opens a stack, creating it in `directory` where it does not exist yet. */
export async function openStack(options: StackOptions): Promise<EngineStack> {
    const place = await prepare(options);
    return new OpenStack(place.stack, place, options, options.limit ?? LIMIT);
}

interface Printed {
    readonly stdout: string;
    readonly stderr: string;
}

interface Run {
    ended: "killed" | "timed out" | undefined;
}

class OpenStack implements EngineStack {
    private run: Run | undefined;

    constructor(
        private readonly stack: Stack,
        private readonly place: Place,
        private readonly source: Pick<StackOptions, "program" | "asProject">,
        private readonly limit: number,
    ) {}

    preview(options: ProgramRunOptions = {}): Promise<RunResult> {
        return this.start("preview", options, (common) => this.stack.preview(common));
    }

    async up(options: UpOptions = {}): Promise<UpResult> {
        let outputs: OutputMap = {};
        const result = await this.start("up", options, async (common) => {
            const done = await this.stack.up(common);
            if (options.outputs !== false) outputs = await this.place.outputs();
            return done;
        });
        return { ...result, outputs };
    }

    refresh(options: RefreshOptions = {}): Promise<RunResult> {
        const { clearPendingCreates = false } = options;
        return this.start("refresh", options, (common) =>
            this.stack.refresh({ ...common, clearPendingCreates }),
        );
    }

    destroy(options: RunOptions = {}): Promise<RunResult> {
        return this.start("destroy", options, (common) => this.stack.destroy(common));
    }

    async cancel(): Promise<void> {
        await this.start("cancel", {}, async () => {
            await this.stack.cancel();
            return undefined;
        });
    }

    async exportState(): Promise<Deployment> {
        // The Automation API's own export decrypts every secret.
        const { stdout } = await this.start("export", {}, async () => {
            const end = await this.place.command(["stack", "export"], this.limit);
            if (end.code !== 0) throw new Error(end.stderr);
            return end;
        });
        // `pulumi stack export` prints exactly this type.
        return JSON.parse(stdout) as Deployment;
    }

    async importState(state: Deployment): Promise<void> {
        await this.start("import", {}, async () => {
            await this.stack.importStack(state);
            return undefined;
        });
    }

    pid(): number | undefined {
        const pid = this.run && this.place.enginePid();
        return pid !== undefined && isOwnChild(pid) ? pid : undefined;
    }

    kill(): readonly number[] {
        const pid = this.pid();
        if (pid === undefined || !this.run) return [];
        this.run.ended ??= "killed";
        ignoreOrphans();
        return killTree(pid);
    }

    private async start(
        operation: Operation,
        options: ProgramRunOptions,
        work: (common: CommonOptions) => Promise<Printed | undefined>,
    ): Promise<RunResult> {
        if (this.run)
            throw new Error(`pulumi ${operation}: another run of this stack is in progress. Await it first.`);
        const run: Run = { ended: undefined };
        this.run = run;
        const report: Report = { changes: {}, resources: [], diagnostics: [], violations: [] };
        const limit = options.limit ?? this.limit;
        const stop = new AbortController();
        const program = options.program ?? this.source.program;
        const connection = await inlineProgram(program);
        const timers = [
            setTimeout(() => {
                run.ended ??= "timed out";
                stop.abort();
            }, limit),
            setTimeout(() => this.kill(), limit + GRACE),
        ];
        try {
            const files = this.source.asProject?.(program);
            if (files) this.place.write(files);
            const inline = files === undefined && RUNS_PROGRAM.includes(operation);
            const done = await work({
                ...common(options, report, stop.signal),
                ...(inline && { program: connection.program }),
                ...packsOf(options),
            });
            return { ...report, stdout: done?.stdout ?? "", stderr: done?.stderr ?? "" };
        } catch (error) {
            throw await this.explain(operation, report, run, limit, error);
        } finally {
            timers.forEach(clearTimeout);
            // A program that failed still has something to log; one whose engine was killed has nobody to tell.
            if (run.ended === undefined) setTimeout(connection.close, LAST_WORDS).unref();
            else connection.close();
            this.run = undefined;
        }
    }

    private async explain(
        operation: Operation,
        report: Report,
        run: Run,
        limit: number,
        cause: unknown,
    ): Promise<EngineError> {
        switch (run.ended) {
            case undefined:
                return failed(operation, report, cause);
            case "killed":
                this.place.mend();
                return killed(operation, report);
            case "timed out":
                // The engine is gone: if it had to be killed, the lock that it left protects nothing.
                this.place.mend();
                await this.stack.cancel().catch(() => undefined);
                return timedOut(operation, report, limit);
        }
    }
}

type CommonOptions = ReturnType<typeof common> & ReturnType<typeof packsOf> & { readonly program?: PulumiFn };

/** The policy packs of one run as the Automation API takes them: it asks for lists that may be changed. */
function packsOf({ policyPacks, policyPackConfigs }: ProgramRunOptions) {
    return {
        ...(policyPacks && { policyPacks: [...policyPacks] }),
        ...(policyPackConfigs && { policyPackConfigs: [...policyPackConfigs] }),
    };
}

/** The options of one run as the Automation API takes them. */
function common(options: RunOptions, report: Report, signal: AbortSignal) {
    return {
        color: "never" as const,
        signal,
        onEvent: (event: EngineEvent) => {
            const resource = record(report, event);
            if (resource) options.onEvent?.(resource);
        },
        ...(options.onOutput && { onOutput: options.onOutput }),
        ...(options.refresh !== undefined && { refresh: options.refresh }),
        ...(options.diff !== undefined && { diff: options.diff }),
    };
}
