import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseAddress, parseRange, rangeContains } from "../../../../emulators/outscale/addresses";

describe("a range contains an address", () => {
    test.each([
        ["0.0.0.0/0", "198.51.100.7", true],
        ["0.0.0.0/0", "2001:db8::1", false],
        ["::/0", "2001:db8::1", true],
        ["::/0", "198.51.100.7", false],
        ["192.0.2.1", "192.0.2.1", true],
        ["192.0.2.1", "192.0.2.2", false],
        ["192.0.2.77/16", "192.0.255.1", true],
        ["192.0.2.77/16", "192.1.0.1", false],
        ["192.0.2.1/32", "192.0.2.1", true],
        ["2001:db8::1", "2001:0db8:0:0:0:0:0:1", true],
        ["2001:db8::dead/32", "2001:db8:ffff::1", true],
        ["2001:db8::/33", "2001:db8:8000::1", false],
        ["198.51.100.7/32", "::ffff:198.51.100.7", true],
        ["::ffff:198.51.100.7", "198.51.100.7", true],
        ["64:ff9b::192.0.2.33/128", "64:ff9b::c000:221", true],
        ["nonsense", "192.0.2.1", false],
        ["0.0.0.0/0", "nonsense", false],
    ])("%s and %s: %s", (range, address, expected) => {
        expect(rangeContains(range, address)).toBe(expected);
    });

    test.each([
        "",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.01",
        "192.0.2.0/33",
        "192.0.2.0/",
        "192.0.2.0/08",
        "192.0.2.0/-1",
        "192.0.2.0/8/8",
        "192.0.2.0/255.255.255.0",
        "2001:db8::/129",
        "2001:db8:::1",
        "fe80::1%eth0",
        "::ffff:192.0.2.1/96",
        " 192.0.2.1",
        "localhost",
    ])("%j is no range", (range) => {
        expect(parseRange(range)).toBeUndefined();
    });
});

/** Another way to say it: write both addresses as strings of bits and compare their beginnings. */
function naiveBits(groups: readonly number[], width: number): string {
    return groups.map((group) => group.toString(2).padStart(width, "0")).join("");
}

describe("matching equals comparing strings of bits", () => {
    const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const ipv6 = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });

    test("IPv4", () => {
        fc.assert(
            fc.property(ipv4, ipv4, fc.nat(32), fc.nat(32), (base, other, prefix, shared) => {
                // Addresses that agree in their first bits are the interesting ones.
                const bits = naiveBits(base, 8).slice(0, shared) + naiveBits(other, 8).slice(shared);
                const address = [0, 8, 16, 24].map((at) => parseInt(bits.slice(at, at + 8), 2)).join(".");
                const naive = bits.startsWith(naiveBits(base, 8).slice(0, prefix));
                expect(rangeContains(`${base.join(".")}/${prefix}`, address)).toBe(naive);
            }),
        );
    });

    test("IPv6, long and short forms", () => {
        fc.assert(
            fc.property(ipv6, ipv6, fc.nat(128), fc.nat(128), (base, other, prefix, shared) => {
                const bits = naiveBits(base, 16).slice(0, shared) + naiveBits(other, 16).slice(shared);
                const groups = Array.from({ length: 8 }, (_, at) =>
                    parseInt(bits.slice(at * 16, at * 16 + 16), 2),
                );
                const long = base.map((group) => group.toString(16)).join(":");
                // The URL parser is an independent writer of short forms.
                const short = new URL(
                    `http://[${groups.map((group) => group.toString(16)).join(":")}]`,
                ).hostname.slice(1, -1);
                fc.pre(!long.startsWith("0:0:0:0:0:ffff:") && !short.startsWith("::ffff:"));
                const naive = bits.startsWith(naiveBits(base, 16).slice(0, prefix));
                expect(rangeContains(`${long}/${prefix}`, short)).toBe(naive);
            }),
        );
    });

    test("an address is read alike in every form", () => {
        fc.assert(
            fc.property(ipv6, (groups) => {
                const long = groups.map((group) => group.toString(16).padStart(4, "0")).join(":");
                const short = new URL(`http://[${long}]`).hostname.slice(1, -1);
                expect(parseAddress(short)).toEqual(parseAddress(long));
            }),
        );
    });
});
