/** Runs a program inside this process, and closes the connections to the engine that it leaves open. */
import type { PulumiFn } from "@pulumi/pulumi/automation";

export interface InlineProgram {
    readonly program: PulumiFn;
    /** Closes them, for when the run has ended. A call made later fails as one to an engine that is gone. */
    readonly close: () => void;
}

interface Closable {
    close(): void;
}

/**
 * The runtime opens two channels to the engine for each run of an inline program, and closes neither: over many runs they
 * add up. One whose engine is gone goes on trying to connect, and the gRPC library shares such tries by address: a later
 * engine of this process that is given the same port would be taken for gone ("No connection established").
 */
export async function inlineProgram(program: PulumiFn): Promise<InlineProgram> {
    const { runtime } = await import("@pulumi/pulumi");
    const open = new Set<Closable>();
    return {
        program: () => {
            // As clients of the gRPC library both have `close`, which the runtime's own interfaces leave out.
            const clients = [runtime.getMonitor(), runtime.getEngine()] as (Partial<Closable> | undefined)[];
            for (const client of clients) if (client?.close !== undefined) open.add(client as Closable);
            return program();
        },
        close: () => {
            for (const client of open) client.close();
            open.clear();
        },
    };
}
