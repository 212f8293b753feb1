/** What benchmarks start and make, all of it ended and removed when the run is over. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { startOutscaleEmulator, type RunningEmulator } from "../emulators/outscale";
import type { Progress } from "../tools/progress";
import { findPulumi } from "../tools/pulumi/cli";
import type { StackConfig } from "../tools/pulumi/config";
import { openStack, type EngineStack } from "../tools/pulumi/engine";

/** The project of every stack that is measured. */
export const PROJECT = "portcullis-bench";

/** One benchmark's surroundings. `close` ends what is still running, and may be called at any moment. */
export class Scope {
    readonly #closers: (() => Promise<void> | void)[] = [];

    constructor(readonly progress: Progress) {}

    /** A fresh folder. */
    folder(): string {
        const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
        this.#closers.push(() => {
            rmSync(folder, { recursive: true, force: true });
        });
        return folder;
    }

    /** Does this, too, when it is closed: before what was made earlier is removed. */
    onClose(end: () => Promise<void> | void): void {
        this.#closers.push(end);
    }

    /** An emulated account in this process. */
    async emulator(): Promise<RunningEmulator> {
        const emulator = await startOutscaleEmulator({ directory: this.folder() });
        this.#closers.push(() => emulator.stop());
        return emulator;
    }

    /** A stack on the real engine, with its own backend; it works on the emulated account where one is given. */
    async stack(name: string, program: PulumiFn, emulator?: RunningEmulator): Promise<EngineStack> {
        const cli = await findPulumi({ progress: this.progress });
        const stack = await openStack({
            project: PROJECT,
            stack: name,
            program,
            directory: this.folder(),
            workDir: process.cwd(),
            cli,
            ...(emulator && { config: configurationOf(emulator) }),
        });
        this.#closers.push(() => void stack.kill());
        return stack;
    }

    /** Ends and removes everything, what was made last first. */
    async close(): Promise<void> {
        for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) await close();
    }
}

function configurationOf({ endpoint, caFile, region, accessKey, secretKey }: RunningEmulator): StackConfig {
    return {
        "outscale:endpoint": endpoint,
        "outscale:caFile": caFile,
        "outscale:region": region,
        "outscale:accessKeyId": accessKey,
        "outscale:secretKeyId": { secret: secretKey },
    };
}
