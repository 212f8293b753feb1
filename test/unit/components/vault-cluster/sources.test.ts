/** Which networks may be let in: what is refused, with its remedy, and that nothing public ever passes. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { networkFailures, privateNetworkFailures } from "../../../../components/vault-cluster/sources";

const refusal = (cidr: unknown): string | undefined =>
    privateNetworkFailures("clients.cidrs", [cidr])[0]?.reason;

test.each(["10.0.0.0/8", "10.20.0.0/16", "172.16.0.0/12", "192.168.7.9/32", "100.64.0.0/10"])(
    "%s may be let in",
    (cidr) => {
        expect(refusal(cidr)).toBeUndefined();
    },
);

const NETWORK = 'Give the private network that calls, as "10.0.0.0/16", or its security group.';
const PUBLIC = `It holds public addresses, and calls of the Internet have no way here. ${NETWORK}`;

describe("refused", () => {
    test.each<[unknown, string]>([
        ["0.0.0.0/0", `It is every address there is, and calls of the Internet have no way here. ${NETWORK}`],
        ["0.0.0.0/1", PUBLIC],
        ["128.0.0.0/1", PUBLIC],
        ["8.0.0.0/6", PUBLIC],
        ["172.0.0.0/8", PUBLIC],
        ["203.0.113.0/24", PUBLIC],
        ["192.168.0.0/15", PUBLIC],
        [
            "::/0",
            "It is every address there is, and balancer and nodes have private IPv4 addresses alone. Give an IPv4 network.",
        ],
        [
            "fd00::/8",
            "It is a network of IPv6, and balancer and nodes have private IPv4 addresses alone. Give an IPv4 network.",
        ],
        [
            "::ffff:10.0.0.0/104",
            "It is a network of IPv6, and balancer and nodes have private IPv4 addresses alone. Give an IPv4 network.",
        ],
        ["10.0.0.7", '"10.0.0.7" is no network. Write it as "10.0.0.0/16", one address as "10.0.0.7/32".'],
        [
            "10.0.0.0/33",
            '"10.0.0.0/33" is no network. Write it as "10.0.0.0/16", one address as "10.0.0.7/32".',
        ],
        ["10.0.0.7/16", '"10.0.0.7/16" is an address within its network. Write "10.0.0.0/16".'],
        [
            Promise.resolve("10.0.0.0/8"),
            'It is no plain text, so that a preview could not judge it. Write it in the program, as "10.0.0.0/16".',
        ],
    ])("%s", (cidr, reason) => {
        expect(privateNetworkFailures("clients.cidrs", ["10.1.0.0/16", cidr])).toEqual([
            { property: "clients.cidrs[1]", reason },
        ]);
    });

    test("one that stands there twice", () => {
        expect(privateNetworkFailures("clients.cidrs", ["10.1.0.0/16", "10.1.0.0/16"])).toEqual([
            { property: "clients.cidrs", reason: "One of them stands there twice. Give each once." },
        ]);
    });
});

test("what nodes may call is any IPv4 network, well written", () => {
    expect(networkFailures("egressCidrs", ["0.0.0.0/0", "203.0.113.0/24"])).toEqual([]);
    expect(networkFailures("egressCidrs", ["everywhere"])).toHaveLength(1);
});

/** Decided here with no help of the code under test. */
function isPrivate([a, b]: readonly number[]): boolean {
    if (a === undefined || b === undefined) return false;
    return (
        a === 10 ||
        (a === 172 && b >= 16 && b < 32) ||
        (a === 192 && b === 168) ||
        (a === 100 && b >= 64 && b < 128)
    );
}

test("a network that is let in holds no public address", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const first = fc.oneof(fc.constantFrom(10, 100, 172, 192), byte);
    fc.assert(
        fc.property(first, byte, byte, byte, fc.integer({ min: 0, max: 32 }), (a, b, c, d, prefix) => {
            const size = 2 ** (32 - prefix);
            const start = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
            const bytes = (address: number) => [24, 16, 8, 0].map((shift) => (address / 2 ** shift) & 255);
            const cidr = `${bytes(start).join(".")}/${prefix}`;
            const ends = [start, start + size - 1, start + Math.floor(size / 2)].map(bytes);
            // A private block is at least a /12 in a first byte of its own: its ends and middle tell.
            expect(refusal(cidr) === undefined).toBe(prefix >= 8 && ends.every(isPrivate));
        }),
        { numRuns: 2_000 },
    );
});
