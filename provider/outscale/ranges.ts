/** IP addresses and CIDR ranges as intervals of numbers: parsing, meaning, and coverage. */
import ipaddr from "ipaddr.js";
import { PortcullisError } from "../errors";

/** An inclusive interval of addresses of one family. */
export interface AddressRange {
    readonly family: 4 | 6;
    readonly first: bigint;
    readonly last: bigint;
}

/** Every IPv4 address: where an identity may come from unless its source is said. */
export const ANY_IPV4 = "0.0.0.0/0";

const BITS = { 4: 32n, 6: 128n } as const;

/**
 * Reads an address (`192.0.2.7`) or a CIDR range (`192.0.2.0/24`, host bits allowed), IPv4 or IPv6.
 * An IPv4-mapped IPv6 address means the IPv4 address.
 * @throws PortcullisError InvalidInput where the text is neither.
 */
export function parseRange(text: string): AddressRange {
    const slash = text.indexOf("/");
    const address = parseAddress(slash < 0 ? text : text.slice(0, slash), text);
    const mapped = address.kind() === "ipv6" && (address as ipaddr.IPv6).isIPv4MappedAddress();
    const plain = mapped ? (address as ipaddr.IPv6).toIPv4Address() : address;
    const family = plain.kind() === "ipv4" ? 4 : 6;
    const bits = BITS[family];
    let prefix = slash < 0 ? bits : parsePrefix(text.slice(slash + 1), mapped ? 128n : bits, text);
    if (mapped && slash >= 0) {
        if (prefix < 96n) throw malformed(text);
        prefix -= 96n;
    }
    const value = plain.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const size = 1n << (bits - prefix);
    const first = (value / size) * size;
    return { family, first, last: first + size - 1n };
}

function parseAddress(text: string, whole: string): ipaddr.IPv4 | ipaddr.IPv6 {
    // ipaddr.js reads octal, hexadecimal and shortened IPv4 forms too; an access rule must mean what it shows.
    const dotted = /[^:]*\.[^:]*$/.exec(text)?.[0];
    const plain = dotted === undefined || ipaddr.IPv4.isValidFourPartDecimal(dotted);
    const valid = text === dotted || (text.includes(":") && ipaddr.IPv6.isValid(text));
    if (!plain || !valid || text.includes("%")) throw malformed(whole);
    // It also takes the deprecated IPv4-compatible form for a mapped address, which that is not.
    if (dotted !== undefined && text === `::${dotted}`) return ipaddr.parse(`0${text}`);
    return ipaddr.parse(text);
}

function parsePrefix(text: string, most: bigint, whole: string): bigint {
    if (!/^(0|[1-9]\d{0,2})$/.test(text) || BigInt(text) > most) throw malformed(whole);
    return BigInt(text);
}

function malformed(text: string): PortcullisError {
    return new PortcullisError({
        code: "InvalidInput",
        problem: `"${text}" is neither an IP address nor a CIDR range.`,
        remedy: 'Write it as "192.0.2.7", "192.0.2.0/24", "2001:db8::7" or "2001:db8::/32".',
    });
}

/** Whether the text is an address or range that `parseRange` reads. */
export function isRange(text: string): boolean {
    try {
        parseRange(text);
        return true;
    } catch {
        return false;
    }
}

/** One text for each meaning: two spellings of a range are equal exactly when their canonical forms are. */
export function canonicalRange(text: string): string {
    const { family, first, last } = parseRange(text);
    return `${family}:${first.toString(16)}-${last.toString(16)}`;
}

/** Whether the union of the ranges holds every address of the target. */
export function covers(ranges: readonly AddressRange[], target: AddressRange): boolean {
    const ascending = ranges
        .filter((range) => overlaps(range, target))
        .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    let next = target.first;
    for (const range of ascending) {
        if (range.first > next) return false;
        if (range.last >= next) next = range.last + 1n;
        if (next > target.last) return true;
    }
    return false;
}

/** The part of the range that lies within the target; both share an address. */
export function within(range: AddressRange, target: AddressRange): AddressRange {
    return {
        family: target.family,
        first: range.first > target.first ? range.first : target.first,
        last: range.last < target.last ? range.last : target.last,
    };
}

/** Whether the two ranges share an address. */
export function overlaps(a: AddressRange, b: AddressRange): boolean {
    return a.family === b.family && a.first <= b.last && b.first <= a.last;
}
