import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as x509 from "../../../../emulators/outscale/x509";
import {
    readCertificate,
    readPem,
    satisfies,
    type ReadCertificate,
} from "../../../../emulators/outscale/certificates";
import { makeAuthority, makeClient, makeKeys, type TestAuthority } from "../../../oracles/certificates";

const NOW = Date.now();
const DAY = 86_400_000;

function readable(read: ReturnType<typeof readCertificate>): ReadCertificate {
    if ("unreadable" in read) throw new Error(read.unreadable);
    return read;
}

let authority: TestAuthority;
beforeAll(async () => {
    authority = await makeAuthority();
});

describe("a PEM", () => {
    test("is read, with the SHA-1 of its DER in lower-case hex", () => {
        const sha1 = createHash("sha1").update(Buffer.from(authority.certificate.rawData)).digest("hex");
        expect(readable(readPem(`\n${authority.pem}\n`)).fingerprint).toBe(sha1);
    });

    test.each([
        ["empty", () => ""],
        ["no PEM", () => "hello"],
        ["a key", () => "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"],
        ["two certificates", () => `${authority.pem}\n${authority.pem}`],
        ["text before it", () => `Certificate:\n${authority.pem}`],
        ["cut base64", () => authority.pem.replace(/.\n-----END/, "\n-----END")],
        ["not DER", () => "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----"],
    ])("is refused: %s", (_, pem) => {
        expect(readPem(pem())).toHaveProperty("unreadable");
    });
});

describe("as a CA", () => {
    test.each<[string, Parameters<typeof makeAuthority>[0], string | undefined]>([
        ["critical CA:TRUE", {}, undefined],
        ["with keyCertSign", { keyUsage: x509.KeyUsageFlags.keyCertSign }, undefined],
        [
            "without keyCertSign",
            { keyUsage: x509.KeyUsageFlags.digitalSignature },
            "its keyUsage lacks keyCertSign",
        ],
        ["without basicConstraints", { basicConstraints: null }, "it has no basicConstraints extension"],
        [
            "CA:FALSE",
            { basicConstraints: new x509.BasicConstraintsExtension(false, undefined, true) },
            "its basicConstraints say CA:FALSE",
        ],
        [
            "not critical",
            { basicConstraints: new x509.BasicConstraintsExtension(true, undefined, false) },
            "its basicConstraints extension is not critical",
        ],
    ])("%s", async (_, shape, problem) => {
        expect(readable(readPem((await makeAuthority(shape)).pem)).caProblem).toBe(problem);
    });
});

describe("a client certificate", () => {
    test.each<[string, Parameters<typeof makeClient>[1], boolean]>([
        ["good", {}, true],
        [
            "of several usages",
            { usages: [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth] },
            true,
        ],
        ["for servers", { usages: [x509.ExtendedKeyUsage.serverAuth] }, false],
        ["without extendedKeyUsage", { usages: null }, false],
        ["expired", { notAfter: new Date(NOW - DAY / 2) }, false],
        ["not yet valid", { notBefore: new Date(NOW + DAY) }, false],
        ["that is a CA", { isCa: true }, false],
        ["that names another issuer", { issuer: "CN=Somebody else" }, false],
    ])("%s", async (_, shape, expected) => {
        const leaf = readable(readCertificate((await makeClient(authority, shape)).der));
        expect(satisfies(leaf, readable(readPem(authority.pem)), NOW)).toBe(expected);
    });

    test("of another authority of the same name", async () => {
        const impostor = await makeAuthority();
        const leaf = readable(readCertificate((await makeClient(impostor)).der));
        expect(satisfies(leaf, readable(readPem(authority.pem)), NOW)).toBe(false);
        expect(satisfies(leaf, readable(readPem(impostor.pem)), NOW)).toBe(true);
    });

    test("of an authority renewed with the same key and name", async () => {
        const keys = await makeKeys();
        const old = await makeAuthority({ keys });
        const renewed = await makeAuthority({ keys });
        const leaf = readable(readCertificate((await makeClient(old)).der));
        expect(satisfies(leaf, readable(readPem(renewed.pem)), NOW)).toBe(true);
    });

    test("of an expired authority", async () => {
        const expired = await makeAuthority({
            notBefore: new Date(NOW - 2 * DAY),
            notAfter: new Date(NOW - DAY),
        });
        const leaf = readable(readCertificate((await makeClient(expired)).der));
        expect(satisfies(leaf, readable(readPem(expired.pem)), NOW)).toBe(false);
        expect(satisfies(leaf, readable(readPem(expired.pem)), NOW - 1.5 * DAY)).toBe(false);
    });

    test("ends at its last second", async () => {
        const end = new Date(Math.floor(NOW / 1000) * 1000 + 60_000);
        const leaf = readable(readCertificate((await makeClient(authority, { notAfter: end })).der));
        const ca = readable(readPem(authority.pem));
        expect(satisfies(leaf, ca, end.getTime())).toBe(true);
        expect(satisfies(leaf, ca, end.getTime() + 1)).toBe(false);
    });

    test("that is no certificate", () => {
        expect(readCertificate(Buffer.from("hello"))).toEqual({ unreadable: "it is no X.509 certificate" });
    });
});
