/** IP ranges as name constraints hold them (RFC 5280, 4.2.1.10): an address and its mask. */
import ipaddr from "ipaddr.js";

/**
 * What an authority is constrained to beside DNS domains, unless said: a tunnel to a node ends at loopback, and a
 * certificate for it speaks for no machine but one's own.
 */
export const LOOPBACK = ["127.0.0.1/32", "::1/128"] as const;

/** Every address of each family: what is excluded where none of the family is permitted. */
const ALL = { ipv4: Buffer.alloc(8), ipv6: Buffer.alloc(32) } as const;

/** A range as "10.0.0.0/16", in its one normal form; undefined where it is none, or names an address within its range. */
export function normaliseRange(text: string): string | undefined {
    if (!ipaddr.isValidCIDR(text)) return undefined;
    const octets = rangeOctets(text);
    const half = octets.length / 2;
    const isFirst = octets
        .subarray(0, half)
        .every((octet, index) => (octet & ~(octets[half + index] ?? 0)) === 0);
    return isFirst ? rangeText(octets) : undefined;
}

/** Address and mask of a range, 4 or 16 octets each. */
export function rangeOctets(text: string): Buffer {
    const [address, prefix] = ipaddr.parseCIDR(text);
    const octets = address.toByteArray();
    const mask = octets.map((_, index) => 0xff & (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * index))));
    return Buffer.from([...octets, ...mask]);
}

/** Such octets as text; undefined where the mask is no prefix. */
export function rangeText(octets: Buffer): string | undefined {
    const half = octets.length / 2;
    const address = ipaddr.fromByteArray([...octets.subarray(0, half)]);
    const prefix = ipaddr.fromByteArray([...octets.subarray(half)]).prefixLengthFromSubnetMask();
    return prefix === null ? undefined : `${address.toString()}/${prefix}`;
}

/** The subtrees by which exactly these ranges are permitted: without any of a family, all of it is excluded. */
export function ipSubtrees(ranges: readonly string[]): {
    readonly permitted: readonly Buffer[];
    readonly excluded: readonly Buffer[];
} {
    const permitted = ranges.map(rangeOctets);
    const excluded = [ALL.ipv4, ALL.ipv6].filter((all) =>
        permitted.every(({ length }) => length !== all.length),
    );
    return { permitted, excluded };
}

/** Whether addresses are bounded at all: some of a family permitted and not all, or all of it excluded, for both. */
export function boundsAddresses(
    permitted: readonly Buffer[] | undefined,
    excluded: readonly Buffer[],
): boolean {
    if (permitted !== undefined) return permitted.every((range) => !isAll(range));
    return [ALL.ipv4, ALL.ipv6].every((all) =>
        excluded.some((range) => range.length === all.length && isAll(range)),
    );
}

/** A mask of zeros. */
function isAll(range: Buffer): boolean {
    return range.subarray(range.length / 2).every((octet) => octet === 0);
}
