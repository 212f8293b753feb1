/** What can go wrong between this package and a Vault server; no error holds a token, a share or the body of a call. */
import { PortcullisError, type ErrorCode } from "../errors";
import type { TransportReason } from "../https/failure";

/** What an error of a call is made of. */
interface CallErrorParts {
    readonly code: ErrorCode;
    readonly call: string;
    readonly problem: string;
    readonly remedy: string;
}

/** A call that did not end well. */
abstract class VaultCallError extends PortcullisError {
    /** Method and path, as "PUT sys/init". */
    public readonly call: string;

    protected constructor(parts: CallErrorParts) {
        super(parts);
        this.call = parts.call;
    }
}

/** The server answered, and refused. */
export class VaultRefusal extends VaultCallError {
    /** Of the HTTP answer. */
    public readonly status: number;
    /** The server's own words, without anything secret. */
    public readonly words: readonly string[];

    constructor(call: string, status: number, words: readonly string[]) {
        super({
            code: "ServiceError",
            call,
            problem: `The Vault server refused ${call}: HTTP ${status}${saying(words)}.`,
            remedy: remedyOf(status),
        });
        this.name = "VaultRefusal";
        this.status = status;
        this.words = words;
    }
}

/** No whole answer came. */
export class VaultUnreachable extends VaultCallError {
    public readonly reason: TransportReason;
    /** Whether the call may have been carried out all the same. */
    public readonly maySent: boolean;

    constructor(parts: {
        readonly call: string;
        readonly host: string;
        readonly reason: TransportReason;
        readonly maySent: boolean;
    }) {
        const { call, host, reason, maySent } = parts;
        super({
            code: "Unreachable",
            call,
            problem: `No answer to ${call}: ${whyOf(reason, host)}.`,
            remedy: unreachableRemedy(reason),
        });
        this.name = "VaultUnreachable";
        this.reason = reason;
        this.maySent = maySent;
    }
}

/** An answer came that is none of the API's: a proxy's page, or another service. */
export class VaultUnusableAnswer extends VaultCallError {
    constructor(call: string, status: number) {
        super({
            code: "ServiceError",
            call,
            problem: `What answered ${call} with HTTP ${status} is not the Vault API.`,
            remedy: "Check `address`: a proxy or another service may stand there.",
        });
        this.name = "VaultUnusableAnswer";
    }
}

function saying(words: readonly string[]): string {
    return words.length === 0 ? "" : ` (${words.join("; ")})`;
}

function remedyOf(status: number): string {
    switch (status) {
        case 307:
        case 472:
        case 473:
            return "Wait until the cluster has an active node: the one that answered knows of none that it could pass the call to.";
        case 403:
            return "Use an identity with the policy of administrators; whoever has it can see its rights by `bao token capabilities <path>`.";
        case 429:
            return "Run again later, or raise the rate limit that applies to this client.";
        case 503:
            return "See why the node is sealed: its log names the key of its seal and what keeps it from using it. It unseals by itself once it can.";
        default:
            return status >= 500
                ? "See the server's log for the time of this call, and run again: nothing is repeated that was done."
                : "Correct what the server names.";
    }
}

function whyOf(reason: TransportReason, host: string): string {
    switch (reason) {
        case "reset":
            return `the connection to ${host} broke`;
        case "timeout":
            return `${host} did not answer in time`;
        case "refused":
            return `nothing accepts connections at ${host}`;
        case "unknownHost":
            return `the host ${host} is not known`;
        case "untrustedServer":
            return `the TLS certificate of ${host} could not be verified`;
        case "clientCertificateRefused":
            return `${host} did not accept the client certificate`;
        case "other":
            return `the connection to ${host} failed`;
    }
}

function unreachableRemedy(reason: TransportReason): string {
    switch (reason) {
        case "untrustedServer":
            return "Give the authority of the server's certificate in `caCertificatePem` (or its file in VAULT_CACERT), and the name in the certificate in `serverName` where `address` has another. Verification cannot be switched off.";
        case "clientCertificateRefused":
            return "Check the files that VAULT_CLIENT_CERT and VAULT_CLIENT_KEY name.";
        case "unknownHost":
        case "reset":
        case "timeout":
        case "refused":
        case "other":
            return "Check `address`, and that this machine reaches the private network: a tunnel or a peering may be down. Run again then.";
    }
}
