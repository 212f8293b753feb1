/** PKCS#8 keys encrypted under a passphrase: PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018). */
import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { encodePem } from "./pem";

/**
 * Rounds of PBKDF2, as OWASP's Password Storage Cheat Sheet asks for HMAC-SHA-256. This is why the structure is
 * made here: node:crypto, like the openssl command, always takes 2048, too few to slow down a guess. Both read it.
 */
export const ITERATIONS = 600_000;

const OID = {
    pbes2: "06092a864886f70d01050d",
    pbkdf2: "06092a864886f70d01050c",
    hmacSha256: "06082a864886f70d0209",
    aes256Cbc: "060960864801650304012a",
} as const;

/** Encrypts the DER of a PKCS#8 key; gives PEM ("ENCRYPTED PRIVATE KEY"). */
export async function encryptPkcs8(der: Buffer, passphrase: string): Promise<string> {
    const salt = randomBytes(16);
    const vector = randomBytes(16);
    const key = await promisify(pbkdf2)(passphrase, salt, ITERATIONS, 32, "sha256");
    const cipher = createCipheriv("aes-256-cbc", key, vector);
    const encrypted = Buffer.concat([cipher.update(der), cipher.final()]);
    const derivation = sequence(
        hex(OID.pbkdf2),
        sequence(element(0x04, salt), integer(ITERATIONS), sequence(hex(OID.hmacSha256), element(0x05))),
    );
    const scheme = sequence(hex(OID.aes256Cbc), element(0x04, vector));
    const algorithm = sequence(hex(OID.pbes2), sequence(derivation, scheme));
    return encodePem("ENCRYPTED PRIVATE KEY", sequence(algorithm, element(0x04, encrypted)));
}

function sequence(...parts: readonly Buffer[]): Buffer {
    return element(0x30, ...parts);
}

function integer(value: number): Buffer {
    const digits = value.toString(16);
    const octets = hex(digits.length % 2 === 0 ? digits : `0${digits}`);
    // A leading one bit would make the number negative.
    return element(0x02, (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets);
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
    const content = Buffer.concat(parts);
    const length =
        content.length < 0x80
            ? Buffer.of(content.length)
            : content.length < 0x100
              ? Buffer.of(0x81, content.length)
              : Buffer.of(0x82, content.length >> 8, content.length & 0xff);
    return Buffer.concat([Buffer.of(tag), length, content]);
}

function hex(text: string): Buffer {
    return Buffer.from(text, "hex");
}
