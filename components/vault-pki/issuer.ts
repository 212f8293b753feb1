/** Decides whether the issuer's certificate, signed away from the platform, is the one that was asked for. */
import { X509Certificate } from "node:crypto";
import { checkSigned, refuseFaults } from "../../provider/pki/offline/check-signed";
import { signCommand } from "../../provider/pki/offline/tiers";
import { invalidInput } from "../../provider/pki/pem";
import type { VaultPkiArgs } from "./args";
import type { VaultPkiSettings } from "./settings";

/** The three certificates as they were given, PEM. */
export interface GivenCertificates {
    readonly signed: string;
    readonly chain: string;
    readonly authorities: string;
}

/** What stands, in the one normal form of PEM. */
export interface AcceptedIssuer {
    readonly certificate: string;
    /** The certificates above it, the intermediate's first, in one text. */
    readonly above: string;
    /** The issuer's name in Vault: told by its certificate, so that each has its own. */
    readonly name: string;
    /** What has to be seen to soon: sentences. */
    readonly warnings: readonly string[];
}

/** Whether all three certificates are given. @throws PortcullisError `InvalidInput` where only some are */
export function isSigned(args: Pick<VaultPkiArgs, "signed" | "chain" | "authorities">): boolean {
    const names = ["signed", "chain", "authorities"] as const;
    const missing = names.filter((name) => args[name] === undefined);
    if (missing.length === 0) return true;
    if (args.signed === undefined) return false;
    throw invalidInput(
        missing[0],
        `It is missing, while signed is given: ${missing.join(" and ")} is needed to verify it.`,
        "Give the intermediate's certificate as chain, and the root's as authorities.",
    );
}

/**
 * What becomes of the certificates given.
 *
 * @param requests the requests that Vault made, the present one first; undefined where a preview cannot know them yet,
 * and then the certificate is not compared with them
 * @throws PortcullisError `InvalidInput` with all that is wrong, and the command that signs the request
 */
export function acceptIssuer(
    given: GivenCertificates,
    requests: readonly string[] | undefined,
    settings: Pick<VaultPkiSettings, "domains" | "leafLifetime">,
    now: Date,
): AcceptedIssuer {
    const verdict = checkSigned(
        [
            { tier: "root", property: "authorities", pem: given.authorities },
            { tier: "intermediate", property: "chain", pem: given.chain },
            {
                tier: "issuer",
                property: "signed",
                pem: given.signed,
                requests,
                issuesFor: settings.domains,
            },
        ],
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
        above: `${intermediate}${root}`,
        name: `issuer-${certificate.fingerprint256.replaceAll(":", "").slice(0, 16).toLowerCase()}`,
        warnings: [...warnings, ...cutShort(new Date(certificate.validTo), settings.leafLifetime, now)],
    };
}

function cutShort(end: Date, leafLifetime: number, now: Date): readonly string[] {
    if (end.getTime() - now.getTime() >= leafLifetime * 1_000) return [];
    return [
        `signed: It ends on ${end.toISOString()}, within the lifetime of a leaf, so that leaves end with it. ` +
            `Raise generation, and sign the new request.`,
    ];
}

/** What is said until the issuer is signed. */
export function unsignedWarning(name: string): string {
    return (
        `${name} issues nothing yet: its issuer is not signed. Write its output request to the file CSR, and sign it ` +
        `where the intermediate's key is: ${signCommand("issuer")}. ` +
        `Then give the certificate as signed, the intermediate's as chain, and the root's as authorities.`
    );
}
