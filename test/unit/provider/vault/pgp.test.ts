/** PGP public keys as they are given: read into one form, private keys never echoed, unusable ones seen beforehand. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PortcullisError } from "../../../../provider/errors";
import { normalisePgpKey, readPgpKey, refuseUnusableKeys } from "../../../../provider/vault/pgp";
import { EXPIRED, HOLDER_A, HOLDER_B, RSA, SIGN_ONLY } from "../../../support/pgp-keys";

const LATER = new Date("2026-11-22T12:00:00Z");

describe("reading", () => {
    test.each([HOLDER_A, HOLDER_B, RSA, SIGN_ONLY, EXPIRED])(
        "$fingerprint: armored, in base64, with other line ends or headers, it is the same key",
        ({ armored, fingerprint }) => {
            const { base64, fingerprint: found } = readPgpKey(armored);
            expect(found).toBe(fingerprint);
            const forms = [
                base64,
                base64.replaceAll(/.{60}/g, "$&\n"),
                armored.replaceAll("\n", "\r\n"),
                armored.replace("BLOCK-----\n\n", "BLOCK-----\nVersion: Any 1.0\nComment: none\n\n"),
                armored.replace(/\n=.{4}\n/, "\n"),
                `Dear all,\n${armored}\nYours`,
            ];
            for (const form of forms) expect(normalisePgpKey(form)).toBe(base64);
        },
    );

    const refusal = (text: string): PortcullisError => {
        try {
            readPgpKey(text);
        } catch (error) {
            if (error instanceof PortcullisError) return error;
        }
        throw new Error("it was accepted");
    };

    test.each([
        ["nothing", "", /no PGP public key/],
        ["prose", "my key, please", /no PGP public key/],
        [
            "a certificate",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            /no PGP public key/,
        ],
        ["a message", Buffer.from([0xc1, 0x01, 0x00]).toString("base64"), /no PGP public key/],
        ["half a key", readPgpKey(HOLDER_A.armored).base64.slice(0, 400), /cut short/],
        ["two keys", HOLDER_A.armored + HOLDER_B.armored, /2 PGP blocks/],
        [
            "two keys in one",
            Buffer.concat(
                [HOLDER_A, HOLDER_B].map(({ armored }) => Buffer.from(readPgpKey(armored).base64, "base64")),
            ).toString("base64"),
            /2 PGP keys/,
        ],
        [
            "a private key by its armor",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nc2VjcmV0\n",
            /private key where a public key/,
        ],
        [
            "a private key by its packet",
            Buffer.from([0xc5, 0x03, 4, 0, 0]).toString("base64"),
            /private key where a public key/,
        ],
        ["a key of version 3", Buffer.from([0xc6, 0x02, 3, 0]).toString("base64"), /version 3/],
        ["a whole disk", "A".repeat(600_000), /too long/],
    ])("%s is refused, without any of it", (_name, text, problem) => {
        const error = refusal(text);
        expect(error.code).toBe("InvalidInput");
        expect(error.message).toMatch(problem);
        if (text.length > 24) expect(error.message).not.toContain(text.slice(30, 54).trim() || text);
    });

    test("a key of which a part is lost or changed is never read as another one, and nothing but a refusal is thrown", () => {
        const bytes = Buffer.from(readPgpKey(HOLDER_A.armored).base64, "base64");
        fc.assert(
            fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (length, value) => {
                const cut = bytes.subarray(0, length);
                const changed = Buffer.from(bytes);
                changed[length] = value;
                for (const text of [cut, changed].map((each) => each.toString("base64"))) {
                    try {
                        readPgpKey(text);
                    } catch (error) {
                        expect(error).toBeInstanceOf(PortcullisError);
                    }
                }
            }),
        );
    });
});

describe("use", () => {
    test.each(["openbao", "vault"] as const)("keys that can encrypt are accepted for %s", async (product) => {
        await expect(
            refuseUnusableKeys([HOLDER_A.armored, HOLDER_B.armored, RSA.armored], product, LATER),
        ).resolves.toBeUndefined();
    });

    test.each([
        ["one that only signs", SIGN_ONLY],
        ["one that is expired", EXPIRED],
    ])("%s is refused by its place and its fingerprint", async (_name, { armored, fingerprint }) => {
        await expect(refuseUnusableKeys([HOLDER_A.armored, armored], "openbao", LATER)).rejects.toMatchObject(
            {
                code: "InvalidInput",
                property: "pgpKeys[1]",
                message: expect.stringContaining(`Nothing can be encrypted to the PGP key ${fingerprint}`),
            },
        );
    });

    test("one that will expire is judged by the time of the deployment", async () => {
        await expect(
            refuseUnusableKeys([EXPIRED.armored], "openbao", new Date("2026-01-01T12:00:00Z")),
        ).resolves.toBeUndefined();
    });

    /** Made by OpenPGP.js now, of the forms that came with RFC 9580. */
    async function modernKey(type: "curve25519" | "rsa", v6Keys: boolean): Promise<string> {
        const library = await import("openpgp");
        const { publicKey } = await library.generateKey({
            type,
            rsaBits: 2048,
            userIDs: [{ email: "modern@example.org" }],
            config: { v6Keys },
        });
        return publicKey;
    }

    test.each<["curve25519" | "rsa", boolean, string]>([
        ["curve25519", true, 'a key of version 6 that encrypts by "x25519"'],
        ["rsa", true, 'a key of version 6 that encrypts by "rsaEncryptSign"'],
        ["curve25519", false, 'a key of version 4 that encrypts by "x25519"'],
    ])(
        "%s, of version 6: %s, is accepted for OpenBao, whose library reads it, and not for Vault",
        async (type, v6, why) => {
            const key = await modernKey(type, v6);
            await expect(refuseUnusableKeys([key], "openbao", new Date())).resolves.toBeUndefined();
            await expect(refuseUnusableKeys([key], "vault", new Date())).rejects.toMatchObject({
                code: "InvalidInput",
                property: "pgpKeys[0]",
                message: expect.stringContaining(why),
            });
        },
    );
});
