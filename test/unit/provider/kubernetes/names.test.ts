import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import {
    covers,
    isHostName,
    isWildcard,
    isWithin,
    listenerTakes,
} from "../../../../provider/kubernetes/names";

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const host = fc.array(label, { minLength: 2, maxLength: 5 }).map((labels) => labels.join("."));
const name = fc.oneof(
    host,
    host.map((below) => `*.${below}`),
);

/** The same by sets of labels: what RFC 6125 and Gateway API say, one label at a time. */
function labelsMatch(pattern: string, hostName: string, deepest: number): boolean {
    const [first, ...below] = pattern.split(".");
    const labels = hostName.split(".");
    const tail = labels.slice(-below.length);
    const above = labels.slice(0, -below.length);
    return (
        first === "*" &&
        tail.length === below.length &&
        tail.every((one, index) => one === below[index]) &&
        above.length >= 1 &&
        above.length <= deepest
    );
}

/** Names near one another, so that pairs of them often match. */
const pair = fc
    .tuple(host, fc.array(label, { maxLength: 3 }), fc.boolean(), fc.boolean(), name)
    .map(([base, above, isStar, isStarBelow, other]): readonly [string, string] => {
        const hostName = [...(isStarBelow ? ["*"] : []), ...above, base].join(".");
        return [above.length === 3 ? other : isStar ? `*.${base}` : base, hostName];
    });

describe("covers", () => {
    test("a name covers itself, and `*` exactly one label", () => {
        fc.assert(
            fc.property(pair, ([certificate, hostName]) => {
                expect(covers(certificate, hostName)).toBe(
                    certificate === hostName || labelsMatch(certificate, hostName, 1),
                );
            }),
            { numRuns: 2_000 },
        );
    });

    test("whatever a certificate covers, a listener of that name takes", () => {
        fc.assert(
            fc.property(pair, ([listener, hostName]) => {
                if (covers(listener, hostName)) expect(listenerTakes(listener, hostName)).toBe(true);
                expect(listenerTakes(listener, hostName)).toBe(
                    listener === hostName || labelsMatch(listener, hostName, Infinity),
                );
            }),
            { numRuns: 2_000 },
        );
    });

    test.each([
        ["*.example.org", "shop.example.org", true],
        ["*.example.org", "*.example.org", true],
        ["*.example.org", "example.org", false],
        ["*.example.org", "a.shop.example.org", false],
        ["*.example.org", "*.shop.example.org", false],
        ["shop.example.org", "*.example.org", false],
        ["example.org", "shop.example.org", false],
        ["*.example.org", "shop.evilexample.org", false],
    ])("%s for %s: %s", (certificate, hostName, expected) => {
        expect(covers(certificate, hostName)).toBe(expected);
    });
});

test("a host is within a domain where whole labels of it are", () => {
    fc.assert(
        fc.property(host, fc.array(label, { maxLength: 3 }), (domain, above) => {
            expect(isWithin(domain, [...above, domain].join("."))).toBe(true);
            expect(isWithin(domain, ["*", ...above, domain].join("."))).toBe(true);
            expect(isWithin(domain, [...above, `x${domain}`].join("."))).toBe(false);
        }),
    );
});

test("names that are made so are host names", () => {
    fc.assert(
        fc.property(name, (one) => {
            expect(isHostName(one)).toBe(true);
            expect(isWildcard(one)).toBe(one.startsWith("*"));
        }),
    );
});

test.each([
    "",
    "*",
    "*.",
    "*.org",
    "**.example.org",
    "a*.example.org",
    "a.*.example.org",
    "*.*.example.org",
    "example",
    "Example.org",
    "exa_mple.org",
    "-a.example.org",
    "a-.example.org",
    "a..example.org",
    ".example.org",
    "example.org.",
    "10.0.0.1",
    "example.1",
    "example.org:443",
    "https://example.org",
    `${"a".repeat(64)}.example.org`,
    `${"a.".repeat(126)}aa`,
])("%j is no host name", (text) => {
    expect(isHostName(text)).toBe(false);
});
