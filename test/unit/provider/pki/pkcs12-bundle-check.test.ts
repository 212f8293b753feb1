/** What Pkcs12Bundle accepts as inputs: the failure names the property and says what to do. */
import { createPublicKey } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { keyIdentifier } from "../../../../provider/pki/certificates";
import { pkcs12Bundle, type Pkcs12BundleInputs } from "../../../../provider/pki/pkcs12-bundle";
import { UNKNOWN } from "../../../../provider/resource";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import { client } from "./support";

let holders: Holders;
let inputs: Pkcs12BundleInputs;
let forged: Pick<Pkcs12BundleInputs, "certificatePem" | "privateKeyPem">;
beforeAll(async () => {
    holders = await makeHolders();
    const { a, impostor } = holders.authorities;
    const { pem, key } = await client(impostor.privateKeyPem, {
        issuer: [{ CN: ["Authority A"] }],
        authorityKeyId: keyIdentifier(createPublicKey(a.privateKeyPem)),
    });
    forged = { certificatePem: pem, privateKeyPem: key };
    inputs = {
        ...holders.alice,
        chainPems: [holders.authorities.a.certificatePem],
        password: "correct horse battery",
        encryption: "modern",
        iterations: 10_000,
    };
});

test("fills the defaults, and brings PEM to its normal form", () => {
    const windows = (pem: string) => `text before\r\n${pem.replaceAll("\n", "\r\n")}\r\n`;
    const { certificatePem, privateKeyPem } = holders.alice;
    const given = {
        certificatePem: windows(certificatePem),
        privateKeyPem: windows(privateKeyPem),
        password: "correct horse battery",
    };
    const expected = {
        ...holders.alice,
        chainPems: [],
        password: "correct horse battery",
        encryption: "modern",
        iterations: 250_000,
    };
    expect(pkcs12Bundle.check(given, NOW, {})).toEqual({ inputs: expected, failures: [] });
    expect(pkcs12Bundle.check({ ...given, encryption: "legacy" }, NOW, {}).inputs).toMatchObject({
        iterations: 50_000,
    });
    expect(pkcs12Bundle.check({ ...given, encryption: UNKNOWN }, NOW, {}).inputs).toMatchObject({
        iterations: UNKNOWN,
    });
});

const PASSWORD =
    "Give 12 to 128 printable ASCII characters, no space at either end: importers disagree about any others.";
const IN_ORDER = "Give the chain in order, from the certificate's issuer upwards.";
const NO_ISSUER = `It did not issue the certificate. ${IN_ORDER}`;

test.each<[string, () => object, [string, string | RegExp][]]>([
    [
        "another certificate's key",
        () => ({ privateKeyPem: holders.bob.privateKeyPem }),
        [["privateKeyPem", /^The private key is another certificate's\. Give the key that/]],
    ],
    [
        "a certificate that is none",
        () => ({ certificatePem: "alice.pem" }),
        [["certificatePem", /looks like a file's name\. Give the file's content\.$/]],
    ],
    [
        "a chain that is not the certificate's",
        () => ({
            chainPems: [
                holders.authorities.b.certificatePem,
                holders.authorities.a.certificatePem,
                holders.bob.certificatePem,
            ],
        }),
        [
            ["chainPems[0]", NO_ISSUER],
            ["chainPems[1]", `It did not issue chainPems[0]. ${IN_ORDER}`],
            ["chainPems[2]", `It did not issue chainPems[1]. ${IN_ORDER}`],
        ],
    ],
    [
        "an authority of the issuer's name in the chain",
        () => ({ chainPems: [holders.authorities.impostor.certificatePem] }),
        [["chainPems[0]", NO_ISSUER]],
    ],
    [
        "an authority in the chain whose key the certificate claims, and did not sign",
        () => ({ ...forged, chainPems: [holders.authorities.a.certificatePem] }),
        [["chainPems[0]", NO_ISSUER]],
    ],
    [
        "the certificate itself in the chain",
        () => ({ chainPems: [inputs.certificatePem] }),
        [["chainPems[0]", NO_ISSUER]],
    ],
    [
        "a key in the chain",
        () => ({ chainPems: [holders.bob.privateKeyPem] }),
        [["chainPems[0]", /^There is a private key where a certificate is expected/]],
    ],
    ["no password", () => ({ password: undefined }), [["password", PASSWORD]]],
    ["a short password", () => ({ password: "hunter2" }), [["password", PASSWORD]]],
    [
        "a password that importers read in several ways",
        () => ({ password: "hunter hünter" }),
        [["password", PASSWORD]],
    ],
    [
        "a name that importers read in several ways",
        () => ({ friendlyName: "Alice \u{1f600}" }),
        [["friendlyName", /^Give a name without characters beyond U\+FFFF/]],
    ],
    [
        "an empty name",
        () => ({ friendlyName: "" }),
        [["friendlyName", /^Give the name that importers show: 1 to 64/]],
    ],
    [
        "an encryption of its own, and too few rounds",
        () => ({ encryption: "RC2-40", iterations: 2048 }),
        [
            ["encryption", "Use one of: modern, legacy."],
            ["iterations", "Give a whole number from 10000 to 600000."],
        ],
    ],
])("refuses %s, without echo", (_title, over, expected) => {
    const { failures } = pkcs12Bundle.check({ ...inputs, ...over() }, NOW, {});
    expect(failures).toEqual(
        expected.map(([property, reason]) => ({
            property,
            reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
        })),
    );
    const told = JSON.stringify(failures);
    expect(told).not.toContain("hunter");
    expect(told).not.toContain(holders.bob.privateKeyPem.split("\n")[1]);
});

describe("takes", () => {
    const failuresFor = (over: object) =>
        pkcs12Bundle.check({ ...inputs, ...over }, NOW, {}).failures.map(({ property }) => property);

    test("every printable ASCII password of its length, and no other", () => {
        const printable = fc.string({ unit: "grapheme-ascii", minLength: 12, maxLength: 128 });
        fc.assert(
            fc.property(printable, (password) => {
                expect(failuresFor({ password })).toEqual(password.trim() === password ? [] : ["password"]);
            }),
        );
        const other = fc.string({ unit: "binary" }).filter((text) => /[^ -~]/.test(text));
        fc.assert(
            fc.property(other, fc.nat(12), (text, where) => {
                const password = "correct horse battery";
                const mixed = password.slice(0, where) + text + password.slice(where);
                expect(failuresFor({ password: mixed })).toEqual(["password"]);
            }),
        );
    });

    test("lengths and rounds up to their bounds", () => {
        for (const length of [12, 128]) expect(failuresFor({ password: "a".repeat(length) })).toEqual([]);
        for (const length of [11, 129]) {
            expect(failuresFor({ password: "a".repeat(length) })).toEqual(["password"]);
        }
        for (const iterations of [10_000, 600_000]) expect(failuresFor({ iterations })).toEqual([]);
        for (const iterations of [9_999, 600_001, 10_000.5, Number.NaN]) {
            expect(failuresFor({ iterations })).toEqual(["iterations"]);
        }
    });

    test("a pair or a chain of which a part is unknown, as it comes", () => {
        const otherKey = holders.bob.privateKeyPem;
        expect(failuresFor({ certificatePem: UNKNOWN, privateKeyPem: otherKey })).toEqual([]);
        expect(failuresFor({ chainPems: [UNKNOWN, holders.authorities.b.certificatePem] })).toEqual([]);
        expect(failuresFor({ chainPems: UNKNOWN, privateKeyPem: otherKey })).toEqual(["privateKeyPem"]);
    });
});
