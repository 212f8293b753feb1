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

/** The files of a signature, and what else its command says. Words in capitals are the operator's to fill in. */
export interface SignPlaces {
    /** The request. "CSR" unless given; a root has none. */
    readonly csr?: string;
    /** The issuer's certificate. "ISSUER" unless given; a root has none. */
    readonly ca?: string;
    /** The key that signs. "KEY" unless given. */
    readonly key?: string;
    /** What it is constrained to. None unless given. */
    readonly permittedDnsDomains?: readonly string[];
    /** The new certificate. "FILE" unless given. */
    readonly out?: string;
}

/** The command by which a certificate of the tier is made. */
export function signCommand(tier: Tier, places: SignPlaces = {}): string {
    const { csr = "CSR", ca = "ISSUER", key = "KEY", permittedDnsDomains = [], out = "FILE" } = places;
    const what = tier === "root" ? "root --common-name NAME" : `csr --tier ${tier} --csr ${csr} --ca ${ca}`;
    const constraints = permittedDnsDomains.map((domain) => ` --permitted-dns ${domain}`).join("");
    return `portcullis sign ${what} --key ${key}${constraints} --out ${out}`;
}
