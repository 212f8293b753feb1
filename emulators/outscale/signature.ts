/** The check of a request's signature: OSC4-HMAC-SHA256 and, with other words, AWS4-HMAC-SHA256. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { gateway, type Refusal } from "./refusals";

/** A request as it came; header names in lower case, header values as sent. */
export interface SignedRequest {
    readonly method: string;
    /** The path, without a query: no call takes one. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly body: Buffer;
}

interface Dialect {
    readonly algorithm: string;
    readonly keyPrefix: string;
    readonly terminator: string;
    readonly dateHeader: string;
    /** The service names seen in scopes of this form. */
    readonly services: readonly string[];
}

const DIALECTS: readonly Dialect[] = [
    {
        algorithm: "OSC4-HMAC-SHA256",
        keyPrefix: "OSC4",
        terminator: "osc4_request",
        dateHeader: "x-osc-date",
        services: ["api"],
    },
    {
        algorithm: "AWS4-HMAC-SHA256",
        keyPrefix: "AWS4",
        terminator: "aws4_request",
        dateHeader: "x-amz-date",
        services: ["oapi", "api"],
    },
];

/** The parts of an Authorization header. */
export interface Claim {
    readonly dialect: Dialect;
    readonly accessKey: string;
    readonly date: string;
    readonly region: string;
    readonly service: string;
    readonly terminator: string;
    readonly signedHeaders: readonly string[];
    readonly signature: string;
}

const CREDENTIALS =
    /^Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/([^/,\s]+),\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/;

/** Reads an Authorization header, or says why it is none of these. */
export function readClaim(authorization: string | undefined): Claim | Refusal {
    if (authorization === undefined) {
        return gateway.authenticationFailed("The Authorization header is missing.");
    }
    const space = authorization.indexOf(" ");
    const scheme = space < 0 ? authorization : authorization.slice(0, space);
    // The real API takes e-mail and password for some calls; the emulated account has none.
    if (scheme.toLowerCase() === "basic") return gateway.passwordNotAllowed();
    const dialect = DIALECTS.find(({ algorithm }) => algorithm === scheme);
    if (dialect === undefined) return gateway.unknownAuthorizationType();
    const parts = CREDENTIALS.exec(authorization.slice(space + 1).trim());
    if (parts === null) return gateway.authenticationFailed("The Authorization header is malformed.");
    const [
        ,
        accessKey = "",
        date = "",
        region = "",
        service = "",
        terminator = "",
        headers = "",
        signature = "",
    ] = parts;
    return {
        dialect,
        accessKey,
        date,
        region,
        service,
        terminator,
        signedHeaders: headers.split(";"),
        signature,
    };
}

const FIVE_MINUTES = 300_000;

/** Milliseconds of `YYYYMMDDTHHMMSSZ`; undefined for anything else. */
function readTimestamp(text: string): number | undefined {
    const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
    if (parts === null) return undefined;
    const [, year, month, day, hour, minute, second] = parts;
    const time = Date.parse(
        `${year ?? ""}-${month ?? ""}-${day ?? ""}T${hour ?? ""}:${minute ?? ""}:${second ?? ""}Z`,
    );
    return Number.isNaN(time) ? undefined : time;
}

function header(request: SignedRequest, name: string): string | undefined {
    const value = request.headers[name];
    const text = typeof value === "string" || value === undefined ? value : value.join(",");
    return text?.trim().replace(/ +/g, " ");
}

/** What is wrong with a claim whatever its signature: scope, headers, clock, content hash. */
export function claimProblem(
    claim: Claim,
    request: SignedRequest,
    region: string,
    now: number,
): string | undefined {
    const { dialect, signedHeaders } = claim;
    if (claim.terminator !== dialect.terminator)
        return `The credential scope must end in ${dialect.terminator}.`;
    if (claim.region !== region) return "The credential scope names another region.";
    if (!dialect.services.includes(claim.service)) return "The credential scope names another service.";
    if (!["host", dialect.dateHeader].every((name) => signedHeaders.includes(name))) {
        return `The headers host and ${dialect.dateHeader} must be signed.`;
    }
    const sorted = signedHeaders.every(
        (name, index) => index === 0 || (signedHeaders[index - 1] ?? "") < name,
    );
    if (!sorted) return "The signed headers must be sorted and named once.";
    const absent = signedHeaders.find((name) => header(request, name) === undefined);
    if (absent !== undefined) return `The signed header ${absent} is missing.`;
    const timestamp = header(request, dialect.dateHeader) ?? "";
    const time = readTimestamp(timestamp);
    if (time === undefined) return `The header ${dialect.dateHeader} must have the form YYYYMMDDTHHMMSSZ.`;
    if (!timestamp.startsWith(claim.date)) return "The credential scope names another day.";
    if (Math.abs(now - time) > FIVE_MINUTES) return "The request is more than five minutes off the clock.";
    const hash = header(request, "x-amz-content-sha256");
    if (hash !== undefined && hash !== sha256(request.body))
        return "The content hash is not that of the body.";
    return undefined;
}

function sha256(data: Buffer | string): string {
    return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}

function signatureWithHost(claim: Claim, request: SignedRequest, secretKey: string, host: string): Buffer {
    const { dialect } = claim;
    const canonicalHeaders = claim.signedHeaders
        .map((name) => `${name}:${name === "host" ? host : (header(request, name) ?? "")}\n`)
        .join("");
    const canonicalRequest = [
        request.method,
        request.path,
        "",
        canonicalHeaders,
        claim.signedHeaders.join(";"),
        sha256(request.body),
    ].join("\n");
    const scope = [claim.date, claim.region, claim.service, claim.terminator];
    const timestamp = header(request, dialect.dateHeader) ?? "";
    const text = [dialect.algorithm, timestamp, scope.join("/"), sha256(canonicalRequest)].join("\n");
    return hmac(scope.reduce<Buffer | string>(hmac, `${dialect.keyPrefix}${secretKey}`), text); // scope is not empty: reduce ends in hmac's Buffer
}

/**
 * Whether the signature is that of the secret key. The host counts with its port and without: the official Python SDK
 * signs it without, and on the real API, at port 443, there is no difference.
 */
export function isSignedWith(secretKey: string, claim: Claim, request: SignedRequest): boolean {
    const host = header(request, "host") ?? "";
    const given = Buffer.from(claim.signature, "hex");
    // Both are always computed, so that the time taken does not tell them apart.
    return [host, host.replace(/:\d+$/, "")]
        .map((form) => timingSafeEqual(given, signatureWithHost(claim, request, secretKey, form)))
        .includes(true);
}
