/** Decides whether a rule that asks for no certificate is open to the world. */
import { covers, isRange, parseRange, type AddressRange } from "../provider/outscale/ranges";

/** What such rules may open. */
export interface RangeLimits {
    /** Ranges that may be opened whatever their size. */
    readonly openRanges: readonly string[];
    /** The prefix length of the broadest IPv4 range that may be opened otherwise. */
    readonly broadestIpv4Prefix: number;
    /** The same for IPv6. */
    readonly broadestIpv6Prefix: number;
}

const IPV4 = parseRange("0.0.0.0/0");

/** IPv4 addresses that no call from the Internet comes from (IANA's special-purpose registry, and multicast). */
const NEVER_PUBLIC = [
    ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
    ...["192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"],
    ...["203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
].map(parseRange);

/** All IPv6 addresses that calls from the Internet come from: global unicast (RFC 4291). */
const PUBLIC_IPV6 = parseRange("2000::/3");

/**
 * Why the ranges together open a rule to the world, as the rest of a sentence; undefined where they do not.
 * Texts that are no ranges are for the provider to refuse, and count for nothing here.
 */
export function openness(ipRanges: readonly string[], limits: RangeLimits): string | undefined {
    const allowed = limits.openRanges.map(parseRange);
    const opened = ipRanges
        .filter(isRange)
        .map((text) => ({ text, range: parseRange(text) }))
        .filter(({ range }) => !covers(allowed, range));
    const ranges = opened.map(({ range }) => range);
    if (holdsEveryPublicAddress(ranges)) return "admits calls from everywhere";
    const broad = opened.find(({ range }) => prefixLength(range) < broadest(range, limits));
    if (broad === undefined) return undefined;
    return `admits calls from ${broad.text}, a range broader than /${broadest(broad.range, limits)}`;
}

function holdsEveryPublicAddress(ranges: readonly AddressRange[]): boolean {
    const ofIpv4 = ranges.some(({ family }) => family === 4) && covers([...ranges, ...NEVER_PUBLIC], IPV4);
    return ofIpv4 || covers(ranges, PUBLIC_IPV6);
}

function broadest({ family }: AddressRange, limits: RangeLimits): number {
    return family === 4 ? limits.broadestIpv4Prefix : limits.broadestIpv6Prefix;
}

/** The prefix length of a range, which always is one CIDR block. */
function prefixLength({ family, first, last }: AddressRange): number {
    const bits = (last - first + 1n).toString(2).length - 1;
    return (family === 4 ? 32 : 128) - bits;
}
