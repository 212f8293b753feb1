/** Decides what becomes of the issuer's certificate, which was signed away from the platform. */
import { X509Certificate } from "node:crypto";
import { checkSigned, refuseFaults } from "../../provider/pki/offline/check-signed";
import { signCommand } from "../../provider/pki/offline/tiers";
import type { SignedIssuerArgs } from "./args";

/** What stands, in the one normal form of PEM. */
export interface AcceptedIssuer {
    readonly certificate: string;
    /** The certificates above it. */
    readonly above: { readonly intermediate: string; readonly root: string };
    /** The issuer's name in Vault: told by its certificate, so that each has its own. */
    readonly name: string;
    /** What has to be seen to soon: sentences. */
    readonly warnings: readonly string[];
}

/**
 * What becomes of the certificates given; they are not compared with the requests, which only a deployment knows.
 *
 * @throws PortcullisError `InvalidInput` with all that is wrong, and the command that signs the request
 */
export function acceptIssuer(
    signed: SignedIssuerArgs,
    settings: { readonly domains: readonly string[]; readonly leafLifetime: number },
    now: Date,
): AcceptedIssuer {
    const tiers = ["root", "intermediate", "issuer"] as const;
    const verdict = checkSigned(
        tiers.map((tier) => ({
            tier,
            property: `signed.${tier}`,
            pem: textOf(signed[tier]),
            ...(tier === "issuer" && { issuesFor: settings.domains }),
        })),
        now,
    );
    refuseFaults(verdict);
    const { issuer, intermediate, root } = verdict.certificates;
    // Without a fault, each of the three was read.
    if (issuer === undefined || intermediate === undefined || root === undefined)
        throw new Error("a certificate without a fault was not read");
    const certificate = new X509Certificate(issuer);
    const warnings = verdict.warnings.map(
        ({ property, problem, remedy }) => `${property}: ${problem} ${remedy}`,
    );
    return {
        certificate: issuer,
        above: { intermediate, root },
        name: `issuer-${certificate.fingerprint256.replaceAll(":", "").slice(0, 16).toLowerCase()}`,
        warnings: [...warnings, ...cutShort(new Date(certificate.validTo), settings.leafLifetime, now)],
    };
}

/** Programs without types may give anything, and leave out what has to be there. */
function textOf(given: unknown): string {
    return typeof given === "string" ? given : "";
}

function cutShort(end: Date, leafLifetime: number, now: Date): readonly string[] {
    if (end.getTime() - now.getTime() >= leafLifetime * 1_000) return [];
    return [
        `signed.issuer: It ends on ${end.toISOString()}, within the lifetime of a leaf, so that leaves end with it. ` +
            `Raise generation, and sign the new request.`,
    ];
}

/** What is said until the issuer is signed. */
export function unsignedWarning(): string {
    const command = signCommand("issuer", {
        csr: "issuer.csr",
        ca: "intermediate-ca.pem",
        key: "intermediate-ca-key.pem",
        out: "issuer.pem",
    });
    return (
        `It issues nothing yet: its issuer is not signed. Write its output request to issuer.csr, and sign it ` +
        `where the intermediate's key is: ${command}. ` +
        `Then give the certificates' texts: signed: { issuer, intermediate, root }.`
    );
}
