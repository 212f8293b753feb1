/** Shows how a long task is going: one status line rewritten on a terminal, plain lines on a pipe. */

/** The part of a stream that progress needs; `process.stderr` and `process.stdout` fit. */
export interface ProgressStream {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
}

export interface Progress {
    /**
     * What is being done now. `detail` is what changes while it goes on (a count, the time so far): a terminal shows
     * every change, a pipe a new `text` at once and a new `detail` every fifteen seconds.
     */
    step(text: string, detail?: string): void;
    /** A line that stays. */
    note(text: string): void;
    /** Ends the step in success; `text` replaces that of the step. */
    done(text?: string): void;
    /** Ends the step in failure; `text` replaces that of the step. */
    fail(text: string): void;
}

export interface ProgressOptions {
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** The present moment in milliseconds. */
    readonly now?: () => number;
    /** Milliseconds between two lines of one step on a pipe. 15,000 unless given. */
    readonly interval?: number;
}

/** A progress that shows nothing. */
export const silent: Progress = {
    step: () => undefined,
    note: () => undefined,
    done: () => undefined,
    fail: () => undefined,
};

/** Progress on `stream`; colours only on a terminal, and never where NO_COLOR is set or TERM is `dumb`. */
export function createProgress(stream: ProgressStream, options: ProgressOptions = {}): Progress {
    const environment = options.environment ?? process.env;
    const terminal = stream.isTTY === true && environment.TERM !== "dumb";
    return terminal
        ? onTerminal(stream, (environment.NO_COLOR ?? "") === "")
        : onPipe(stream, options.now ?? Date.now, options.interval ?? 15_000);
}

function onTerminal(stream: ProgressStream, coloured: boolean): Progress {
    const mark = (sign: string, colour: number): string =>
        coloured ? `\u001b[${colour.toString()}m${sign}\u001b[0m` : sign;
    const clear = "\r\u001b[2K";
    let current = "";
    const status = (line: string): void => {
        // A line longer than the terminal would wrap, and only its last row could be rewritten.
        stream.write(`${clear}${mark("·", 36)} ${line.slice(0, Math.max(10, (stream.columns ?? 80) - 3))}`);
    };
    let shown = "";
    const end = (sign: string, line: string): void => {
        stream.write(`${clear}${sign} ${line}\n`);
        current = shown = "";
    };
    return {
        step(text, detail) {
            current = text;
            shown = joined(text, detail);
            status(shown);
        },
        note(text) {
            stream.write(`${clear}${text}\n`);
            if (shown !== "") status(shown);
        },
        done(text = current) {
            if (text !== "") end(mark("✓", 32), text);
        },
        fail(text) {
            end(mark("✗", 31), text);
        },
    };
}

function onPipe(stream: ProgressStream, now: () => number, interval: number): Progress {
    let current = "";
    let last = 0;
    return {
        step(text, detail) {
            const time = now();
            if (text === current && time - last < interval) return;
            current = text;
            last = time;
            stream.write(`${joined(text, detail)}\n`);
        },
        note(text) {
            stream.write(`${text}\n`);
        },
        done(text) {
            // The step's own line stands already: only a new text is news.
            if (text !== undefined) stream.write(`${text}\n`);
            current = "";
        },
        fail(text) {
            stream.write(`failed: ${text}\n`);
            current = "";
        },
    };
}

function joined(text: string, detail: string | undefined): string {
    return detail === undefined || detail === "" ? text : `${text}: ${detail}`;
}

/** A length of time as people write it: `48 s`, `3 min 5 s`. */
export function spell(milliseconds: number): string {
    const seconds = Math.round(milliseconds / 1000);
    if (seconds < 60) return `${seconds.toString()} s`;
    return `${Math.floor(seconds / 60).toString()} min ${(seconds % 60).toString()} s`;
}
