/** Which names stand below name constraints, and which texts are DNS names. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { element, sequence } from "../../../../../provider/pki/der-writer";
import { isDnsName, normaliseIp } from "../../../../../provider/pki/offline/general-names";
import {
    isInSubtree,
    nameConstraintsOf,
    namesOutside,
} from "../../../../../provider/pki/offline/name-constraints";

const dns = (name: string) => sequence(element(0x82, Buffer.from(name)));
const ip = (hex: string) => sequence(element(0x87, Buffer.from(hex, "hex")));
const permitted = (...trees: Buffer[]) => element(0xa0, ...trees);
const excluded = (...trees: Buffer[]) => element(0xa1, ...trees);
const outside = (value: Buffer, dnsNames: string[], ipAddresses: string[] = []) =>
    namesOutside(nameConstraintsOf(value), { dnsNames, ipAddresses });

describe("DNS names", () => {
    test.each<[string, string, boolean]>([
        ["example.org", "example.org", true],
        ["a.example.org", "example.org", true],
        ["A.EXAMPLE.org", "example.ORG", true],
        ["badexample.org", "example.org", false],
        ["org", "example.org", false],
        ["a.example.org", ".example.org", true],
        ["example.org", ".example.org", false],
        ["*.example.org", "example.org", true],
        ["anything", "", true],
    ])("%s in %j: %s", (name, tree, is) => {
        expect(isInSubtree(name, tree)).toBe(is);
    });

    const label = fc.stringMatching(/^[a-z]([a-z0-9]{0,6}[a-z0-9])?$/);
    const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));

    test("a domain holds itself and what has labels more to the left, and no name that only ends like it", () => {
        fc.assert(
            fc.property(domain, fc.array(label, { maxLength: 3 }), label, (tree, labels, glued) => {
                expect(isInSubtree([...labels, tree].join("."), tree)).toBe(true);
                expect(isInSubtree(`${glued}${tree}`, tree)).toBe(false);
                expect(isInSubtree(tree, `${glued}.${tree}`)).toBe(false);
                expect(isDnsName(tree)).toBe(true);
            }),
        );
    });

    test("a name passes where one permitted tree holds it, and no excluded one does", () => {
        const value = sequence(
            permitted(dns("example.org"), dns("example.net")),
            excluded(dns("secret.example.org")),
        );
        expect(outside(value, ["a.example.org", "example.net"])).toEqual([]);
        const wrong = ["example.com", "secret.example.org", "a.secret.example.org", "*.example.org"];
        expect(outside(value, wrong)).toEqual(wrong);
    });
});

describe("IP addresses", () => {
    test("are bounded by mask, each family by its own", () => {
        const value = sequence(
            permitted(ip("0a000000ff000000"), ip(`20010db8${"00".repeat(12)}ffffffff${"00".repeat(12)}`)),
            excluded(ip("0a010000ffff0000")),
        );
        expect(outside(value, ["any.example"], ["10.2.3.4", "2001:db8::1"])).toEqual([]);
        const wrong = ["11.0.0.1", "10.1.2.3", "2001:db9::1"];
        expect(outside(value, [], wrong)).toEqual(wrong);
    });

    test("are free where constraints are on DNS names alone", () => {
        expect(outside(sequence(permitted(dns("example.org"))), [], ["127.0.0.1"])).toEqual([]);
    });
});

test.each<[string, Buffer]>([
    ["an address without a mask", sequence(permitted(ip("0a000001")))],
    [
        "a subtree with a minimum",
        sequence(permitted(sequence(element(0x82, Buffer.from("a")), element(0x80, Buffer.of(1))))),
    ],
    ["an empty subtree", sequence(permitted(sequence()))],
])("%s is malformed", (_name, value) => {
    expect(() => nameConstraintsOf(value)).toThrow();
});

test.each<[string, boolean]>([
    ["vault.example.org", true],
    ["localhost", true],
    ["*.example.org", true],
    ["*.org", false],
    ["*", false],
    ["a.*.org", false],
    ["-a.org", false],
    ["a-.org", false],
    ["a..org", false],
    ["a.org.", false],
    ["", false],
    ["10.0.0.1", false],
    ["under_score.org", false],
    ["é.org", false],
    [`${"a".repeat(64)}.org`, false],
    [`${"a.".repeat(126)}ab`, false],
    [`${"a.".repeat(126)}a`, true],
])("%s is a DNS name: %s", (text, is) => {
    expect(isDnsName(text)).toBe(is);
});

test.each<[string, string | undefined]>([
    ["10.0.0.1", "10.0.0.1"],
    ["2001:DB8:0::1", "2001:db8::1"],
    ["10.1", undefined],
    ["0x7f.0.0.1", undefined],
    ["example.org", undefined],
    ["", undefined],
])("%s as an address: %s", (text, normal) => {
    expect(normaliseIp(text)).toBe(normal);
});
