/** Certificates of every kind for the tests of this folder: right ones, and each wrong in one way. */
import "reflect-metadata";
import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import * as library from "@peculiar/x509";
import { keyIdentifier } from "../../../../provider/pki/certificates";
import { generatePrivateKey } from "../../../../provider/pki/keys";

export const DAY = 86_400_000;
export const NOW = new Date("2026-06-15T12:00:00Z");
export const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
export const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

export function daysFromNow(days: number): Date {
    return new Date(NOW.getTime() + days * DAY);
}

/** What is said of one certificate; everything else is as it should be. `null` leaves an extension out. */
export interface Wishes {
    readonly subject?: library.JsonNameParams;
    readonly issuer?: library.JsonNameParams;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
    readonly basicConstraints?: library.BasicConstraintsExtension | null;
    readonly keyUsage?: library.KeyUsageFlags | null;
    readonly extendedKeyUsage?: readonly string[] | null;
    readonly authorityKeyId?: string | null;
    readonly subjectKeyId?: string | null;
    readonly extra?: readonly library.Extension[];
    readonly hash?: string;
}

export interface Made {
    readonly pem: string;
    readonly key: string;
}

const AUTHORITY_NAME: library.JsonNameParams = [{ CN: ["Test authority"] }];

/** A self-signed authority; `signedBy` makes it an intermediate one. */
export async function authority(wishes: Wishes = {}, key?: string, signedBy?: string): Promise<Made> {
    const own = key ?? (await generatePrivateKey("EC-P256"));
    const name = wishes.subject ?? AUTHORITY_NAME;
    const { keyCertSign, cRLSign } = library.KeyUsageFlags;
    const pem = await certificate(own, signedBy ?? own, {
        basicConstraints: new library.BasicConstraintsExtension(true, 1, true),
        keyUsage: keyCertSign | cRLSign,
        extendedKeyUsage: null,
        issuer: name,
        ...wishes,
        subject: name,
    });
    return { pem, key: own };
}

/** A client's certificate, issued by the key. */
export async function client(issuerKey: string, wishes: Wishes = {}, key?: string): Promise<Made> {
    const own = key ?? (await generatePrivateKey("EC-P256"));
    return { pem: await certificate(own, issuerKey, wishes), key: own };
}

async function certificate(key: string, issuerKey: string, wishes: Wishes): Promise<string> {
    const publicKey = createPublicKey(key);
    const extensions: (library.Extension | undefined)[] = [
        wishes.basicConstraints === null
            ? undefined
            : (wishes.basicConstraints ?? new library.BasicConstraintsExtension(false, undefined, true)),
        wishes.keyUsage === null
            ? undefined
            : new library.KeyUsagesExtension(wishes.keyUsage ?? library.KeyUsageFlags.digitalSignature, true),
        wishes.extendedKeyUsage === null
            ? undefined
            : new library.ExtendedKeyUsageExtension([...(wishes.extendedKeyUsage ?? [CLIENT_AUTH])]),
        wishes.subjectKeyId === null
            ? undefined
            : new library.SubjectKeyIdentifierExtension(wishes.subjectKeyId ?? keyIdentifier(publicKey)),
        wishes.authorityKeyId === null
            ? undefined
            : new library.AuthorityKeyIdentifierExtension(
                  wishes.authorityKeyId ?? keyIdentifier(createPublicKey(issuerKey)),
              ),
        ...(wishes.extra ?? []),
    ];
    const made = await library.X509CertificateGenerator.create(
        {
            subject: new library.Name(wishes.subject ?? [{ CN: ["alice"] }]),
            issuer: new library.Name(wishes.issuer ?? AUTHORITY_NAME),
            notBefore: wishes.notBefore ?? daysFromNow(-10),
            notAfter: wishes.notAfter ?? daysFromNow(10),
            publicKey: publicKey.export({ type: "spki", format: "der" }),
            signingKey: await signingKey(issuerKey, wishes.hash ?? "SHA-256"),
            signingAlgorithm: { name: "ECDSA", hash: wishes.hash ?? "SHA-256" },
            extensions: extensions.filter((extension) => extension !== undefined),
        },
        webcrypto,
    );
    return `${made.toString("pem")}\n`;
}

async function signingKey(pem: string, hash: string): Promise<webcrypto.CryptoKey> {
    const key = createPrivateKey(pem);
    const algorithm =
        key.asymmetricKeyType === "rsa"
            ? { name: "RSASSA-PKCS1-v1_5", hash }
            : { name: "ECDSA", namedCurve: "P-256" };
    return webcrypto.subtle.importKey(
        "pkcs8",
        key.export({ type: "pkcs8", format: "der" }),
        algorithm,
        false,
        ["sign"],
    );
}

/** An RSA key of any length, as PKCS#8 PEM. */
export async function rsaKey(modulusLength: number): Promise<string> {
    const pair = await webcrypto.subtle.generateKey(
        { name: "RSASSA-PKCS1-v1_5", modulusLength, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" },
        true,
        ["sign", "verify"],
    );
    const der = await webcrypto.subtle.exportKey("pkcs8", pair.privateKey);
    return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" })
        .export({ type: "pkcs8", format: "pem" })
        .toString();
}
