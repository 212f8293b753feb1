/** Closes the connections to the engine that an inline program leaves open. */
import { runtime } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

export interface Connected {
    /** Runs the program and remembers its connections. */
    readonly program: PulumiFn;
    /** Closes them: for when the run has ended. A call made later than that fails as one to an engine that is gone. */
    readonly close: () => void;
}

/**
 * The runtime opens two channels for each run of an inline program, and closes neither. One whose engine was killed goes
 * on trying to connect, and the gRPC library shares such tries by address: a later engine of this process that is given
 * the same port would be taken for gone ("No connection established").
 */
export function connected(program: PulumiFn): Connected {
    const open = new Set<Closable>();
    return {
        program: () => {
            // As clients of the gRPC library both have `close`, which the runtime's interfaces leave out.
            const clients = [runtime.getMonitor(), runtime.getEngine()] as (Partial<Closable> | undefined)[];
            for (const client of clients) if (client?.close) open.add(client as Closable);
            return program();
        },
        close: () => {
            for (const client of open) client.close();
            open.clear();
        },
    };
}

interface Closable {
    close(): void;
}
