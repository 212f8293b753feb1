/** Private keys: made, encrypted, read back, matched. */
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { PortcullisError } from "../../../../provider/errors";
import {
    decryptPrivateKey,
    encryptPrivateKey,
    generatePrivateKey,
    keyAlgorithmOf,
    keyMatchesCertificate,
    normalisePrivateKey,
    readPrivateKey,
} from "../../../../provider/pki/keys";
import { authority, client } from "./support";

const PKCS8 = { type: "pkcs8", format: "pem" } as const;

test.each(["EC-P256", "EC-P384", "RSA-2048", "RSA-3072"] as const)(
    "makes %s as PKCS#8",
    async (algorithm) => {
        const pem = await generatePrivateKey(algorithm);
        expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
        expect(keyAlgorithmOf(createPrivateKey(pem))).toBe(algorithm);
    },
);

describe("encryption", () => {
    test("what is encrypted is decrypted by its passphrase alone, and never the same twice", async () => {
        const key = await generatePrivateKey("EC-P256");
        const [one, two] = [
            await encryptPrivateKey(key, "p ä ss wörter"),
            await encryptPrivateKey(key, "p ä ss wörter"),
        ];
        expect(one).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
        expect(one).not.toBe(two);
        expect(decryptPrivateKey(one, "p ä ss wörter")).toBe(key);
        expect(decryptPrivateKey(two, "p ä ss wörter")).toBe(key);
        expect(() => decryptPrivateKey(one, "wrong", "privateKeyFile")).toThrow(
            "privateKeyFile: The passphrase does not open the private key.",
        );
    });

    test("is by AES-256 under 600,000 rounds of PBKDF2 with HMAC-SHA-256 and a salt of 16 octets", async () => {
        const encrypted = await encryptPrivateKey(await generatePrivateKey("EC-P256"), "twelve chars");
        const der = Buffer.from(encrypted.replace(/-----[^-]+-----/g, ""), "base64").toString("hex");
        // PBKDF2, its salt, its rounds and HMAC-SHA-256; then AES-256-CBC (RFC 8018, appendix A and B).
        expect(der).toMatch(
            /06092a864886f70d01050c30250410[0-9a-f]{32}02030927c0300c06082a864886f70d02090500/,
        );
        expect(der).toContain("060960864801650304012a");
    });

    test.each(["", "x", "elf zeichen", "\u{1f511}".repeat(11)])(
        "refuses %j as passphrase",
        async (passphrase) => {
            const key = await generatePrivateKey("EC-P256");
            await expect(encryptPrivateKey(key, passphrase, "--passphrase-variable")).rejects.toMatchObject({
                code: "InvalidInput",
                property: "--passphrase-variable",
                problem: expect.stringMatching(/The new passphrase has fewer than 12 characters/),
                remedy: expect.stringMatching(/Choose at least 12 characters/),
            });
        },
    );

    test("takes a passphrase of twelve characters, and opens older keys by whatever they have", async () => {
        const key = await generatePrivateKey("EC-P256");
        expect(decryptPrivateKey(await encryptPrivateKey(key, "zwölf zeiche"), "zwölf zeiche")).toBe(key);
        const older = createPrivateKey(key).export({ ...PKCS8, cipher: "aes-256-cbc", passphrase: "x" });
        expect(decryptPrivateKey(older.toString(), "x")).toBe(key);
    });

    test("refuses a file that is not encrypted", async () => {
        const key = await generatePrivateKey("EC-P256");
        expect(() => decryptPrivateKey(key, "x")).toThrow("The file holds no encrypted PEM private key.");
    });
});

describe("reading", () => {
    test("every usual form of a key is brought to PKCS#8", () => {
        const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
        expect(normalisePrivateKey(ec.export({ type: "sec1", format: "pem" }).toString())).toBe(
            ec.export(PKCS8),
        );
        const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
        expect(normalisePrivateKey(rsa.export({ type: "pkcs1", format: "pem" }).toString())).toBe(
            rsa.export(PKCS8),
        );
    });

    test.each<[string, string, RegExp]>([
        ["no key", "secret words", /The text is no PEM private key\. Give an unencrypted RSA key/],
        ["an encrypted key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", /is encrypted\. Name its file/],
        ["Ed25519", String(generateKeyPairSync("ed25519").privateKey.export(PKCS8)), /not supported/],
        [
            "another curve",
            String(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey.export(PKCS8)),
            /not supported/,
        ],
        [
            "a short RSA key",
            String(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export(PKCS8)),
            /not supported/,
        ],
    ])("refuses %s without echo", (_title, text, message) => {
        const read = () => readPrivateKey(text, "authorityPrivateKeyPem");
        expect(read).toThrow(PortcullisError);
        expect(read).toThrow(message);
        expect(read).not.toThrow(text.split("\n").slice(0, 2).join("\n"));
    });
});

test("a key matches the certificate made for it alone", async () => {
    const ca = await authority();
    const alice = await client(ca.key);
    expect(keyMatchesCertificate(alice.key, alice.pem)).toBe(true);
    expect(keyMatchesCertificate(ca.key, alice.pem)).toBe(false);
});
