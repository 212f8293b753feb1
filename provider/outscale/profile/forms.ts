/** A profile as each kind of client reads it; none of them takes another's keys. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../canonical-json";

/**
 * The kinds of clients. `osc-cli` is the command line tool (osc-sdk on PyPI, 1.11.0 was looked at), which ends at any
 * key that it does not know; `sdk` are those that follow the common specification: osc-sdk-python, which ends at
 * unknown keys as well, the Go SDK with the Terraform provider, and this package.
 */
export const CLIENTS = ["osc-cli", "sdk"] as const;
export type Client = (typeof CLIENTS)[number];

/** What a profile says, whichever way it is written. */
export interface ProfileContent {
    readonly client: Client;
    readonly accessKeyId: string;
    readonly secretKey: string;
    readonly region: string;
    /** Base URL, ending in `/api/v1`. */
    readonly endpoint?: string | undefined;
}

/** The value that is written for a profile. */
export type ProfileValue = Readonly<Record<string, unknown>>;

/** The value of a profile; `certificateFile` holds a certificate and its key, the only form that every client takes. */
export function profileValue(content: ProfileContent, certificateFile: string | undefined): ProfileValue {
    const { client, accessKeyId: access_key, secretKey: secret_key, region, endpoint } = content;
    switch (client) {
        case "osc-cli":
            return {
                access_key,
                secret_key,
                // It puts the service and the region before its host, and `/api/latest` after its endpoint.
                ...(endpoint === undefined
                    ? { host: "outscale.com" }
                    : { endpoint: endpoint.replace(/\/api\/v1$/, "") }),
                https: true,
                method: "POST",
                region,
                // One file of both: a pair of files, as older guides have it, ends it with requests 2.32 and later.
                ...(certificateFile !== undefined && { client_certificate: certificateFile }),
            };
        case "sdk":
            return {
                access_key,
                secret_key,
                region,
                ...(certificateFile !== undefined && {
                    x509_client_cert: certificateFile,
                    x509_client_key: certificateFile,
                }),
                ...(endpoint !== undefined && { endpoints: { api: endpoint } }),
            };
    }
}

/** The keys that name a client's certificate. */
export function certificateKeys(client: Client): readonly string[] {
    return client === "osc-cli" ? ["client_certificate"] : ["x509_client_cert", "x509_client_key"];
}

/** The keys whose values differ between what was written and what is there, in alphabetical order. */
export function driftedKeys(written: ProfileValue, live: unknown): string[] {
    const there = typeof live === "object" && live !== null && !Array.isArray(live) ? live : {};
    const wanted = new Map<string, unknown>(Object.entries(written));
    const found = new Map<string, unknown>(Object.entries(there));
    return [...new Set([...wanted.keys(), ...found.keys()])]
        .filter((key) => {
            const isInBoth = wanted.has(key) && found.has(key);
            return !isInBoth || canonicalJson(wanted.get(key)) !== canonicalJson(found.get(key));
        })
        .sort();
}

/** What tells whether a profile has been changed, without keeping it. */
export function digestOf(value: unknown): string {
    return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
