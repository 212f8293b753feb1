/** The errors of the OUTSCALE client: refused by the service, answer lost, not reached. None holds a secret. */
import { PortcullisError } from "../../errors";
import type { CallName } from "./calls";

/** What a service's refusal consists of. */
export interface RefusalParts {
    readonly call: CallName;
    /** The HTTP status. */
    readonly status: number;
    /** The service's own code, for example `14`. */
    readonly apiCode?: string | undefined;
    readonly apiType?: string | undefined;
    readonly details?: string | undefined;
    readonly requestId?: string | undefined;
    /** Whether an earlier try of this same call got no answer, and so may have been carried out. */
    readonly afterLostAnswer?: boolean;
    readonly remedy: string;
}

/** The service answered with an error. */
export class OutscaleError extends PortcullisError {
    public readonly call: CallName;
    public readonly status: number;
    public readonly apiCode: string | undefined;
    public readonly apiType: string | undefined;
    public readonly details: string | undefined;
    public readonly requestId: string | undefined;
    public readonly afterLostAnswer: boolean;

    constructor(parts: RefusalParts) {
        super({ code: "ServiceError", problem: problemText(parts), remedy: parts.remedy });
        this.name = "OutscaleError";
        this.call = parts.call;
        this.status = parts.status;
        this.apiCode = parts.apiCode;
        this.apiType = parts.apiType;
        this.details = parts.details;
        this.requestId = parts.requestId;
        this.afterLostAnswer = parts.afterLostAnswer ?? false;
    }
}

function problemText({ call, status, apiCode, apiType, details, requestId }: RefusalParts): string {
    const facts = [
        `HTTP ${status}`,
        ...(apiCode === undefined ? [] : [`code ${apiCode}`]),
        ...(apiType === undefined ? [] : [apiType]),
        ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ];
    const said =
        details === undefined || details === "" ? "" : ` ${/[.!?]$/.test(details) ? details : `${details}.`}`;
    return `OUTSCALE refused ${call} (${facts.join(", ")}).${said}`;
}

/** The service answered, but not in the form that its specification gives. */
export class UnusableAnswer extends PortcullisError {
    constructor(
        public readonly call: CallName,
        public readonly status: number,
        /** What is wrong with it, without any of its values. */
        public readonly flaw: string,
    ) {
        super({
            code: "ServiceError",
            problem: `The answer to ${call} (HTTP ${status}) cannot be used: ${flaw}.`,
            remedy:
                "Check that the endpoint is that of the OUTSCALE API and that nothing on the way rewrites answers; " +
                "if it is, report this answer to OUTSCALE Support.",
        });
        this.name = "UnusableAnswer";
    }
}

/** Why the endpoint could not be used. */
export interface UnreachableParts {
    readonly call: CallName;
    /** Host, with the port where it is not 443. */
    readonly host: string;
    readonly why: string;
    readonly remedy: string;
    /** Whether the client certificate was the reason. */
    readonly certificateRefused?: boolean;
    readonly systemCode?: string | undefined;
}

/** The endpoint could not be reached, or did not answer in time; the call changed nothing. */
export class EndpointUnreachable extends PortcullisError {
    public readonly call: CallName;
    public readonly host: string;
    public readonly certificateRefused: boolean;
    public readonly systemCode: string | undefined;

    constructor(parts: UnreachableParts) {
        const system = parts.systemCode === undefined ? "" : ` (${parts.systemCode})`;
        super({
            code: "Unreachable",
            problem: `${parts.call} could not be made: ${parts.why}${system}.`,
            remedy: parts.remedy,
        });
        this.name = "EndpointUnreachable";
        this.call = parts.call;
        this.host = parts.host;
        this.certificateRefused = parts.certificateRefused ?? false;
        this.systemCode = parts.systemCode;
    }
}

/** What is known of a call whose answer did not come. */
export interface LostParts {
    readonly call: CallName;
    readonly host: string;
    /** What came instead of an answer, for example `the connection broke`. */
    readonly why: string;
    readonly cause: Error;
    readonly sleep: (ms: number) => Promise<void>;
}

/**
 * A call that changes something was sent, and whether it was carried out is not known. A create is never sent again
 * by the client itself: `createOnce` looks it up first.
 */
export class AnswerLost extends PortcullisError {
    public readonly call: CallName;
    public readonly host: string;
    public readonly why: string;
    readonly #sleep: (ms: number) => Promise<void>;

    constructor(parts: LostParts) {
        super({
            code: "Unreachable",
            problem: `The answer to ${parts.call} was lost (${parts.why}): ${parts.host} may or may not have carried it out.`,
            remedy: "Run the deployment again: it looks at what exists before it changes anything.",
            cause: parts.cause,
        });
        this.name = "AnswerLost";
        this.call = parts.call;
        this.host = parts.host;
        this.why = parts.why;
        this.#sleep = parts.sleep;
    }

    /** Waits by the clock of the client that lost the answer. */
    public wait(ms: number): Promise<void> {
        return this.#sleep(ms);
    }
}

export function sleepFor(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Codes of a caller whom no access rule admits: 14 in the present API, 4 in older ones. */
const UNMATCHED_RULES: readonly string[] = ["14", "4"];

/** Whether the access rules did not admit what was presented, so that another identity may be. */
export function isRefusedByRules(error: unknown): error is OutscaleError {
    return (
        error instanceof OutscaleError &&
        error.status === 401 &&
        error.apiCode !== undefined &&
        UNMATCHED_RULES.includes(error.apiCode)
    );
}
