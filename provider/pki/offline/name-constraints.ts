/** Name constraints (RFC 5280, 4.2.1.10): which DNS names and IP addresses stand below an authority. */
import { childrenOf } from "../der";
import { dnsNameOf, ipOctets, NAME_TAG, type GeneralNames } from "./general-names";

export interface NameConstraints {
    /** DNS subtrees in lower case, of which a name must be in one; undefined where they bound nothing. */
    readonly permittedDns: readonly string[] | undefined;
    readonly excludedDns: readonly string[];
    /** Address and mask, 4 or 16 octets each; undefined where they bound nothing. */
    readonly permittedIps: readonly Buffer[] | undefined;
    readonly excludedIps: readonly Buffer[];
    /** Whether directory names are bounded, which is not evaluated here. */
    readonly directory: boolean;
    /** Whether names of other forms are bounded (e-mail, URI), none of which stands in a certificate here. */
    readonly others: boolean;
}

/** The constraints in an extension's value. Throws where it is malformed. */
export function nameConstraintsOf(value: Buffer): NameConstraints {
    const parts = childrenOf(value);
    const bases = (part: number) =>
        parts
            .filter(({ tag }) => tag === part)
            .flatMap(({ raw }) => childrenOf(raw, part))
            .map((subtree) => {
                const [base, bound] = childrenOf(subtree.raw);
                // RFC 5280 gives a subtree no minimum other than 0 and no maximum.
                if (base === undefined || bound !== undefined) throw new RangeError("a bounded subtree");
                return base;
            });
    const [permitted, excluded] = [bases(0xa0), bases(0xa1)];
    const dns = (names: typeof permitted) =>
        names.filter(({ tag }) => tag === NAME_TAG.dns).map((name) => dnsNameOf(name));
    const ips = (names: typeof permitted) =>
        names.filter(({ tag }) => tag === NAME_TAG.ip).map(({ content }) => subnet(content));
    const orUnbound = <T>(list: readonly T[]) => (list.length > 0 ? list : undefined);
    const evaluated: readonly number[] = [NAME_TAG.dns, NAME_TAG.ip, NAME_TAG.directory];
    return {
        permittedDns: orUnbound(dns(permitted)),
        excludedDns: dns(excluded),
        permittedIps: orUnbound(ips(permitted)),
        excludedIps: ips(excluded),
        directory: [...permitted, ...excluded].some(({ tag }) => tag === NAME_TAG.directory),
        others: [...permitted, ...excluded].some(({ tag }) => !evaluated.includes(tag)),
    };
}

function subnet(octets: Buffer): Buffer {
    if (octets.length !== 8 && octets.length !== 32) throw new RangeError("an address without its mask");
    return octets;
}

/**
 * Whether a DNS name is in a subtree: it is the subtree's own name, or has labels more to the left. A subtree with a
 * leading dot, which OpenSSL and Go know, holds only the latter.
 */
export function isInSubtree(name: string, subtree: string): boolean {
    const [one, tree] = [name.toLowerCase(), subtree.toLowerCase()];
    if (tree === "") return true;
    return tree.startsWith(".") ? one.endsWith(tree) : one === tree || one.endsWith(`.${tree}`);
}

/** Whether a name, of which the first label may be `*`, could be one that a subtree excludes. */
function couldBeIn(name: string, subtree: string): boolean {
    if (isInSubtree(name, subtree)) return true;
    return name.startsWith("*.") && isInSubtree(subtree.replace(/^\./, ""), name.slice(2));
}

/** Those of the names that the constraints do not allow. */
export function namesOutside(
    constraints: NameConstraints,
    names: Pick<GeneralNames, "dnsNames" | "ipAddresses">,
): readonly string[] {
    const { permittedDns, excludedDns, permittedIps, excludedIps } = constraints;
    const dns = names.dnsNames.filter(
        (name) =>
            permittedDns?.some((subtree) => isInSubtree(name, subtree)) === false ||
            excludedDns.some((subtree) => couldBeIn(name, subtree)),
    );
    const ips = names.ipAddresses.filter((text) => {
        const octets = ipOctets(text);
        return (
            permittedIps?.some((net) => isInSubnet(octets, net)) === false ||
            excludedIps.some((net) => isInSubnet(octets, net))
        );
    });
    return [...dns, ...ips];
}

function isInSubnet(address: Buffer, net: Buffer): boolean {
    const size = net.length / 2;
    return (
        address.length === size &&
        address.every((octet, index) => {
            const mask = net.readUInt8(size + index);
            return (octet & mask) === (net.readUInt8(index) & mask);
        })
    );
}
