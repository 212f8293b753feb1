/** Addresses and ranges: what each text means, what is refused, and coverage against counting every address. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as service from "../../../../emulators/outscale/addresses";
import { PortcullisError } from "../../../../provider/errors";
import {
    ANY_IPV4,
    canonicalRange,
    covers,
    isRange,
    overlaps,
    parseRange,
    type AddressRange,
} from "../../../../provider/outscale/ranges";

const ALL_IPV6 = "f".repeat(32);

test.each([
    ["192.0.2.7", "4:c0000207-c0000207"],
    ["192.0.2.7/32", "4:c0000207-c0000207"],
    ["192.0.2.7/24", "4:c0000200-c00002ff"],
    ["192.0.2.255/31", "4:c00002fe-c00002ff"],
    ["10.1.2.3/8", "4:a000000-affffff"],
    ["0.0.0.0/0", "4:0-ffffffff"],
    ["203.0.113.9/0", "4:0-ffffffff"],
    ["128.0.0.0/1", "4:80000000-ffffffff"],
    ["255.255.255.255", "4:ffffffff-ffffffff"],
    ["::", "6:0-0"],
    ["::/0", `6:0-${ALL_IPV6}`],
    ["::1", "6:1-1"],
    ["::192.0.2.7", "6:c0000207-c0000207"],
    ["::c000:207", "6:c0000207-c0000207"],
    ["0::192.0.2.7/120", "6:c0000200-c00002ff"],
    ["64:ff9b::192.0.2.7", "6:0064ff9b0000000000000000c0000207-0064ff9b0000000000000000c0000207"],
    ["2001:db8::7", "6:20010db8000000000000000000000007-20010db8000000000000000000000007"],
    ["2001:DB8::7/32", "6:20010db8000000000000000000000000-20010db8ffffffffffffffffffffffff"],
    ["2001:db8:0:0::/127", "6:20010db8000000000000000000000000-20010db8000000000000000000000001"],
    ["::ffff:192.0.2.7", "4:c0000207-c0000207"],
    ["::ffff:c000:207", "4:c0000207-c0000207"],
    ["::ffff:192.0.2.7/128", "4:c0000207-c0000207"],
    ["::ffff:192.0.2.7/120", "4:c0000200-c00002ff"],
    ["::ffff:192.0.2.7/96", "4:0-ffffffff"],
])("%s means %s", (text, canonical) => {
    // The expected texts spell every digit; the canonical form has no leading zeros.
    expect(canonicalRange(text)).toBe(canonical.replace(/([:-])0+(?=[0-9a-f])/g, "$1"));
    expect(isRange(text)).toBe(true);
});

test("an address is an interval of one, a range that of its block, each of its family", () => {
    expect(parseRange("192.0.2.7")).toEqual({ family: 4, first: 0xc0000207n, last: 0xc0000207n });
    expect(parseRange("192.0.2.7/30")).toEqual({ family: 4, first: 0xc0000204n, last: 0xc0000207n });
    expect(parseRange("::7/126")).toEqual({ family: 6, first: 4n, last: 7n });
    expect(ANY_IPV4).toBe("0.0.0.0/0");
});

test.each([
    "",
    " ",
    "/24",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.0/33",
    "192.0.2.0/",
    "192.0.2.0/-1",
    "192.0.2.0/ 8",
    "192.0.2.0/+8",
    "192.0.2.0/8.0",
    "192.0.2.0/08",
    "192.0.2.0/0x8",
    "192.0.2.0/8/8",
    "192.0.2.0/255.255.255.0",
    "0300.0.2.1",
    "192.0.02.1",
    "0xc0.0.2.1",
    "3221225985",
    " 192.0.2.7",
    "192.0.2.7\n",
    "192.0.2.7, 192.0.2.8",
    "2001:db8::/129",
    "2001:db8:::7",
    "2001:db8::7::",
    "fe80::1%eth0",
    "[2001:db8::7]",
    "::ffff:192.0.2.07",
    "::ffff:192.0.2.256",
    "::300.0.2.1",
    "::192.0.2.07",
    "64:ff9b::192.0.2",
    "::ffff:192.0.2.7/95",
    "::ffff:192.0.2.7/24",
    "::ffff:192.0.2.7/129",
    "gate.example",
    "*",
])("%j is refused", (text) => {
    expect(isRange(text)).toBe(false);
    expect(() => parseRange(text)).toThrow(PortcullisError);
    expect(() => parseRange(text)).toThrow(
        `"${text}" is neither an IP address nor a CIDR range. ` +
            'Write it as "192.0.2.7", "192.0.2.0/24", "2001:db8::7" or "2001:db8::/32".',
    );
});

test("reads every text as the emulated service does, but for mapped blocks, which that refuses", () => {
    const part = fc.constantFrom("0", "1", "7", "10", "255", "256", "01", "ffff", "db8", "g", "");
    const dotted = fc.array(part, { minLength: 3, maxLength: 5 }).map((parts) => parts.join("."));
    const grouped = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(":"));
    const address = fc.oneof(
        dotted,
        grouped,
        fc.tuple(grouped, dotted).map(([groups, tail]) => `${groups}:${tail}`),
        dotted.map((tail) => `::ffff:${tail}`),
        fc.ipV4(),
        fc.ipV6(),
    );
    const length = fc.constantFrom("", "/0", "/8", "/32", "/33", "/96", "/128", "/129", "/007", "/", "/-1");
    fc.assert(
        fc.property(address, length, (text, prefix) => {
            const theirs = service.parseRange(`${text}${prefix}`);
            const mapped = text.includes(":") && service.parseAddress(text)?.bits === 32;
            if (mapped && prefix !== "") return;
            expect(isRange(`${text}${prefix}`)).toBe(theirs !== undefined);
            if (theirs === undefined) return;
            const { bits, value } = theirs.address;
            const hostBits = BigInt(bits - theirs.prefix);
            const first = (value >> hostBits) << hostBits;
            expect(parseRange(`${text}${prefix}`)).toEqual({
                family: bits === 32 ? 4 : 6,
                first,
                last: first + (1n << hostBits) - 1n,
            });
        }),
        { numRuns: 3_000 },
    );
});

describe("coverage", () => {
    const family = (which: 4 | 6, first: number, last: number): AddressRange => ({
        family: which,
        first: BigInt(first),
        last: BigInt(last),
    });
    const v4 = (first: number, last: number): AddressRange => family(4, first, last);

    test.each<[string, readonly AddressRange[], AddressRange, boolean]>([
        ["nothing", [], v4(1, 1), false],
        ["itself", [v4(1, 4)], v4(1, 4), true],
        ["less at the start", [v4(2, 4)], v4(1, 4), false],
        ["less at the end", [v4(1, 3)], v4(1, 4), false],
        ["more on both sides", [v4(0, 9)], v4(1, 4), true],
        ["two that meet", [v4(3, 4), v4(1, 2)], v4(1, 4), true],
        ["two with a hole", [v4(1, 2), v4(4, 4)], v4(1, 4), false],
        ["two that overlap", [v4(1, 3), v4(2, 4)], v4(1, 4), true],
        ["a long one before a short one", [v4(1, 4), v4(2, 2)], v4(1, 4), true],
        ["a short one within, then a gap", [v4(1, 3), v4(2, 2), v4(5, 9)], v4(1, 9), false],
        ["twice the same start", [v4(1, 2), v4(1, 4)], v4(1, 4), true],
        ["another family", [family(6, 1, 4)], v4(1, 4), false],
        ["another family for the rest", [v4(1, 2), family(6, 3, 4)], v4(1, 4), false],
    ])("of a range by %s", (_title, ranges, target, expected) => {
        expect(covers(ranges, target)).toBe(expected);
        expect(covers([...ranges].reverse(), target)).toBe(expected);
    });

    const small = fc
        .tuple(fc.constantFrom<4 | 6>(4, 6), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
        .map(([which, one, other]) => family(which, Math.min(one, other), Math.max(one, other)));
    const holds = (range: AddressRange, which: 4 | 6, address: number): boolean =>
        range.family === which && range.first <= BigInt(address) && BigInt(address) <= range.last;
    const everything = Array.from({ length: 21 }, (_, address) => address);

    test("is that of every single address", () => {
        fc.assert(
            fc.property(fc.array(small, { maxLength: 6 }), small, (ranges, target) => {
                const every = everything
                    .filter((address) => holds(target, target.family, address))
                    .every((address) => ranges.some((range) => holds(range, target.family, address)));
                expect(covers(ranges, target)).toBe(every);
            }),
            { numRuns: 500 },
        );
    });

    test("two ranges overlap where an address is in both", () => {
        fc.assert(
            fc.property(small, small, (a, b) => {
                const shared = everything.some((address) =>
                    ([4, 6] as const).some((which) => holds(a, which, address) && holds(b, which, address)),
                );
                expect(overlaps(a, b)).toBe(shared);
                expect(overlaps(b, a)).toBe(shared);
            }),
        );
    });

    test("a block of any prefix begins at its own bits and holds the address that it was written with", () => {
        fc.assert(
            fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
                const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
                const size = 2 ** (32 - prefix);
                const first = Math.floor(value / size) * size;
                const range = parseRange(`${address}/${prefix}`);
                expect(range).toEqual({ family: 4, first: BigInt(first), last: BigInt(first + size - 1) });
                expect(canonicalRange(`::ffff:${address}/${prefix + 96}`)).toBe(
                    canonicalRange(`${address}/${prefix}`),
                );
            }),
        );
    });
});
