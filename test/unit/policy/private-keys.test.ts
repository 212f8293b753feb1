import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { plainPrivateKeys, plainSecretSettings } from "../../../policy/private-keys";
import { ENCRYPTED, type Plain } from "../../../policy/properties";
import { UNKNOWN } from "../../../provider/resource";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PKCS8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const SEC1 = privateKey.export({ type: "sec1", format: "pem" }).toString();
const PUBLIC = publicKey.export({ type: "spki", format: "pem" }).toString();
const CIPHERED = privateKey
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
    .toString();
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const block = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;

describe("plainPrivateKeys", () => {
    test.each<[string, string]>([
        ["PKCS #8", PKCS8],
        ["SEC 1", SEC1],
        ["RSA", block("RSA PRIVATE KEY")],
        ["OpenSSH", block("OPENSSH PRIVATE KEY")],
        ["OpenPGP", block("PGP PRIVATE KEY BLOCK")],
        ["a certificate beside it", `${block("CERTIFICATE")}${PKCS8}`],
        ["JSON", JSON.stringify({ key: PKCS8 })],
        ["base64", base64(PKCS8)],
        ["base64 in lines", base64(SEC1).replace(/.{64}/g, "$&\n")],
        ["base64 in the shortest lines", base64(PKCS8).replace(/.{36}/g, "$&\n")],
        ["a kubeconfig", `users:\n- user:\n    client-key-data: ${base64(SEC1)}\n`],
    ])("finds one in %s", (_form, text) => {
        expect(plainPrivateKeys({ text })).toEqual(["text"]);
    });

    test.each<[string, Plain]>([
        ["a public key", PUBLIC],
        ["its base64", base64(PUBLIC)],
        ["an encrypted key", CIPHERED],
        ["its base64", base64(CIPHERED)],
        ["a certificate", block("CERTIFICATE")],
        ["an encrypted value", ENCRYPTED],
        ["an unknown value", UNKNOWN],
        ["other values", [null, 7, true, "text", {}]],
    ])("finds none in %s", (_what, value) => {
        expect(plainPrivateKeys({ value })).toEqual([]);
    });

    test("names the paths of all", () => {
        const value: Plain = { a: { b: [ENCRYPTED, PKCS8, { c: SEC1 }] }, d: PKCS8, e: UNKNOWN };
        expect(plainPrivateKeys(value)).toEqual(["a.b[1]", "a.b[2].c", "d"]);
    });
});

test("plainSecretSettings names settings that are secrets by their name, and not encrypted", () => {
    expect(
        plainSecretSettings({
            "outscale:secretKeyId": "plain",
            secretKey: "plain",
            "other:secretKey": ENCRYPTED,
            "empty:secretKey": "",
            "outscale:accessKeyId": "no secret",
            "unknown:secretKeyId": UNKNOWN,
        }),
    ).toEqual(["outscale:secretKeyId", "secretKey"]);
});
