/** The OSC4-HMAC-SHA256 signature of a call, as a pure function. */
import { createHash, createHmac } from "node:crypto";

/** What is signed, and with what. */
export interface SignatureParts {
    /** The call's whole URL. The host is signed as the `Host` header carries it: with the port unless it is 443. */
    readonly url: string;
    /** The exact bytes sent, as UTF-8. */
    readonly body: string;
    /** OUTSCALE refuses a call that arrives more than 5 minutes away from it. */
    readonly date: Date;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: string;
}

const ALGORITHM = "OSC4-HMAC-SHA256";
const CONTENT_TYPE = "application/json; charset=utf-8";
const SIGNED_HEADERS = "content-type;host;x-osc-date";

/**
 * The headers that authenticate the call.
 * Source: https://docs.outscale.com/en/userguide/About-Signatures-of-API-Requests.html
 */
export function signedHeaders(parts: SignatureParts): Readonly<Record<string, string>> {
    const { host, pathname } = new URL(parts.url);
    const date = basicTimestamp(parts.date);
    const day = date.slice(0, 8);
    const canonical = [
        "POST",
        pathname,
        "", // no query string
        `content-type:${CONTENT_TYPE}`,
        `host:${host}`,
        `x-osc-date:${date}`,
        "",
        SIGNED_HEADERS,
        sha256(parts.body),
    ].join("\n");
    const scope = `${day}/${parts.region}/api/osc4_request`;
    const toSign = [ALGORITHM, date, scope, sha256(canonical)].join("\n");
    const key = [day, parts.region, "api", "osc4_request"].reduce<Buffer>(
        (outer, text) => hmac(outer, text),
        Buffer.from(`OSC4${parts.secretKey}`),
    );
    const signature = hmac(key, toSign).toString("hex");
    return {
        "Content-Type": CONTENT_TYPE,
        Host: host,
        "X-Osc-Date": date,
        Authorization: `${ALGORITHM} Credential=${parts.accessKey}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${signature}`,
    };
}

/** `20260131T235959Z`: ISO 8601's basic form in UTC, without fractions of a second. */
function basicTimestamp(date: Date): string {
    return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}
