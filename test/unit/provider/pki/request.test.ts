/** What a certificate request must be: for a strong key, signed by that key, and nothing else in the text. */
import { webcrypto } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { PortcullisError } from "../../../../provider/errors";
import { childrenOf } from "../../../../provider/pki/der";
import { decodePem, encodePem, CERTIFICATE_REQUEST } from "../../../../provider/pki/pem";
import { normaliseRequest, publicKeyOfRequest } from "../../../../provider/pki/request";

type KeyKind = webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams;

const ec = (namedCurve: string): KeyKind => ({ name: "ECDSA", namedCurve });
const rsa = (modulusLength: number, hash = "SHA-256", name = "RSASSA-PKCS1-v1_5"): KeyKind => ({
    name,
    modulusLength,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash,
});

async function request(kind: KeyKind, hash = "SHA-256"): Promise<string> {
    const keys = await webcrypto.subtle.generateKey(kind, true, ["sign", "verify"]);
    const signingAlgorithm = {
        name: kind.name,
        hash,
        ...(kind.name === "RSA-PSS" ? { saltLength: 32 } : {}),
    };
    const made = await Pkcs10CertificateRequestGenerator.create(
        { name: "CN=alice", keys, signingAlgorithm },
        webcrypto,
    );
    return `${made.toString("pem")}\n`;
}

let good: string;
let der: Buffer;
beforeAll(async () => {
    good = await request(ec("P-256"));
    der = decodePem(good, CERTIFICATE_REQUEST);
});

const wrap = (content: Buffer): string => encodePem("CERTIFICATE REQUEST", content);

test.each<[string, KeyKind, string]>([
    ["P-256", ec("P-256"), "SHA-256"],
    ["P-384", ec("P-384"), "SHA-384"],
    ["P-256 over SHA-512", ec("P-256"), "SHA-512"],
    ["RSA-2048", rsa(2048), "SHA-256"],
    ["RSA-3072 over SHA-384", rsa(3072, "SHA-384"), "SHA-384"],
    ["RSA-2048 over SHA-512", rsa(2048, "SHA-512"), "SHA-512"],
])("takes %s, in its one normal form", async (_name, kind, hash) => {
    const pem = await request(kind, hash);
    expect(normaliseRequest(`text\r\n${pem.replaceAll("\n", "\r\n")}`)).toBe(pem);
});

describe("refuses", () => {
    const NOT_OWN = "The certificate request's signature is not by its own key.";
    const UNSUPPORTED = "The certificate request is for a key of an unsupported kind.";
    const NOTHING = "The certificate request's signature is of a kind that proves nothing here";
    const NO_REQUEST = "The PEM block is no PKCS#10 certificate request.";

    test.each<[string, () => Promise<string> | string, string]>([
        ["a short RSA key", () => request(rsa(1024)), UNSUPPORTED],
        ["P-521", () => request(ec("P-521"), "SHA-512"), UNSUPPORTED],
        ["RSA over SHA-1", () => request(rsa(2048, "SHA-1"), "SHA-1"), `${NOTHING} (1.2.840.113549.1.1.5).`],
        ["ECDSA over SHA-1", () => request(ec("P-256"), "SHA-1"), `${NOTHING} (1.2.840.10045.4.1).`],
        ["RSA-PSS", () => request(rsa(2048, "SHA-256", "RSA-PSS")), `${NOTHING} (1.2.840.113549.1.1.10).`],
        ["what follows the request", () => wrap(Buffer.concat([der, Buffer.of(5, 0)])), NO_REQUEST],
        ["a request cut short", () => wrap(der.subarray(0, -1)), NO_REQUEST],
        ["a request without its signature", () => wrap(Buffer.of(0x30, 0)), NO_REQUEST],
    ])("%s", async (_name, make, problem) => {
        expect(problemOf(await make())).toBe(`csrPem: ${problem}`);
    });

    test("another key put in the place of the signer's", async () => {
        const other = decodePem(await request(ec("P-256")), CERTIFICATE_REQUEST);
        const point = (of: Buffer): number => of.indexOf(Buffer.from("03420004", "hex")) + 4;
        const forged = Buffer.from(der);
        other.copy(forged, point(forged), point(other), point(other) + 64);
        expect(problemOf(wrap(forged))).toBe(`csrPem: ${NOT_OWN}`);
    });

    test("a signature of another number of bits", () => {
        const [, , signature] = childrenOf(der);
        const forged = Buffer.from(der);
        forged.writeUInt8(1, der.length - (signature?.content.length ?? 0));
        expect(problemOf(wrap(forged))).toBe(`csrPem: ${NO_REQUEST}`);
    });

    test("a change of any octet of what is signed", () => {
        const [information] = childrenOf(der);
        const signed = information?.raw ?? Buffer.alloc(0);
        const start = der.indexOf(signed);
        fc.assert(
            fc.property(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
                const forged = Buffer.from(der);
                const at = start + index;
                forged.writeUInt8(forged.readUInt8(at) ^ change, at);
                expect(() => normaliseRequest(wrap(forged), "csrPem")).toThrow(PortcullisError);
            }),
            { numRuns: 500 },
        );
    });
});

function problemOf(pem: string): string {
    try {
        publicKeyOfRequest(pem, "csrPem");
    } catch (error) {
        if (error instanceof PortcullisError) return error.problem;
    }
    return "accepted";
}
