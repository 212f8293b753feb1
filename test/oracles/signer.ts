/** A second, plain writer of request signatures, by the letter of the documentation: shares no code with any other. */
import { createHash, createHmac } from "node:crypto";

export interface Signing {
    readonly accessKey: string;
    readonly secretKey: string;
    /** As signed. */
    readonly host: string;
    readonly path: string;
    readonly body: string;
    readonly now: Date;
    readonly dialect?: "OSC4" | "AWS4";
    readonly region?: string;
    readonly service?: string;
    /** Headers to sign besides host and date, in lower case. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Faults to make on purpose. */
    readonly terminator?: string;
    readonly scopeDate?: string;
    readonly leaveOut?: string;
}

/** The headers to send: what was signed but for the host, and Authorization. */
export function signedHeaders(signing: Signing): Record<string, string> {
    const { dialect = "OSC4", region = "eu-west-2", service = "api" } = signing;
    const vendor = dialect === "OSC4" ? "osc" : "amz";
    const timestamp = signing.now.toISOString().replace(/[-:]|\.\d+/g, "");
    const day = signing.scopeDate ?? timestamp.slice(0, 8);
    const terminator = signing.terminator ?? `${dialect.toLowerCase()}_request`;
    const sent = { [`x-${vendor}-date`]: timestamp, ...signing.headers };
    const all: Record<string, string> = { host: signing.host, ...sent };
    const names = Object.keys(all).filter((name) => name !== signing.leaveOut);
    names.sort();
    let canonical = `POST\n${signing.path}\n\n`;
    for (const name of names) canonical += `${name}:${(all[name] ?? "").trim().replace(/ +/g, " ")}\n`;
    canonical += `\n${names.join(";")}\n`;
    canonical += createHash("sha256").update(signing.body).digest("hex");
    const scope = `${day}/${region}/${service}/${terminator}`;
    const digest = createHash("sha256").update(canonical).digest("hex");
    const algorithm = `${dialect}-HMAC-SHA256`;
    let key = Buffer.from(`${dialect}${signing.secretKey}`);
    for (const part of [day, region, service, terminator]) {
        key = createHmac("sha256", key).update(part).digest();
    }
    const signature = createHmac("sha256", key)
        .update(`${algorithm}\n${timestamp}\n${scope}\n${digest}`)
        .digest("hex");
    const credential = `${signing.accessKey}/${scope}`;
    return {
        ...sent,
        authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
    };
}
