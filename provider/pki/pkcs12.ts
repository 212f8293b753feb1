/**
 * PKCS#12 files (RFC 7292): a certificate, its private key and its chain, as browsers and systems import them. They are
 * written here because no kept library writes both encryptions for EC keys.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import {
    bmpString,
    explicit,
    implicit,
    integer,
    NULL,
    octetString,
    oid,
    sequence,
    setOf,
} from "./der-writer";
import { readPrivateKey } from "./keys";
import { encryptPbes2, type Encrypted } from "./pbes2";
import { derOf } from "./pem";
import { deriveKey, encryptTripleDes, PURPOSE } from "./pkcs12-kdf";

/**
 * `modern`: PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC, authenticated with HMAC-SHA-256. `legacy`: Triple DES and
 * HMAC-SHA-1, for importers that know no other.
 */
export const PKCS12_ENCRYPTIONS = ["modern", "legacy"] as const;
export type Pkcs12Encryption = (typeof PKCS12_ENCRYPTIONS)[number];

export interface Pkcs12Contents {
    readonly certificatePem: string;
    /** The certificate's own, unencrypted. */
    readonly privateKeyPem: string;
    /** Certificates of authorities, in the order in which the file will have them. */
    readonly chainPems: readonly string[];
    readonly password: string;
    /** What importers show for certificate and key. */
    readonly friendlyName?: string | undefined;
    readonly encryption: Pkcs12Encryption;
    /** Of every derivation in the file: whoever guesses takes the cheapest. */
    readonly iterations: number;
}

const OID = {
    data: "1.2.840.113549.1.7.1",
    encryptedData: "1.2.840.113549.1.7.6",
    friendlyName: "1.2.840.113549.1.9.20",
    localKeyId: "1.2.840.113549.1.9.21",
    x509Certificate: "1.2.840.113549.1.9.22.1",
    shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
    certificateBag: "1.2.840.113549.1.12.10.1.3",
} as const;

const DIGESTS = {
    modern: { name: "sha256", oid: "2.16.840.1.101.3.4.2.1", length: 32 },
    legacy: { name: "sha1", oid: "1.3.14.3.2.26", length: 20 },
} as const;

/**
 * Makes a PKCS#12 file in its password-integrity mode: the certificates encrypted as one, then the key, both under
 * the password, which also authenticates the whole. Salts are random, so no two files are alike.
 *
 * @returns DER
 */
export async function makePkcs12(contents: Pkcs12Contents): Promise<Buffer> {
    const certificate = derOf(contents.certificatePem);
    // By this, and not by the name, readers find the certificate of a key.
    const keyId = createHash("sha1").update(certificate).digest();
    const attributes = attributesOf(keyId, contents.friendlyName);
    const certificates = sequence(
        certificateBag(certificate, attributes),
        ...contents.chainPems.map((pem) => certificateBag(derOf(pem))),
    );
    const key = readPrivateKey(contents.privateKeyPem).export({ type: "pkcs8", format: "der" });
    const shrouded = await encrypt(key, contents);
    const keyBag = bag(
        OID.shroudedKeyBag,
        sequence(shrouded.algorithm, octetString(shrouded.content)),
        attributes,
    );
    const safe = sequence(encryptedData(await encrypt(certificates, contents)), data(sequence(keyBag)));
    return sequence(integer(3), data(safe), await macData(safe, contents));
}

function encrypt(content: Buffer, { encryption, password, iterations }: Pkcs12Contents): Promise<Encrypted> {
    switch (encryption) {
        case "modern":
            return encryptPbes2(content, password, iterations);
        case "legacy":
            return encryptTripleDes(content, password, iterations);
    }
}

async function macData(safe: Buffer, { encryption, password, iterations }: Pkcs12Contents): Promise<Buffer> {
    const { name: digest, oid: digestOid, length } = DIGESTS[encryption];
    const salt = randomBytes(16);
    const key = await deriveKey({ digest, purpose: PURPOSE.mac, password, salt, iterations, length });
    const mac = createHmac(digest, key).update(safe).digest();
    const digestInfo = sequence(sequence(oid(digestOid), NULL), octetString(mac));
    return sequence(digestInfo, octetString(salt), integer(iterations));
}

function data(content: Buffer): Buffer {
    return sequence(oid(OID.data), explicit(0, octetString(content)));
}

function encryptedData({ algorithm, content }: Encrypted): Buffer {
    const info = sequence(oid(OID.data), algorithm, implicit(0, content));
    return sequence(oid(OID.encryptedData), explicit(0, sequence(integer(0), info)));
}

function certificateBag(der: Buffer, attributes?: Buffer): Buffer {
    const value = sequence(oid(OID.x509Certificate), explicit(0, octetString(der)));
    return bag(OID.certificateBag, value, attributes);
}

function bag(type: string, value: Buffer, attributes: Buffer = Buffer.alloc(0)): Buffer {
    return sequence(oid(type), explicit(0, value), attributes);
}

function attributesOf(keyId: Buffer, friendlyName: string | undefined): Buffer {
    const named =
        friendlyName === undefined ? [] : [sequence(oid(OID.friendlyName), setOf(bmpString(friendlyName)))];
    return setOf(...named, sequence(oid(OID.localKeyId), setOf(octetString(keyId))));
}
