/** The tiers of a PKI whose root is offline, and what the certificate of each must be. */

/** From the top down; the issuer and the server both stand right below the intermediate. */
export const TIERS = ["root", "intermediate", "issuer", "server"] as const;
/**
 * `root` signs the intermediate alone; `intermediate` signs the issuer and the server; `issuer` is the authority within
 * Vault, which signs leaves; `server` is the certificate that Vault itself presents.
 */
export type Tier = (typeof TIERS)[number];

/** What the certificate of an authority must say of the authorities below it (pathLenConstraint, RFC 5280, 4.2.1.9). */
export interface AuthorityRule {
    readonly pathLength: number;
    /**
     * Whether more, or no limit, will do as well: a root may serve other hierarchies beside this one, whose depth is
     * bounded at the intermediate.
     */
    readonly orMore: boolean;
}

/** The rule of each authority; undefined for the server, which is none. */
export function authorityRule(tier: Tier): AuthorityRule | undefined {
    switch (tier) {
        case "root":
            return { pathLength: 2, orMore: true };
        case "intermediate":
            return { pathLength: 1, orMore: false };
        case "issuer":
            return { pathLength: 0, orMore: false };
        case "server":
            return undefined;
    }
}

/** The command by which a certificate of the tier is made; words in capitals are the operator's to fill in. */
export function signCommand(tier: Tier): string {
    return tier === "root"
        ? "portcullis sign root --common-name NAME --key KEY --out FILE"
        : `portcullis sign csr --tier ${tier} --csr CSR --ca ISSUER --key KEY --out FILE`;
}
