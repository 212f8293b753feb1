/** Runs the program inside this process, and closes what it leaves open. */
import type { PulumiFn } from "@pulumi/pulumi/automation";

export interface InlineProgram {
    readonly program: PulumiFn;
    /** For when the run has ended. */
    readonly close: () => void;
}

interface Closable {
    close(): void;
}

/** How long a program that failed may go on telling its engine why, in milliseconds. */
const LAST_WORDS = 1_000;

/**
 * The runtime opens two channels to the engine for each run and closes neither: over hundreds of accounts they add up,
 * and one that still looks for its engine disturbs a later one that is given the same port.
 */
export async function inlineProgram(program: PulumiFn): Promise<InlineProgram> {
    const { runtime } = await import("@pulumi/pulumi");
    const open = new Set<Closable>();
    return {
        program: () => {
            // Clients of the gRPC library have `close`, which the runtime's own interfaces leave out.
            const clients = [runtime.getMonitor(), runtime.getEngine()] as (Partial<Closable> | undefined)[];
            for (const client of clients) if (client?.close !== undefined) open.add(client as Closable);
            return program();
        },
        close: () => {
            setTimeout(() => {
                for (const client of open) client.close();
            }, LAST_WORDS).unref();
        },
    };
}
