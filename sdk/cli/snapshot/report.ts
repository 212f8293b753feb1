/** How the snapshot commands tell what happens: a line that moves on a terminal, JSON lines elsewhere. */
import { PortcullisError } from "../../../provider/errors";

/** Anything that happens; its fields are those of the line. */
export interface Happening {
    readonly event: string;
    readonly [field: string]: unknown;
}

export interface Report {
    /** Of something on the way; `text` is for people. */
    readonly tell: (happening: Happening, text: string) => void;
    /** Of something that is repeated many times a second: shown now and then. */
    readonly move: (happening: Happening, text: string) => void;
    readonly failed: (error: unknown) => void;
}

export interface ReportTarget {
    readonly isTTY?: boolean | undefined;
    write(text: string): unknown;
}

const TERMINAL_MS = 100;
const LINES_MS = 5_000;

/** Writes to standard error, so that standard output holds the result alone. */
export function reportTo(target: ReportTarget, now: () => Date = () => new Date()): Report {
    const onTerminal = target.isTTY === true;
    let last = Number.NEGATIVE_INFINITY;
    let moving = false;
    const line = (happening: Happening, text: string): void => {
        if (onTerminal) target.write(`${moving ? "\r\x1b[2K" : ""}${text}\n`);
        else target.write(`${JSON.stringify({ time: now().toISOString(), ...happening })}\n`);
        moving = false;
    };
    return {
        tell: line,
        move: (happening, text) => {
            const at = now().getTime();
            if (at - last < (onTerminal ? TERMINAL_MS : LINES_MS)) return;
            last = at;
            if (!onTerminal) {
                line(happening, text);
                return;
            }
            target.write(`\r\x1b[2K${text}`);
            moving = true;
        },
        failed: (error) => {
            const message = error instanceof Error ? error.message : String(error);
            const fields =
                error instanceof PortcullisError
                    ? {
                          code: error.code,
                          problem: error.problem,
                          remedy: error.remedy,
                          ...(error.property === undefined ? {} : { property: error.property }),
                      }
                    : { problem: message };
            line({ event: "failed", ...fields }, `portcullis: ${message}`);
        },
    };
}

/** Bytes for people: "3.1 MB". */
export function sizeText(bytes: number): string {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let value = bytes;
    let unit = 0;
    for (; value >= 999.5 && unit < units.length - 1; unit += 1) value /= 1_000;
    return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** How long ago, for people: "3 h". */
export function ageText(milliseconds: number): string {
    const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
    if (minutes < 120) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    return hours < 72 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
