/** The certificate of one drill's node: made for it, trusted by it alone, and gone with its folder. */
import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { TAG } from "../../../pki/der";
import {
    element,
    explicit,
    implicit,
    integer,
    octetString,
    oid,
    sequence,
    setOf,
} from "../../../pki/der-writer";

export interface NodeCertificate {
    readonly certificatePem: string;
    /** PKCS#8. */
    readonly privateKeyPem: string;
}

const OIDS = {
    commonName: "2.5.4.3",
    subjectAltName: "2.5.29.17",
    extendedKeyUsage: "2.5.29.37",
    serverAuth: "1.3.6.1.5.5.7.3.1",
    ecdsaWithSha256: "1.2.840.10045.4.3.2",
} as const;
const UTF8_STRING = 0x0c;
/** The server's clock is this machine's own. */
const BEFORE_MS = 60_000;
const VALID_MS = 7 * 86_400_000;

/** A certificate of 127.0.0.1, signed by its own key (P-256), valid for a week (RFC 5280). */
export function makeNodeCertificate(now: Date): NodeCertificate {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const algorithm = sequence(oid(OIDS.ecdsaWithSha256));
    const name = sequence(
        setOf(sequence(oid(OIDS.commonName), element(UTF8_STRING, Buffer.from("portcullis drill")))),
    );
    const serial = randomBytes(16);
    serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
    const signed = sequence(
        // Version 3.
        explicit(0, integer(2)),
        element(TAG.integer, serial),
        algorithm,
        name,
        sequence(utcTime(now.getTime() - BEFORE_MS), utcTime(now.getTime() + VALID_MS)),
        name,
        publicKey.export({ type: "spki", format: "der" }),
        explicit(
            3,
            sequence(
                extension(OIDS.subjectAltName, sequence(implicit(7, Buffer.of(127, 0, 0, 1)))),
                extension(OIDS.extendedKeyUsage, sequence(oid(OIDS.serverAuth))),
            ),
        ),
    );
    const signature = createSign("sha256").update(signed).sign(privateKey);
    const whole = sequence(signed, algorithm, element(TAG.bitString, Buffer.of(0), signature));
    return {
        certificatePem: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`,
        privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
}

function extension(id: string, value: Buffer): Buffer {
    return sequence(oid(id), octetString(value));
}

/** Good until 2049, as certificates write it. */
function utcTime(ms: number): Buffer {
    const text = new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, "");
    return element(TAG.utcTime, Buffer.from(`${text}Z`));
}
