/** What the engine said of a failed account, and whether that may pass by itself. */
import { withoutSecrets } from "../../provider/redaction";

/** One account's failure: sentences, each as the engine, a provider or Pulumi's command put it. */
export type Reasons = readonly string[];

/** What the engine adds to any failure, and says nothing. */
const EMPTY = /^(preview|update|refresh|destroy|resource operation) failed$/;

/** Refusals, whatever else they quote: the same program gets the same answer. */
const NEVER = /Lock-out refused|Refused to /;

/** Failures that may pass without a change of the program, its inputs or its credentials. */
const TRANSIENT: readonly RegExp[] = [
    // Throttling, and services that are overloaded or restarting.
    /\bHTTP (429|502|503|504)\b/,
    /\b(429 Too Many Requests|502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out)\b/i,
    /\b(Throttling(Exception)?|TooManyRequestsException|RequestLimitExceeded|SlowDown|rate limit exceeded)\b/i,
    // The network, in the words of Node and of Go.
    /\b(ECONNRESET|ECONNREFUSED|ETIMEDOUT|EPIPE|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|socket hang up)\b/,
    /\b(connection reset by peer|connection refused|i\/o timeout|TLS handshake timeout|unexpected EOF)\b/i,
    /The answer to \w+ was lost/,
    /could not be made: (the connection to \S+ broke|\S+ did not answer within|nothing accepts connections at)/,
    // Another run of the same stack, which will end.
    /the stack is currently locked by/,
    /Another update is currently in progress/,
];

/** Whether every one of the reasons may pass by itself; a single refusal among them means that none is waited for. */
export function isTransient(reasons: Reasons): boolean {
    return (
        reasons.length > 0 &&
        reasons.every((reason) => !NEVER.test(reason) && TRANSIENT.some((pattern) => pattern.test(reason)))
    );
}

/** The errors among the engine's diagnostics, once each; where there is none, what the command printed as its error. */
export function reasonsOf(diagnostics: readonly string[], cause: unknown): Reasons {
    const said = [...new Set(diagnostics.map(plain))].filter((text) => text !== "" && !EMPTY.test(text));
    return said.length > 0 ? said : [commandError(cause)];
}

/** Without the colours, which the engine writes as `<{%reset%}>` in its events. */
function plain(message: string): string {
    return message.replaceAll(/<\{%.*?%\}>/g, "").trim();
}

/** The command's own error, without the frame of code, output and errors that the Automation API puts around it. */
function commandError(cause: unknown): string {
    const text = cause instanceof Error ? cause.message : String(cause);
    const found = /^\s*(?:stderr: *)?error: ([^]*?)(?=\n err\?: |$(?![^]))/m.exec(text)?.[1]?.trim();
    return found === undefined || found === "" ? text.trim() : found;
}

/** The text without the secrets: none of what is shown, written or thrown holds one. */
export function redact(text: string, secrets: readonly string[]): string {
    return withoutSecrets(text, secrets, "[secret]");
}
