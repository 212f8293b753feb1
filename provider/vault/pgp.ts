/** OpenPGP public keys of those who hold recovery shares: read strictly, and seen to encrypt before any share exists. */
import { createHash } from "node:crypto";
import { PortcullisError } from "../errors";
import { remembered } from "../memo";
import { invalidInput } from "../pki/pem";

export interface PgpPublicKey {
    /** The whole key, binary, in base64: the form that the server takes. */
    readonly base64: string;
    /** Of the primary key, lower-case hexadecimal. */
    readonly fingerprint: string;
}

const LONGEST = 512 * 1024;
const PUBLIC_KEY = 6;
const SECRET_TAGS = [5, 7];
const REMEDY =
    "Give one public key, as `gpg --export --armor <address>` prints it, or its binary form in base64.";

/**
 * Reads a public key, armored or binary in base64.
 * @throws PortcullisError `InvalidInput`, without any of the content
 */
export const readPgpKey: (text: string) => PgpPublicKey = remembered((text) => {
    if (text.length > LONGEST)
        throw invalidInput(undefined, "The text is too long to be one PGP key.", REMEDY);
    if (text.includes("PGP PRIVATE KEY")) throw privateKey();
    const bytes = decode(text);
    const packets = [...packetsOf(bytes)];
    if (packets.some(({ tag }) => SECRET_TAGS.includes(tag))) throw privateKey();
    const keys = packets.filter(({ tag }) => tag === PUBLIC_KEY);
    const [key] = packets;
    if (key?.tag !== PUBLIC_KEY) throw invalidInput(undefined, "The text is no PGP public key.", REMEDY);
    if (keys.length > 1)
        throw invalidInput(undefined, `There are ${keys.length} PGP keys where one is expected.`, REMEDY);
    return { base64: bytes.toString("base64"), fingerprint: fingerprintOf(key.body) };
});

/** The key in the form that the server takes, so that two texts of the same key are equal. */
export function normalisePgpKey(text: string): string {
    return readPgpKey(text).base64;
}

/**
 * Encrypts something to each key, now.
 *
 * OpenBao and Vault encrypt the shares after they have made the cluster's keys: with a key that cannot encrypt (it only
 * signs, it is expired or revoked) `sys/init` answers 400, and leaves a cluster that is initialised, and whose shares
 * nobody has (seen on OpenBao 2.6.2). So this has to be known before.
 *
 * OpenBao 2.6.2 takes every key that passes here, of version 6 too. Vault's older library reads neither version 6 nor
 * the key algorithms that came with it (RFC 9580, section 9.1), and no Vault is at hand to try a newer one: for it only
 * what both know is accepted.
 * @throws PortcullisError `InvalidInput`, naming the key
 */
export async function refuseUnusableKeys(
    keys: readonly string[],
    product: "openbao" | "vault",
    now: Date,
): Promise<void> {
    if (keys.length === 0) return;
    const library = await import("openpgp");
    for (const [index, text] of keys.entries()) {
        const { base64, fingerprint } = readPgpKey(text);
        try {
            const key = await library.readKey({ binaryKey: Buffer.from(base64, "base64") });
            const message = await library.createMessage({ text: "portcullis" });
            await library.encrypt({ message, encryptionKeys: key.toPublic(), date: now });
            if (product === "vault") {
                const { algorithm } = (await key.getEncryptionKey(undefined, now)).getAlgorithmInfo();
                refuseModern(key.keyPacket.version, algorithm);
            }
        } catch (error) {
            const why = error instanceof Error ? error.message : "unknown";
            throw new PortcullisError({
                code: "InvalidInput",
                property: `pgpKeys[${index}]`,
                problem: `Nothing can be encrypted to the PGP key ${fingerprint} (${why.slice(0, 200)}). The cluster was not initialised: its share would have been lost.`,
                remedy: "Give a key that has a valid subkey for encryption: `gpg --quick-generate-key <address>` makes one, and `gpg --list-keys` shows [E].",
            });
        }
    }
}

/** Which algorithms for encryption Vault reads, by their names in OpenPGP.js. */
const VAULT_READS = ["rsaEncryptSign", "rsaEncrypt", "ecdh"];

function refuseModern(version: number, algorithm: string): void {
    if (version === 4 && VAULT_READS.includes(algorithm)) return;
    throw new Error(
        `Vault may not be able to read a key of version ${version} that encrypts by "${algorithm}"`,
    );
}

function privateKey(): PortcullisError {
    return invalidInput(
        undefined,
        "There is a PGP private key where a public key is expected.",
        "Give the public key alone (`gpg --export --armor <address>`), and treat that private key as exposed if this text was ever stored or shared.",
    );
}

function decode(text: string): Buffer {
    const blocks = text.match(/-----BEGIN PGP [A-Z ]+-----/g) ?? [];
    if (blocks.length > 1)
        throw invalidInput(undefined, `There are ${blocks.length} PGP blocks where one is expected.`, REMEDY);
    const armored =
        /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+: [^\r\n]*\r?\n)*\s*\r?\n([^-]*)-----END PGP PUBLIC KEY BLOCK-----/.exec(
            text,
        );
    // The last line of an armor is its checksum, which begins with "=".
    const body = (armored?.[1]?.replace(/^=[A-Za-z0-9+/]{4}\s*$/m, "") ?? text).replaceAll(/\s/g, "");
    if (body === "" || body.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(body))
        throw invalidInput(undefined, "The text is no PGP public key.", REMEDY);
    return Buffer.from(body, "base64");
}

interface Packet {
    readonly tag: number;
    readonly body: Buffer;
}

/** The packets of a binary key (RFC 9580, section 4.2). */
function* packetsOf(bytes: Buffer): Generator<Packet> {
    let at = 0;
    const cut = (): PortcullisError =>
        invalidInput(undefined, "The PGP key is cut short or malformed.", REMEDY);
    const number = (octets: number): number => {
        if (at + octets > bytes.length) throw cut();
        const value = bytes.readUIntBE(at, octets);
        at += octets;
        return value;
    };
    while (at < bytes.length) {
        const head = number(1);
        if ((head & 0x80) === 0) throw cut();
        const isNew = (head & 0x40) !== 0;
        const tag = isNew ? head & 0x3f : (head >> 2) & 0x0f;
        let length: number;
        if (isNew) {
            const first = number(1);
            if (first < 192) length = first;
            else if (first < 224) length = ((first - 192) << 8) + number(1) + 192;
            else if (first === 255) length = number(4);
            else throw cut();
        } else {
            const kind = head & 0x03;
            if (kind === 3) throw cut();
            length = number(2 ** kind);
        }
        if (at + length > bytes.length) throw cut();
        yield { tag, body: bytes.subarray(at, at + length) };
        at += length;
    }
}

/** RFC 9580, section 5.5.4: of version 4 by SHA-1, of version 6 by SHA-256. */
function fingerprintOf(body: Buffer): string {
    const version = body[0];
    const length = Buffer.alloc(version === 6 ? 4 : 2);
    if (version === 4) {
        length.writeUInt16BE(body.length);
        return createHash("sha1")
            .update(Buffer.from([0x99]))
            .update(length)
            .update(body)
            .digest("hex");
    }
    if (version === 6) {
        length.writeUInt32BE(body.length);
        return createHash("sha256")
            .update(Buffer.from([0x9b]))
            .update(length)
            .update(body)
            .digest("hex");
    }
    throw invalidInput(
        undefined,
        `The PGP key is of version ${version ?? "unknown"}, which is too old or too new.`,
        "Give a key of version 4, which `gpg --quick-generate-key` makes.",
    );
}
