/** cert-manager's own code for proofs by DNS in Route 53, without its controller: a program of Go around it, built once. */
import { join } from "node:path";
import { runProgram } from "../pulumi/processes";
import { buildGo } from "./go-build";
import { kept } from "./kept";

/** As `programs/go.mod` pins it. */
const VERSION = "1.21.2";
const NAME = "cert-manager-route53";

export interface CertManager {
    readonly program: string;
}

/** What the controller is about to write, or to remove. */
export interface Proof {
    /** The issuer's object as the cluster has it. */
    readonly issuer: object;
    /** The token that the controller takes of the service account which the issuer names. */
    readonly token: string;
    /** The name that is proved, without "*." before it. */
    readonly domain: string;
    /** The record's name, without a dot at its end. */
    readonly record: string;
    readonly value: string;
}

/** The program, built with Go where it is not there yet; or why there is none. */
export async function findCertManager(): Promise<CertManager | { readonly missing: string }> {
    const found = await kept(`${NAME}-${VERSION}`, NAME, async (draft) => {
        await buildGo({
            folder: join(__dirname, "cert-manager", "programs"),
            path: ".",
            output: join(draft, NAME),
            name: "cert-manager's code for Route 53",
            // Three minutes on two cores.
            limit: 20 * 60_000,
        });
    });
    return "why" in found ? { missing: found.why } : { program: found.path };
}

export interface PresentOptions {
    /** Whether the record is removed. False unless given. */
    readonly remove?: boolean;
    /** Milliseconds that it may take; 60,000 unless given. It asks for two minutes whether a change is done. */
    readonly limit?: number;
}

/** Writes the record, or removes it, at an endpoint in AWS's place; gives what went wrong, if anything did. */
export async function presentProof(
    { program }: CertManager,
    endpoint: string,
    { issuer, token, domain, record, value }: Proof,
    { remove = false, limit = 60_000 }: PresentOptions = {},
): Promise<string | undefined> {
    const { code, stderr, timedOut } = await runProgram(program, [], {
        environment: {
            AWS_ENDPOINT_URL: endpoint,
            AWS_EC2_METADATA_DISABLED: "true",
            AWS_MAX_ATTEMPTS: "1",
            ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_REGION: undefined },
        },
        input: JSON.stringify({ issuer, token, domain, fqdn: `${record}.`, value, remove }),
        limit,
    });
    if (timedOut) return "it still waits for the change to be done";
    return code === 0 ? undefined : stderr;
}
