/** One emulated account and one stack of the real engine that deploys onto it, opened and closed together. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Context } from "mocha";
import type { Deployment as StackState, PulumiFn } from "@pulumi/pulumi/automation";
import {
    startOutscaleEmulator,
    type AccountState,
    type OutscaleAccountOptions,
    type RunningEmulator,
} from "../../emulators/outscale";
import { findPulumi } from "../../tools/pulumi/cli";
import type { StackConfig } from "../../tools/pulumi/config";
import { openStack, type EngineStack, type RunResult } from "../../tools/pulumi/engine";
import type { Plugins } from "../../tools/pulumi/plugins";
import { asProject } from "./account-program";
import { StagedAccount } from "./staged-account";

/** The address that all calls come from: no backup range or Cockpit holds it. */
export const OUTSIDE = "203.0.113.9";

/** Milliseconds that mocha gives what opens deployments: a new machine builds the CLI first. */
export const OPENING = 30 * 60_000;

/** Whether programs run as plain projects, by the Node language host, in place of inline ones. */
const PLAIN = process.env.PORTCULLIS_PLAIN === "1";

/** Skips what cannot run plainly: its programs are functions of the test. */
export function skipWherePlain(context: Context): void {
    if (!PLAIN) return;
    console.log("    skipped: its programs are functions of the test, and no projects");
    context.skip();
}

const WORK_DIR = resolve(__dirname, "..", "..");

/** Variables of this machine that would lead a run to another account than the emulated one. */
const FOREIGN = [
    ...["OSC_ACCESS_KEY", "OSC_SECRET_KEY", "OSC_REGION", "OSC_ENDPOINT_API", "OSC_CA_FILE", "OSC_PROFILE"],
    ...["OSC_CONFIG_FILE", "OSC_X509_CLIENT_CERT", "OSC_X509_CLIENT_CERT_B64", "OSC_X509_CLIENT_KEY"],
    ...["OSC_X509_CLIENT_KEY_B64", "OUTSCALE_ACCESSKEYID", "OUTSCALE_SECRETKEYID", "OUTSCALE_REGION"],
    ...["OUTSCALE_OAPI_URL", "OUTSCALE_X509CERT", "OUTSCALE_X509KEY"],
];

export interface DeploymentOptions {
    readonly program: PulumiFn;
    /** Of the emulated account; callers come from `OUTSIDE`. */
    readonly account?: OutscaleAccountOptions;
    /** In place of the configuration that leads to the emulated account. */
    readonly config?: (emulator: RunningEmulator) => StackConfig;
    readonly environment?: Readonly<Record<string, string>>;
    readonly plugins?: Plugins;
    /** Milliseconds that any run may take. */
    readonly limit?: number;
    /** "test" unless given. */
    readonly stack?: string;
}

/** An account and a stack's state at one moment. */
export interface Checkpoint {
    readonly account: AccountState;
    readonly state: StackState;
}

export interface Deployment {
    readonly emulator: RunningEmulator;
    readonly account: StagedAccount;
    readonly stack: EngineStack;
    /** Holds the backend, the stack's configuration and everything else that the engine writes. */
    readonly directory: string;
    /** The folder that the engine and its plugins take for the user's home. */
    readonly home: string;
    checkpoint(): Promise<Checkpoint>;
    /** Goes back to a checkpoint, of this deployment or of another one of the same stack; faults are taken back. */
    restore(point: Checkpoint): Promise<void>;
    close(): Promise<void>;
}

/** The stack's configuration that leads to an emulated account. */
export function configFor(emulator: RunningEmulator): Record<string, string | { readonly secret: string }> {
    return {
        "outscale:endpoint": emulator.endpoint,
        "outscale:caFile": emulator.caFile,
        "outscale:region": emulator.region,
        "outscale:accessKeyId": emulator.accessKey,
        "outscale:secretKeyId": { secret: emulator.secretKey },
    };
}

/** Opens a fresh account and a fresh stack. Nothing of this machine's own OUTSCALE settings reaches it. */
export async function openDeployment(options: DeploymentOptions): Promise<Deployment> {
    if (!existsSync(join(WORK_DIR, "dist", "sdk", "runtime.js"))) {
        throw new Error("The engine runs the built package. Run `npm run build` first.");
    }
    const cli = await findPulumi();
    const directory = mkdtempSync(join(tmpdir(), "portcullis-e2e-"));
    const home = join(directory, "user");
    mkdirSync(home);
    const account = new StagedAccount(options.account);
    const emulator = await startOutscaleEmulator({ account, directory, sourceAddress: OUTSIDE });
    const close = async (): Promise<void> => {
        await emulator.stop();
        rmSync(directory, { recursive: true, force: true });
    };
    try {
        const stack = await openStack({
            project: "gatehouse",
            stack: options.stack ?? "test",
            program: options.program,
            directory,
            workDir: WORK_DIR,
            cli,
            ...(PLAIN ? { asProject } : {}),
            config: (options.config ?? configFor)(emulator),
            environment: {
                ...Object.fromEntries(FOREIGN.map((name) => [name, ""])),
                HOME: home,
                ...options.environment,
            },
            ...(options.plugins === undefined ? {} : { plugins: options.plugins }),
            ...(options.limit === undefined ? {} : { limit: options.limit }),
        });
        return {
            emulator,
            account,
            stack,
            directory,
            home,
            close,
            checkpoint: async () => ({ account: account.snapshot(), state: await stack.exportState() }),
            restore: async ({ account: before, state }) => {
                emulator.faults.reset();
                emulator.faults.onCall = undefined;
                account.alter = undefined;
                account.restore(before);
                await stack.importState(state);
            },
        };
    } catch (error) {
        await close();
        throw error;
    }
}

/** What a run would change or has changed: the counts by operation, without what stayed the same. */
export function changesOf({ changes }: Pick<RunResult, "changes">): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(changes).filter(([operation]) => operation !== "same"));
}
