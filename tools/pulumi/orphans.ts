/** Keeps what is left of a killed run's program from being taken for the failure of another run in this process. */

/** What the gRPC library says of a server that is gone: CANCELLED, UNAVAILABLE. */
const GONE: readonly unknown[] = [1, 14];

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

let ignoring = false;

/**
 * From the first kill on, drops rejections that nobody handles where they say that an engine is gone. An inline
 * program runs in this process and outlives its engine by the calls that it still had to make; the Automation API
 * blames every such rejection on whatever runs at that moment. A run whose own engine is gone fails by that alone.
 */
export function ignoreOrphans(): void {
    if (ignoring) return;
    ignoring = true;
    // Node passes every event through this method; its overloads only name the arguments of each.
    const emit = process.emit.bind(process) as Emit;
    const filtered: Emit = (event, ...args) =>
        event === "unhandledRejection" && isGone(args[0]) ? true : emit(event, ...args);
    process.emit = filtered as typeof process.emit;
}

function isGone(reason: unknown): boolean {
    if (!(reason instanceof Error)) return false;
    // The library's own words for a call over a connection that was closed have no code.
    return (
        ("code" in reason && GONE.includes(reason.code)) || reason.message === "Channel has been shut down"
    );
}
