/** Encryption under a passphrase: PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018), and PKCS#8 keys in it. */
import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { integer, NULL, octetString, oid, sequence } from "./der-writer";
import { encodePem } from "./pem";

/**
 * Rounds of PBKDF2, as OWASP's Password Storage Cheat Sheet asks for HMAC-SHA-256. This is why the structure is
 * made here: node:crypto, like the openssl command, always takes 2048, too few to slow down a guess. Both read it.
 */
export const ITERATIONS = 600_000;

/** What was encrypted, with the AlgorithmIdentifier (DER) that tells a reader how. */
export interface Encrypted {
    readonly algorithm: Buffer;
    readonly content: Buffer;
}

const OID = {
    pbes2: "1.2.840.113549.1.5.13",
    pbkdf2: "1.2.840.113549.1.5.12",
    hmacSha256: "1.2.840.113549.2.9",
    aes256Cbc: "2.16.840.1.101.3.4.1.42",
} as const;

/** Encrypts under a passphrase, which is taken as UTF-8. */
export async function encryptPbes2(
    content: Buffer,
    passphrase: string,
    iterations: number,
): Promise<Encrypted> {
    const salt = randomBytes(16);
    const vector = randomBytes(16);
    const key = await promisify(pbkdf2)(passphrase, salt, iterations, 32, "sha256");
    const cipher = createCipheriv("aes-256-cbc", key, vector);
    const pseudorandom = sequence(oid(OID.hmacSha256), NULL);
    const derivation = sequence(
        oid(OID.pbkdf2),
        sequence(octetString(salt), integer(iterations), pseudorandom),
    );
    const scheme = sequence(oid(OID.aes256Cbc), octetString(vector));
    return {
        algorithm: sequence(oid(OID.pbes2), sequence(derivation, scheme)),
        content: Buffer.concat([cipher.update(content), cipher.final()]),
    };
}

/** Encrypts the DER of a PKCS#8 key; gives PEM ("ENCRYPTED PRIVATE KEY"). */
export async function encryptPkcs8(der: Buffer, passphrase: string): Promise<string> {
    const { algorithm, content } = await encryptPbes2(der, passphrase, ITERATIONS);
    return encodePem("ENCRYPTED PRIVATE KEY", sequence(algorithm, octetString(content)));
}
