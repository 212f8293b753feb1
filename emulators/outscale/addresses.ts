/** IP addresses and the ranges of API access rules: an address, or a CIDR block whose host bits may be set. */
import { isIP } from "node:net";

/** An address as a number of 32 or 128 bits. */
export interface Address {
    readonly bits: 32 | 128;
    readonly value: bigint;
}

export interface AddressRange {
    readonly address: Address;
    readonly prefix: number;
}

function ipv4Value(text: string): bigint {
    return text.split(".").reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function ipv6Value(text: string): bigint {
    // A dotted tail stands for the last two groups.
    const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
    if (dotted?.[1] !== undefined && dotted[2] !== undefined) {
        const tail = ipv4Value(dotted[2]);
        return ipv6Value(`${dotted[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`);
    }
    const [head = "", rest] = text.split("::");
    const groups = (part: string) => (part === "" ? [] : part.split(":"));
    const before = groups(head);
    const after = rest === undefined ? [] : groups(rest);
    const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
    return [...before, ...zeros, ...after].reduce(
        (value, group) => (value << 16n) | BigInt(`0x${group}`),
        0n,
    );
}

const MAPPED = 0xffffn;

/**
 * An address, or undefined where the text is none. An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`, which a
 * dual-stack socket reports) is the IPv4 address. Zones (`fe80::1%eth0`) mean nothing to a remote service: refused.
 */
export function parseAddress(text: string): Address | undefined {
    if (text.includes("%")) return undefined;
    switch (isIP(text)) {
        case 4:
            return { bits: 32, value: ipv4Value(text) };
        case 6: {
            const value = ipv6Value(text);
            return value >> 32n === MAPPED ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
        }
        default:
            return undefined;
    }
}

/** A range, or undefined where the text is none: `192.0.2.1`, `192.0.2.0/16`, `2001:db8::/32`, `::1`. */
export function parseRange(text: string): AddressRange | undefined {
    const [base = "", length, ...more] = text.split("/");
    const address = parseAddress(base);
    if (address === undefined || more.length > 0) return undefined;
    if (length === undefined) return { address, prefix: address.bits };
    // A mapped block would count its prefix in 128 bits: no documentation knows such ranges.
    if (!/^(0|[1-9]\d{0,2})$/.test(length) || (base.includes(":") && address.bits === 32)) return undefined;
    const prefix = Number(length);
    return prefix > address.bits ? undefined : { address, prefix };
}

export function contains(range: AddressRange, address: Address): boolean {
    if (range.address.bits !== address.bits) return false;
    const hostBits = BigInt(address.bits - range.prefix);
    return range.address.value >> hostBits === address.value >> hostBits;
}

const LIMIT = 10_000;
const ranges = new Map<string, AddressRange | undefined>();
const addresses = new Map<string, Address | undefined>();

function remembered<T>(memory: Map<string, T>, key: string, make: (key: string) => T): T {
    const known = memory.get(key);
    if (known !== undefined || memory.has(key)) return known as T; // has() tells a remembered undefined apart
    if (memory.size >= LIMIT) memory.clear();
    const made = make(key);
    memory.set(key, made);
    return made;
}

/** Whether an address lies in a range, both as text; false where either cannot be read. */
export function rangeContains(range: string, address: string): boolean {
    const parsedRange = remembered(ranges, range, parseRange);
    const parsedAddress = remembered(addresses, address, parseAddress);
    return parsedRange !== undefined && parsedAddress !== undefined && contains(parsedRange, parsedAddress);
}
