/** What is known of an issuer of cert-manager, and whether it issues for a host name: all without asking it. */
import { durationOrUndefined } from "../duration";
import { isWildcard, isWithin } from "./names";

/** What an issuer issues at most. What is not known of it is not said, and not judged. */
export interface IssuerLimits {
    /** Domains below which its certificates may be. */
    readonly domains?: readonly string[];
    /** Whether they may be for the first label `*`. */
    readonly allowWildcards?: boolean;
    /** Whether they may be for one of `domains` itself. */
    readonly allowBareDomains?: boolean;
    /** How long they last at most, as "90d". */
    readonly leafLifetime?: string;
}

/** An issuer that a certificate names. */
export interface Issuer {
    readonly name: string;
    readonly kind: "ClusterIssuer" | "Issuer";
    /** Where an Issuer is; a ClusterIssuer is in none. */
    readonly namespace?: string;
    readonly limits?: IssuerLimits;
}

/** How messages name an issuer. */
export function issuerWords({ kind, name, namespace }: Issuer): string {
    return `${kind} ${JSON.stringify(name)}${namespace === undefined ? "" : ` of the namespace ${JSON.stringify(namespace)}`}`;
}

/** Why an issuer would not issue for a host name; nothing where it would, or where that is not known. */
export function hostNameRefusal(issuer: Issuer, hostName: string): string | undefined {
    const { domains, allowWildcards, allowBareDomains } = issuer.limits ?? {};
    if (isWildcard(hostName) && allowWildcards === false) {
        return `"${hostName}" is a wildcard, which the role of the ${issuerWords(issuer)} does not allow. List the host names, or allow wildcards there.`;
    }
    if (domains === undefined) return undefined;
    const domain = domains.find((one) => isWithin(one, hostName));
    if (domain === undefined) {
        return `"${hostName}" is in none of the domains of the ${issuerWords(issuer)}: ${domains.join(", ")}. Name another issuer, or a host name in one of them.`;
    }
    // More than one of the domains may hold it: it is bare only where it is below none.
    if (
        allowBareDomains === false &&
        domains.includes(hostName) &&
        !domains.some((one) => hostName.endsWith(`.${one}`))
    ) {
        return `"${hostName}" is itself a domain of the ${issuerWords(issuer)}, which issues below it alone. Name a host below it, or allow bare domains there.`;
    }
    return undefined;
}

/** How long its certificates last at most, in milliseconds; undefined where that is not known. */
export function longestLifetime({ limits }: Issuer): number | undefined {
    return limits?.leafLifetime === undefined ? undefined : durationOrUndefined(limits.leafLifetime);
}
