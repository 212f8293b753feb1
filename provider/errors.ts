/** The base of every error of this package: what was refused, why, and what to do about it. */

/**
 * What kind of refusal or failure this is. A code never changes its meaning, so callers may switch on it.
 */
export type ErrorCode =
    /** An input, file or certificate is malformed or contradicts another. */
    | "InvalidInput"
    /** The configuration (stack configuration, environment, profile file) is missing or unusable. */
    | "InvalidConfiguration"
    /** The call would have locked out a protected identity, and was not made. */
    | "Lockout"
    /** A proof of access did not succeed. */
    | "ProofFailed"
    /** More or fewer existing objects match than the program says. */
    | "AmbiguousMatch"
    /** The service answered with an error. */
    | "ServiceError"
    /** The service could not be reached, or did not answer in time. */
    | "Unreachable";

/** What an error is made of; `remedy` is a sentence that begins with a verb. */
export interface ErrorParts {
    readonly code: ErrorCode;
    /** What was refused or failed, and why. */
    readonly problem: string;
    /** What to do about it. */
    readonly remedy: string;
    /** The input property, setting or file at fault, where there is one. */
    readonly property?: string;
    /** The error behind this one, where there is one. */
    readonly cause?: unknown;
}

/** Says what was refused, why, and what to do; no message ever holds a secret. */
export class PortcullisError extends Error {
    /** The kind of refusal or failure, to switch on. */
    public readonly code: ErrorCode;
    /** What was refused or failed, and why: the first part of the message. */
    public readonly problem: string;
    /** What to do about it: the rest of the message. */
    public readonly remedy: string;
    /** The input property, setting or file at fault, where there is one. */
    public readonly property: string | undefined;

    constructor(parts: ErrorParts) {
        super(`${parts.problem} ${parts.remedy}`, parts.cause === undefined ? {} : { cause: parts.cause });
        this.name = "PortcullisError";
        this.code = parts.code;
        this.problem = parts.problem;
        this.remedy = parts.remedy;
        this.property = parts.property;
    }
}
