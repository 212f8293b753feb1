/** Shows how a rollout is going: a few lines rewritten on a terminal, plain lines elsewhere, or lines of JSON. */
import type { AccountReport, FleetEvent, FleetReport } from "./drive";
import type { FleetOperation } from "./engine";

/** The part of a stream that a display needs; `process.stderr` and `process.stdout` fit. */
export interface DisplayStream {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
}

export interface Display {
    readonly tell: (event: FleetEvent) => void;
    /** A sentence that stays. */
    readonly note: (text: string) => void;
    /** Ends it with the summary. */
    readonly end: (report: FleetReport) => void;
}

export interface DisplayOptions {
    readonly operation: FleetOperation;
    /** How many accounts there are. */
    readonly total: number;
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** The present moment in milliseconds. */
    readonly now?: () => number;
}

/** One line of JSON for each event but progress, and one for the whole: `{"event":"summary",…}`. */
export function jsonDisplay(stream: DisplayStream): Display {
    const line = (value: object): void => void stream.write(`${JSON.stringify(value)}\n`);
    return {
        tell: (event) => {
            if (event.event !== "progress") line(event);
        },
        note: (text) => {
            line({ event: "note", text });
        },
        end: ({ operation, accounts, halt }) => {
            line({ event: "summary", operation, halt, ...countsOf(accounts) });
        },
    };
}

/** Live on a terminal, unless TERM is `dumb`; else a line for each account that is begun, rests, or has ended. */
export function createDisplay(stream: DisplayStream, options: DisplayOptions): Display {
    const { TERM } = options.environment ?? process.env;
    return stream.isTTY === true && TERM !== "dumb"
        ? liveDisplay(stream, options)
        : lineDisplay(stream, options);
}

function lineDisplay(stream: DisplayStream, { operation, total }: DisplayOptions): Display {
    let ended = 0;
    const line = (text: string): void => void stream.write(`${text}\n`);
    return {
        tell: (event) => {
            switch (event.event) {
                case "begun":
                    line(`${event.account}: ${operation}${event.tried > 1 ? `, try ${event.tried}` : ""}`);
                    return;
                case "resting":
                    line(`${event.account}: will be tried again: ${firstLine(event.reasons)}`);
                    return;
                case "ended":
                    ended += 1;
                    line(`${endLine(event)} (${ended} of ${total})`);
                    return;
                case "progress":
                    return;
            }
        },
        note: line,
        end: (report) => void stream.write(summaryText(report)),
    };
}

/** More accounts in work than this are counted, not listed. */
const LISTED = 8;
/** Milliseconds between two paintings that nothing but progress asked for. */
const FRAME = 100;

interface Working {
    readonly since: number;
    readonly tried: number;
    done: number;
    resting: boolean;
}

function liveDisplay(stream: DisplayStream, options: DisplayOptions): Display {
    const { operation, total, now = Date.now } = options;
    const working = new Map<string, Working>();
    const counts = { succeeded: 0, failed: 0 };
    let painted = 0;
    let last = 0;
    const lines = (): string[] => {
        const running = [...working].filter(([, { resting }]) => !resting);
        const waiting = total - counts.succeeded - counts.failed - running.length;
        const head = `${operation}: ${counts.succeeded} of ${total} done, ${counts.failed} failed, ${running.length} in work, ${waiting} to go`;
        const listed = running.slice(0, LISTED).map(([name, { since, tried, done }]) => {
            const seconds = Math.round((now() - since) / 1_000);
            return `  ${name}: ${done} resources, ${seconds} s${tried > 1 ? `, try ${tried}` : ""}`;
        });
        const more = running.length > LISTED ? [`  and ${running.length - LISTED} more`] : [];
        // A line longer than the terminal would wrap, and the count of lines to rewrite would be wrong.
        return [head, ...listed, ...more].map((text) =>
            text.slice(0, Math.max(10, (stream.columns ?? 80) - 1)),
        );
    };
    const wiped = (): string => (painted === 0 ? "" : `\u001b[${painted}A\u001b[J`);
    const paint = (above = ""): void => {
        const shown = lines();
        stream.write(`${wiped()}${above}${shown.join("\n")}\n`);
        painted = shown.length;
        last = now();
    };
    return {
        tell: (event) => {
            switch (event.event) {
                case "begun":
                    working.set(event.account, { since: now(), tried: event.tried, done: 0, resting: false });
                    paint();
                    return;
                case "progress": {
                    const entry = working.get(event.account);
                    if (entry !== undefined) entry.done = event.done;
                    if (now() - last >= FRAME) paint();
                    return;
                }
                case "resting": {
                    const entry = working.get(event.account);
                    if (entry !== undefined) entry.resting = true;
                    paint(`${event.account}: will be tried again: ${firstLine(event.reasons)}\n`);
                    return;
                }
                case "ended":
                    working.delete(event.account);
                    if (event.outcome === "succeeded") counts.succeeded += 1;
                    else counts.failed += 1;
                    paint(event.outcome === "failed" ? `${endLine(event)}\n` : "");
                    return;
            }
        },
        note: (text) => {
            paint(`${text}\n`);
        },
        end: (report) => {
            stream.write(`${wiped()}${summaryText(report)}`);
            painted = 0;
        },
    };
}

function endLine({ account, outcome, changes, reasons }: AccountReport): string {
    return outcome === "succeeded"
        ? `${account}: ${changesText(changes)}`
        : `${account}: failed: ${firstLine(reasons)}`;
}

function firstLine(reasons: readonly string[]): string {
    return reasons[0]?.split("\n")[0] ?? "no reason was given";
}

/** `2 create, 1 update`; `no changes` where all stayed the same. */
function changesText(changes: Readonly<Record<string, number>>): string {
    const told = Object.entries(changes).filter(([operation, count]) => operation !== "same" && count > 0);
    return told.length === 0
        ? "no changes"
        : told.map(([operation, count]) => `${count} ${operation}`).join(", ");
}

function countsOf(accounts: readonly AccountReport[]) {
    const count = (outcome: AccountReport["outcome"]): number =>
        accounts.filter((account) => account.outcome === outcome).length;
    return { succeeded: count("succeeded"), failed: count("failed"), notBegun: count("not begun") };
}

const HALTS = {
    canary: "A canary failed: nothing else was begun.",
    failures: "Too many accounts failed: nothing else was begun.",
    interrupted: "It was interrupted: nothing else was begun.",
} as const;

/** A table of the accounts, then each failed one with every reason in full, then the counts. */
export function summaryText({ operation, accounts, halt }: FleetReport): string {
    const wide = Math.max("account".length, ...accounts.map(({ account }) => account.length));
    const rows = accounts.map(({ account, outcome, tries, changes, milliseconds }) => {
        const time = outcome === "not begun" ? "" : `${Math.round(milliseconds / 1_000)} s`;
        const told = outcome === "succeeded" ? changesText(changes) : "";
        return [account.padEnd(wide), outcome.padEnd(9), `${tries}`.padStart(5), time.padStart(7), told]
            .join("  ")
            .trimEnd();
    });
    const head = `${"account".padEnd(wide)}  outcome    tries     time  changes`;
    const failed = accounts.flatMap(({ account, outcome, reasons }) =>
        outcome === "failed"
            ? [`${account} failed:\n${reasons.map((each) => indented(each)).join("\n")}`]
            : [],
    );
    const counts = countsOf(accounts);
    const left = accounts.filter(({ outcome }) => outcome === "not begun").map(({ account }) => account);
    const last = [
        `${operation}: ${counts.succeeded} succeeded, ${counts.failed} failed, ${counts.notBegun} not begun.`,
        ...(halt === undefined ? [] : [HALTS[halt], `Left: ${left.join(", ")}.`]),
    ];
    return `\n${[head, ...rows].join("\n")}\n\n${failed.map((each) => `${each}\n\n`).join("")}${last.join("\n")}\n`;
}

function indented(text: string): string {
    return text.replaceAll(/^/gm, "  ");
}
