/** How a run of the engine can go wrong. */
import { spell } from "../progress";
import type { Diagnostic, Report } from "./events";

export type Operation = "preview" | "up" | "refresh" | "destroy" | "cancel" | "export" | "import" | "open";

/** Why a run ended without success: the engine said no, its time was up, or `kill()` ended it. */
export type EndReason = "failed" | "timed out" | "killed";

export class EngineError extends Error {
    constructor(
        public readonly operation: Operation,
        public readonly reason: EndReason,
        message: string,
        /** What had happened until then. */
        public readonly report: Report,
        options?: ErrorOptions,
    ) {
        super(message, options);
        this.name = "EngineError";
    }
}

export function failed(operation: Operation, report: Report, cause: unknown): EngineError {
    const errors = [...violations(report), ...messages(report.diagnostics)];
    const why = errors.length > 0 ? errors.join("\n") : commandError(cause);
    return new EngineError(operation, "failed", `pulumi ${operation} failed: ${why}`, report, { cause });
}

export function timedOut(operation: Operation, report: Report, limit: number): EngineError {
    const open = unfinished(report);
    const what =
        open.length > 0
            ? `Unfinished: ${open.join(", ")}.`
            : "No resource was in work: a plugin or the program may never have answered.";
    return new EngineError(
        operation,
        "timed out",
        `pulumi ${operation} did not end within ${spell(limit)} and was stopped. ${what} ` +
            "Look at what these wait for, or give the run a longer limit.",
        report,
    );
}

export function killed(operation: Operation, report: Report): EngineError {
    return new EngineError(
        operation,
        "killed",
        `pulumi ${operation} was killed. Call cancel() before the next run.`,
        report,
    );
}

/** The URNs of resources that were begun and neither done nor failed. */
function unfinished(report: Report): string[] {
    const open = new Set<string>();
    for (const { phase, urn } of report.resources) {
        if (phase === "start") open.add(urn);
        else open.delete(urn);
    }
    // The stack's own resource is open as long as the program runs.
    return [...open].filter((urn) => !urn.includes("::pulumi:pulumi:Stack::"));
}

/** What the command itself printed as its error, without the Automation API's frame of code, stdout and stderr. */
function commandError(cause: unknown): string {
    const text = cause instanceof Error ? cause.message : String(cause);
    const signal = /Command was killed with (\w+)/.exec(text)?.[1];
    if (signal !== undefined) return `the engine was ended by ${signal}, and may have left the stack locked`;
    return /^error: ([^]*?)(?=\n err\?: |$(?![^]))/m.exec(text)?.[1]?.trim() ?? text;
}

function violations({ violations }: Report): string[] {
    return violations
        .filter(({ level }) => level === "mandatory")
        .map(({ policy, message }) => `${policy}: ${message}`);
}

function messages(diagnostics: readonly Diagnostic[]): string[] {
    return [
        ...new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message)),
    ];
}
