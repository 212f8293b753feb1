/** PKCS#12 files as OpenSSL inside of Node opens them, and keys derived as published examples say. */
import { createSecureContext } from "node:tls";
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { childrenOf, elementsOf } from "../../../../provider/pki/der";
import { generatePrivateKey, KEY_ALGORITHMS } from "../../../../provider/pki/keys";
import { makePkcs12, PKCS12_ENCRYPTIONS, type Pkcs12Contents } from "../../../../provider/pki/pkcs12";
import { deriveKey, PURPOSE } from "../../../../provider/pki/pkcs12-kdf";
import { authority, client, type Made } from "./support";

/** Common test vectors of PKCS#12 derivation with SHA-1; the openssl command gives the same. */
test.each<[string, keyof typeof PURPOSE, string, number, string]>([
    ["smeg", "encryption", "0a58cf64530d823f", 1, "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3"],
    ["smeg", "vector", "0a58cf64530d823f", 1, "79993dfe048d3b76"],
    ["smeg", "mac", "3d83c0e4546ac140", 1, "8d967d88f6caa9d714800ab3d48051d63f73a312"],
    ["queeg", "encryption", "05dec959acff72f7", 1000, "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4"],
    ["queeg", "vector", "05dec959acff72f7", 1000, "11dedad7758d4860"],
    ["queeg", "mac", "263216fcc2fab31c", 1000, "5ec4c7a80df652294c3925b6489a7ab857c83476"],
])("derives from %j a key for %s", async (password, purpose, salt, iterations, expected) => {
    const key = await deriveKey({
        digest: "sha1",
        purpose: PURPOSE[purpose],
        password,
        salt: Buffer.from(salt, "hex"),
        iterations,
        length: expected.length / 2,
    });
    expect(key.toString("hex")).toBe(expected);
});

let ca: Made;
let alice: Made;
beforeAll(async () => {
    ca = await authority();
    alice = await client(ca.key);
});

const contents = (over: Partial<Pkcs12Contents> = {}): Pkcs12Contents => ({
    certificatePem: alice.pem,
    privateKeyPem: alice.key,
    chainPems: [ca.pem],
    password: "correct horse battery",
    friendlyName: "Alice",
    encryption: "modern",
    iterations: 10,
    ...over,
});

const opens = (pfx: Buffer, passphrase: string): boolean => {
    try {
        createSecureContext({ pfx, passphrase });
        return true;
    } catch {
        return false;
    }
};

describe.each(PKCS12_ENCRYPTIONS)("%s", (encryption) => {
    test.each(KEY_ALGORITHMS)(
        "opens with a key of %s",
        async (algorithm) => {
            const made = await client(ca.key, {}, await generatePrivateKey(algorithm));
            const pfx = await makePkcs12(
                contents({ certificatePem: made.pem, privateKeyPem: made.key, encryption }),
            );
            expect(opens(pfx, "correct horse battery")).toBe(true);
        },
        60_000,
    );

    test("opens by its password and no other", async () => {
        const password = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 128 });
        await fc.assert(
            fc.asyncProperty(password, password, async (own, other) => {
                const pfx = await makePkcs12(contents({ encryption, password: own }));
                expect(opens(pfx, own)).toBe(true);
                expect(opens(pfx, other)).toBe(own === other);
            }),
        );
    });

    test("does not open once any octet of its content is changed", async () => {
        const pfx = await makePkcs12(contents({ encryption }));
        const [, safe] = childrenOf(pfx);
        const [, wrapper] = childrenOf(safe?.raw ?? pfx);
        const [content] = elementsOf(wrapper?.content ?? pfx);
        const authenticated = content?.content ?? pfx;
        const start = pfx.indexOf(authenticated);
        fc.assert(
            fc.property(
                fc.nat(authenticated.length - 1),
                fc.integer({ min: 1, max: 255 }),
                (index, change) => {
                    const changed = Buffer.from(pfx);
                    const at = start + index;
                    changed.writeUInt8(changed.readUInt8(at) ^ change, at);
                    expect(opens(changed, "correct horse battery")).toBe(false);
                },
            ),
        );
    });

    test("shows neither certificate nor key without the password, and is never the same twice", async () => {
        const pfx = await makePkcs12(contents({ encryption }));
        for (const pem of [alice.pem, ca.pem, alice.key]) {
            const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ""), "base64");
            for (let at = 0; at + 16 <= der.length; at += 16) {
                expect(pfx.includes(der.subarray(at, at + 16))).toBe(false);
            }
        }
        expect(await makePkcs12(contents({ encryption }))).not.toEqual(pfx);
    });
});
