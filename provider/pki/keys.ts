/** Private keys: made, encrypted under a passphrase, read back, and matched with certificates. */
import { remembered } from "../memo";
import { createPrivateKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { parseCertificate } from "./parsed-certificate";
import { encryptPkcs8 } from "./pbes2";
import { invalidInput } from "./pem";

/** The kinds of key that are made here. */
export const KEY_ALGORITHMS = ["RSA-2048", "RSA-3072", "RSA-4096", "EC-P256", "EC-P384"] as const;
/** RSA by its bits, EC by its curve. "RSA-4096" unless said. */
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];
export const DEFAULT_KEY_ALGORITHM: KeyAlgorithm = "RSA-4096";
/** Of what signs and serves within a private hierarchy, where no old client dictates RSA. */
export const DEFAULT_OFFLINE_KEY: KeyAlgorithm = "EC-P384";

const RSA_BITS = { "RSA-2048": 2048, "RSA-3072": 3072, "RSA-4096": 4096 } as const;
const CURVES = { "EC-P256": "prime256v1", "EC-P384": "secp384r1" } as const;

const USABLE =
    "Give an unencrypted RSA key of at least 2048 bits, or an EC key on P-256 or P-384, in PEM form.";

/** Makes a private key, as PKCS#8 PEM. An RSA key of 4096 bits takes a second or several. */
export async function generatePrivateKey(algorithm: KeyAlgorithm = DEFAULT_KEY_ALGORITHM): Promise<string> {
    const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
    const publicKeyEncoding = { type: "spki", format: "pem" } as const;
    switch (algorithm) {
        case "RSA-2048":
        case "RSA-3072":
        case "RSA-4096": {
            const modulusLength = RSA_BITS[algorithm];
            const options = { modulusLength, privateKeyEncoding, publicKeyEncoding };
            return (await promisify(generateKeyPair)("rsa", options)).privateKey;
        }
        case "EC-P256":
        case "EC-P384": {
            const options = { namedCurve: CURVES[algorithm], privateKeyEncoding, publicKeyEncoding };
            return (await promisify(generateKeyPair)("ec", options)).privateKey;
        }
    }
}

/** Which of `KEY_ALGORITHMS` made such a key; undefined for any other kind of key. */
export function keyAlgorithmOf(key: KeyObject): KeyAlgorithm | undefined {
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    return KEY_ALGORITHMS.find((algorithm) =>
        key.asymmetricKeyType === "rsa"
            ? algorithm === `RSA-${String(modulusLength)}`
            : algorithm.startsWith("EC") && CURVES[algorithm as keyof typeof CURVES] === namedCurve,
    );
}

/** Whether certificates are made with or for a key of this kind: RSA from 2048 bits on, P-256, P-384. */
export function isUsableKey(key: KeyObject): boolean {
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    return key.asymmetricKeyType === "rsa" ? modulusLength >= 2048 : keyAlgorithmOf(key) !== undefined;
}

/**
 * Reads an unencrypted private key in PEM form (PKCS#8, PKCS#1 or SEC 1).
 *
 * @throws PortcullisError `InvalidInput`, without any of the content
 */
export function readPrivateKey(pem: string, property?: string): KeyObject {
    if (isEncrypted(pem)) {
        throw invalidInput(
            property,
            "The private key is encrypted.",
            "Name its file and passphrase variable instead.",
        );
    }
    const key = readOnce(pem);
    if (key === undefined) throw invalidInput(property, "The text is no PEM private key.", USABLE);
    if (!isUsableKey(key)) throw invalidInput(property, "A key of this kind is not supported.", USABLE);
    return key;
}

/** The private key in its one normal form, PKCS#8 PEM, so that two texts of the same key are equal. */
export function normalisePrivateKey(pem: string, property?: string): string {
    return pkcs8Of(readPrivateKey(pem, property));
}

/** Characters of a passphrase: with fewer, whoever finds the file can try them all, however slow each try is made. */
export const SHORTEST_PASSPHRASE = 12;

/**
 * Refuses a passphrase for a key that is yet to be encrypted. Keys that are there open by whatever they have.
 *
 * @throws PortcullisError `InvalidInput`, without any of it, nor its length
 */
export function refuseShortPassphrase(passphrase: string, property?: string): void {
    if (Array.from(passphrase).length >= SHORTEST_PASSPHRASE) return;
    throw invalidInput(
        property,
        `The new passphrase has fewer than ${SHORTEST_PASSPHRASE} characters, so that it could be found by trying.`,
        `Choose at least ${SHORTEST_PASSPHRASE} characters, for example five words at random, and keep them apart from the file.`,
    );
}

/**
 * Encrypts a private key under a passphrase: PKCS#8 PEM, AES-256-CBC, PBKDF2-HMAC-SHA-256 with 600,000 rounds.
 *
 * @param property what holds the passphrase, named in errors
 * @throws PortcullisError `InvalidInput` where the passphrase is short
 */
export async function encryptPrivateKey(pem: string, passphrase: string, property?: string): Promise<string> {
    refuseShortPassphrase(passphrase, property);
    return encryptPkcs8(readPrivateKey(pem).export({ type: "pkcs8", format: "der" }), passphrase);
}

/**
 * Decrypts a PEM private key, as PKCS#8 PEM. Reads what `encryptPrivateKey` and the openssl command write.
 *
 * @throws PortcullisError `InvalidInput` where the key is not encrypted, or the passphrase is not its own
 */
export function decryptPrivateKey(pem: string, passphrase: string, property?: string): string {
    if (!isEncrypted(pem)) {
        throw invalidInput(
            property,
            "The file holds no encrypted PEM private key.",
            "Encrypt the key first: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in KEY -out FILE.",
        );
    }
    const key = tryPrivateKey(pem, passphrase);
    if (key === undefined) {
        throw invalidInput(
            property,
            "The passphrase does not open the private key.",
            "Set the variable to the passphrase that the key was encrypted under.",
        );
    }
    if (!isUsableKey(key)) throw invalidInput(property, "A key of this kind is not supported.", USABLE);
    return pkcs8Of(key);
}

/** Whether the private key is that of the certificate. */
export function keyMatchesCertificate(privateKeyPem: string, certificatePem: string): boolean {
    return parseCertificate(certificatePem).x509.checkPrivateKey(readPrivateKey(privateKeyPem));
}

/** Why a private key of whatever kind cannot be presented with the certificate, and the remedy; undefined where it can. */
export function refusalOfPair(privateKeyPem: string, certificatePem: string): string | undefined {
    if (isEncrypted(privateKeyPem)) return "The private key is encrypted. Give it unencrypted.";
    const key = readOnce(privateKeyPem);
    if (key === undefined) return "The text is no PEM private key. Give the key file's text, unchanged.";
    return parseCertificate(certificatePem).x509.checkPrivateKey(key)
        ? undefined
        : "The private key is another certificate's. Give the key that this certificate was requested with.";
}

/** The same authority's key is asked about for each of its clients, at each preview. */
const readOnce = remembered((pem) => tryPrivateKey(pem));

function isEncrypted(pem: string): boolean {
    return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m.test(pem);
}

function tryPrivateKey(pem: string, passphrase?: string): KeyObject | undefined {
    try {
        return createPrivateKey({
            key: pem,
            format: "pem",
            ...(passphrase === undefined ? {} : { passphrase }),
        });
    } catch {
        // OpenSSL's own words say nothing that the caller's error does not say better.
        return undefined;
    }
}

/** An authority's key is normalised for each of its clients; a key that was read is remembered, and so is its text. */
const texts = new WeakMap<KeyObject, string>();

function pkcs8Of(key: KeyObject): string {
    const text = texts.get(key) ?? key.export({ type: "pkcs8", format: "pem" }).toString();
    texts.set(key, text);
    return text;
}
