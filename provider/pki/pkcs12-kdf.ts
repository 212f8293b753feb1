/** Keys derived from a password as PKCS#12 itself does it (RFC 7292, appendix B), and what is encrypted with them. */
import { createCipheriv, hash, randomBytes } from "node:crypto";
import { setImmediate as otherWork } from "node:timers/promises";
import { integer, octetString, oid, sequence, utf16BigEndian } from "./der-writer";
import type { Encrypted } from "./pbes2";

/** What a derived key is for; each purpose gives another key (appendix B.3). */
export const PURPOSE = { encryption: 1, vector: 2, mac: 3 } as const;

export interface Derivation {
    readonly digest: "sha1" | "sha256";
    readonly purpose: (typeof PURPOSE)[keyof typeof PURPOSE];
    readonly password: string;
    readonly salt: Buffer;
    readonly iterations: number;
    /** Octets of the key. */
    readonly length: number;
}

/** The block of both digests, in octets. */
const BLOCK = 64;

/** So many rounds take a few hundredths of a second; then the process may do other work. */
const ROUNDS_AT_ONCE = 16_384;

/** Derives a key (appendix B.2): the password is taken as a BMPString with its two octets of zero at the end. */
export async function deriveKey(derivation: Derivation): Promise<Buffer> {
    const { digest, purpose, password, salt, iterations, length } = derivation;
    const diversifier = Buffer.alloc(BLOCK, purpose);
    const secret = Buffer.concat([utf16BigEndian(password), Buffer.alloc(2)]);
    const input = Buffer.concat([filled(salt), filled(secret)]);
    const key: Buffer[] = [];
    for (let made = 0; made < length;) {
        let part: Buffer = hash(digest, Buffer.concat([diversifier, input]), "buffer");
        for (let round = 1; round < iterations; round++) {
            part = hash(digest, part, "buffer");
            if (round % ROUNDS_AT_ONCE === 0) await otherWork();
        }
        key.push(part);
        made += part.length;
        for (let at = 0; at < input.length; at += BLOCK) {
            addOneMore(input.subarray(at, at + BLOCK), part);
        }
    }
    return Buffer.concat(key).subarray(0, length);
}

/** The text repeated until it fills whole blocks; its last copy may be cut. */
function filled(text: Buffer): Buffer {
    return Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK, text);
}

/** block = block + addend repeated + 1, as big-endian numbers that overflow. */
function addOneMore(block: Buffer, addend: Buffer): void {
    let carry = 1;
    for (let at = BLOCK - 1; at >= 0; at--) {
        carry += block.readUInt8(at) + addend.readUInt8(at % addend.length);
        block.writeUInt8(carry & 0xff, at);
        carry >>= 8;
    }
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC. */
const TRIPLE_DES = "1.2.840.113549.1.12.1.3";

/** Encrypts with three-key Triple DES and a key derived with SHA-1: the one form that old importers all read. */
export async function encryptTripleDes(
    content: Buffer,
    password: string,
    iterations: number,
): Promise<Encrypted> {
    const salt = randomBytes(16);
    const common = { digest: "sha1", password, salt, iterations } as const;
    const key = await deriveKey({ ...common, purpose: PURPOSE.encryption, length: 24 });
    const vector = await deriveKey({ ...common, purpose: PURPOSE.vector, length: 8 });
    const cipher = createCipheriv("des-ede3-cbc", key, vector);
    return {
        algorithm: sequence(oid(TRIPLE_DES), sequence(octetString(salt), integer(iterations))),
        content: Buffer.concat([cipher.update(content), cipher.final()]),
    };
}
