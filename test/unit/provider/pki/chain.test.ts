/** The offline decision over proper chains and over chains wrong in one way. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { JsonNameParams } from "@peculiar/x509";
import fc from "fast-check";
import {
    commonNameOf,
    refusalOfAuthority,
    validityOf,
    verifyClientCertificate,
} from "../../../../provider/pki/chain";
import { cases, type Case } from "./cases";
import { authority, client, daysFromNow, NOW, type Made } from "./support";

let table: readonly Case[];
let ca: Made;
let alice: Made;

beforeAll(async () => {
    table = await cases();
    ca = await authority({ notBefore: daysFromNow(-20), notAfter: daysFromNow(20) });
    alice = await client(ca.key);
});

describe("verifyClientCertificate", () => {
    test("trusts and refuses each chain of the table, with the reason", () => {
        const wrong = table.flatMap(({ title, client, authority, trusted, reason }) => {
            const verdict = verifyClientCertificate(client, authority, NOW);
            const fits =
                verdict.trusted === trusted && (reason?.test(verdict.reason ?? "") ?? !verdict.reason);
            return fits ? [] : [{ title, verdict }];
        });
        expect(wrong).toEqual([]);
        expect(table.length).toBeGreaterThan(35);
    });

    test("trusts exactly while both are valid", () => {
        fc.assert(
            fc.property(fc.integer({ min: -30 * 24, max: 30 * 24 }), (hours) => {
                const at = daysFromNow(hours / 24);
                const trusted = at >= daysFromNow(-10) && at < daysFromNow(10);
                expect(verifyClientCertificate(alice.pem, ca.pem, at).trusted).toBe(trusted);
            }),
        );
    });

    test("judges by meaning: white space, line ends and text around make no difference", () => {
        const mangled = `Subject: CN=alice\r\n${alice.pem.replaceAll("\n", "\r\n")}\n\n`;
        expect(verifyClientCertificate(mangled, ca.pem, NOW)).toEqual({ trusted: true });
    });

    test("trusts nothing at an invalid date", () => {
        const verdict = verifyClientCertificate(alice.pem, ca.pem, new Date(NaN));
        expect(verdict.trusted).toBe(false);
        expect(verdict.reason).toContain("an invalid date");
    });

    test("does not trust malformed text, and does not throw", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                expect(verifyClientCertificate(text, ca.pem, NOW).trusted).toBe(false);
                expect(verifyClientCertificate(alice.pem, text, NOW).trusted).toBe(false);
            }),
        );
    });

    test("does not trust a certificate of which any octet was changed, and does not throw", () => {
        const der = Buffer.from(alice.pem.replace(/-----[A-Z ]+-----/g, ""), "base64");
        fc.assert(
            fc.property(fc.nat({ max: der.length - 1 }), fc.integer({ min: 1, max: 255 }), (index, mask) => {
                const changed = Buffer.from(der);
                changed.writeUInt8(changed.readUInt8(index) ^ mask, index);
                const pem = `-----BEGIN CERTIFICATE-----\n${changed.toString("base64")}\n-----END CERTIFICATE-----\n`;
                expect(verifyClientCertificate(pem, ca.pem, NOW).trusted).toBe(false);
            }),
            { numRuns: 500 },
        );
    });
});

describe("commonNameOf", () => {
    const subjects: [string | undefined, JsonNameParams][] = [
        ["alice", [{ CN: ["alice"] }]],
        [" Alice  É ", [{ O: ["Org"] }, { CN: [{ utf8String: " Alice  É " }] }]],
        ["naïve", [{ CN: [{ bmpString: "naïve" }] }]],
        ["CN=x, O=y+\\", [{ CN: [{ utf8String: "CN=x, O=y+\\" }] }]],
        [undefined, [{ O: ["Org"] }]],
        [undefined, [{ CN: ["alice"] }, { CN: ["bob"] }]],
        [undefined, [{ CN: ["alice", "bob"] }]],
        [undefined, [{ CN: [{ utf8String: "alice\0.example" }] }]],
        [undefined, [{ CN: [{ utf8String: "" }] }]],
        [undefined, [{ CN: ["alice"] }, { CN: [{ universalString: "bob" }] }]],
    ];
    test.each(subjects)("is %j for %j", async (name, subject) => {
        expect(commonNameOf((await client(ca.key, { subject })).pem)).toBe(name);
    });
});

test("validityOf gives both ends, before 2050 and after", async () => {
    const validity = {
        notBefore: new Date("1999-12-31T23:59:59Z"),
        notAfter: new Date("2051-01-01T00:00:00Z"),
    };
    expect(validityOf((await client(ca.key, validity)).pem)).toEqual(validity);
});

test("refusalOfAuthority looks at validity only where a moment is given", () => {
    expect(refusalOfAuthority(ca.pem)).toBeUndefined();
    expect(refusalOfAuthority(ca.pem, NOW)).toBeUndefined();
    expect(refusalOfAuthority(ca.pem, daysFromNow(30))).toMatch(
        /^The authority "Test authority" expired on /,
    );
    expect(refusalOfAuthority(alice.pem)).toMatch(/is not a CA/);
});
