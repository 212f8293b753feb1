/** What the engine reports about a run, reduced to what tests and the quickstart ask about. */
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

/** One resource at one moment of a run. */
export interface ResourceEvent {
    /** `start` before the provider is called, `done` after it, `failed` where it refused. */
    readonly phase: "start" | "done" | "failed";
    /** `create`, `update`, `replace`, `delete`, `same`, … */
    readonly operation: OpType;
    readonly urn: string;
    readonly type: string;
    /** The properties that differ, where the provider named them. */
    readonly changed: readonly string[];
}

export interface Diagnostic {
    readonly severity: "info" | "info#err" | "warning" | "error";
    readonly message: string;
    readonly urn?: string;
}

/** What a policy pack found. */
export interface Violation {
    readonly policy: string;
    /** `warning` where the policy is advisory. */
    readonly level: "warning" | "mandatory";
    /** The policy's description, and what it says of the resource. */
    readonly message: string;
    readonly urn?: string;
}

/** What a run's events have told so far. */
export interface Report {
    /** How many resources of each operation, once the engine has summed up; `same` is one of them. */
    changes: Readonly<Partial<Record<OpType, number>>>;
    readonly resources: ResourceEvent[];
    /** Messages without colours; the engine keeps secrets out of them. */
    readonly diagnostics: Diagnostic[];
    readonly violations: Violation[];
}

/** Adds an event to a report; gives the resource event that it held, if any. */
export function record(report: Report, event: EngineEvent): ResourceEvent | undefined {
    if (event.summaryEvent) report.changes = event.summaryEvent.resourceChanges;
    const diagnostic = diagnosticOf(event);
    if (diagnostic) report.diagnostics.push(diagnostic);
    const violation = violationOf(event);
    if (violation) report.violations.push(violation);
    const resource = resourceEvent(event);
    if (resource) report.resources.push(resource);
    return resource;
}

function resourceEvent(event: EngineEvent): ResourceEvent | undefined {
    const phases = [
        ["start", event.resourcePreEvent],
        ["done", event.resOutputsEvent],
        ["failed", event.resOpFailedEvent],
    ] as const;
    for (const [phase, told] of phases) {
        if (!told) continue;
        const { op, urn, type, diffs } = told.metadata;
        return { phase, operation: op, urn, type, changed: diffs ?? [] };
    }
    return undefined;
}

const SEVERITIES: readonly string[] = [
    "info",
    "info#err",
    "warning",
    "error",
] satisfies Diagnostic["severity"][];

function diagnosticOf({ diagnosticEvent }: EngineEvent): Diagnostic | undefined {
    if (!diagnosticEvent || diagnosticEvent.ephemeral === true) return undefined;
    const { severity, message: coloured, urn } = diagnosticEvent;
    // The type does not say so, but there are `debug` ones too, and those spell secrets out.
    if (!SEVERITIES.includes(severity)) return undefined;
    const message = plain(coloured);
    // Finding plugins on PATH is how this works, not news.
    if (/^using pulumi-(resource|analyzer)-\S+ from \$PATH/.test(message)) return undefined;
    return { severity, message, ...(urn && { urn }) };
}

function violationOf({ policyEvent }: EngineEvent): Violation | undefined {
    if (!policyEvent) return undefined;
    const { policyName, enforcementLevel, message, resourceUrn: urn } = policyEvent;
    return { policy: policyName, level: enforcementLevel, message: plain(message), ...(urn && { urn }) };
}

/** The engine writes colours as `<{%reset%}>` in its events. */
function plain(message: string): string {
    return message.replaceAll(/<\{%.*?%\}>/g, "").trim();
}
