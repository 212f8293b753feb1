/** Every form in which a private key may stand in a text, held against every place that takes only what is public. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { looksLikePrivateKey } from "../../../../provider/pki/private-key-text";
import { decodePem, CERTIFICATE, refusePrivateKey } from "../../../../provider/pki/pem";
import { bundleFault } from "../../../../provider/vault/connection-faults";
import { vaultInitialization } from "../../../../provider/vault/initialization";
import { publicKeyOf, tlsFailures } from "../../../../provider/vault/tls-files";
import { SERVER_NAME, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";

const NOW = new Date();
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

const FORMS: readonly (readonly [form: string, text: string])[] = [
    ["PKCS#8", pkcs8],
    ["SEC 1", privateKey.export({ type: "sec1", format: "pem" }).toString()],
    [
        "encrypted PKCS#8",
        privateKey
            .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
            .toString(),
    ],
    [
        "what openssl pkey -text prints",
        execFileSync("openssl", ["pkey", "-text", "-noout"], { input: pkcs8, encoding: "utf8" }),
    ],
    ["its end cut off", pkcs8.slice(0, pkcs8.indexOf("-----END"))],
    ["its beginning cut off", pkcs8.slice(pkcs8.indexOf("\n") + 1)],
    ["PuTTY's file", "PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\nPrivate-Lines: 1\nAAAA\n"],
];

let good: TlsFixture;
beforeAll(async () => {
    good = await tlsFiles();
});

const tls = (
    changed: Partial<TlsFixture>,
): readonly { readonly property: string; readonly reason: string }[] => {
    const { certificate, privateKey: key, authorities } = { ...good, ...changed };
    return tlsFailures(
        { serverName: SERVER_NAME, certificate, authorities, publicKey: publicKeyOf(key) },
        NOW,
    );
};

describe.each(FORMS)("a private key as %s", (_form, key) => {
    test("is told from what is public", () => {
        expect(looksLikePrivateKey(key)).toBe(true);
        expect(looksLikePrivateKey(`${good.certificate}\n${key}`)).toBe(true);
    });

    test("is refused beside the nodes' certificates", () => {
        const reason = expect.stringContaining("There is a private key in it");
        const beside = (text: string): string => `${text}\n${key}`;
        expect(tls({ certificate: beside(good.certificate) })).toEqual([{ property: "certificate", reason }]);
        expect(tls({ authorities: beside(good.authorities) })).toEqual([{ property: "authorities", reason }]);
    });

    test("is refused beside the authorities that verify Vault", () => {
        expect(bundleFault(`${good.authorities}\n${key}`, NOW)).toMatch(/^There is a private key in it\./);
    });

    test("is refused beside the authorities of an initialisation", () => {
        const { failures } = vaultInitialization.check(
            { caCertificatePem: `${good.authorities}\n${key}` },
            NOW,
            {},
        );
        expect(failures).toContainEqual({
            property: "caCertificatePem",
            reason: expect.stringContaining("There is a private key where certificates are expected."),
        });
    });

    test("is refused where one certificate is decoded, and none of it is quoted", () => {
        const text = `${good.certificate}\n${key}`;
        for (const refused of [
            () => decodePem(text, CERTIFICATE, "certificate"),
            () => {
                refusePrivateKey(text, "certificate");
            },
        ]) {
            expect(refused).toThrow(/There is a private key/);
            expect(refused).not.toThrow(key.split("\n")[1] ?? key);
        }
    });
});

test("certificates and what openssl says of them are public", () => {
    const told = execFileSync("openssl", ["x509", "-text"], { input: good.certificate, encoding: "utf8" });
    expect(looksLikePrivateKey(told)).toBe(false);
});
