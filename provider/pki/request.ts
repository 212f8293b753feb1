/** Certificate requests (PKCS#10): the way to certify a key that never leaves its card, token or HSM. */
import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { childrenOf, oidText, TAG, type DerElement } from "./der";
import { isUsableKey } from "./keys";
import { readExtensions, type Extension } from "./parsed-certificate";
import { CERTIFICATE_REQUEST, decodePem, encodePem, invalidInput } from "./pem";

const REMEDY = "Make the request again, for example: openssl req -new -sha256 -key KEY -out FILE.";

/** Digests of the signatures that are verified here: RSA (PKCS#1 v1.5) and ECDSA, by object identifier. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
    ["1.2.840.113549.1.1.11", "sha256"],
    ["1.2.840.113549.1.1.12", "sha384"],
    ["1.2.840.113549.1.1.13", "sha512"],
    ["1.2.840.10045.4.3.2", "sha256"],
    ["1.2.840.10045.4.3.3", "sha384"],
    ["1.2.840.10045.4.3.4", "sha512"],
]);

/**
 * The request in its one normal form, so that two texts of the same request are equal.
 *
 * @throws PortcullisError `InvalidInput` as `publicKeyOfRequest`
 */
export function normaliseRequest(pem: string, property?: string): string {
    publicKeyOfRequest(pem, property);
    return encodePem("CERTIFICATE REQUEST", decodePem(pem, CERTIFICATE_REQUEST, property));
}

/**
 * The public key that a request asks a certificate for. The request's signature proves that its maker holds the
 * private key. Nothing else is taken from it: its subject and extensions are its maker's wishes, not the program's.
 *
 * @throws PortcullisError `InvalidInput` where the text is not exactly one request, its key is of an unsupported kind,
 * or its signature is not by that key or over a digest that is broken
 */
export function publicKeyOfRequest(pem: string, property?: string): KeyObject {
    return verifiedRequest(pem, property).publicKey;
}

/** What the maker of a request wishes for its certificate, beside the key: wishes, of which whoever signs decides. */
export interface RequestedCertificate {
    readonly publicKey: KeyObject;
    /** The subject's name, DER. */
    readonly subject: Buffer;
    /** The extensions asked for (RFC 2985, 5.4.2), by object identifier. */
    readonly extensions: ReadonlyMap<string, Extension>;
}

/**
 * The whole of a request.
 *
 * @throws PortcullisError `InvalidInput` as `publicKeyOfRequest`, and where the extensions asked for are malformed
 */
export function readRequest(pem: string, property?: string): RequestedCertificate {
    const { publicKey, subject, attributes } = verifiedRequest(pem, property);
    try {
        return { publicKey, subject, extensions: requestedExtensions(attributes) };
    } catch (error) {
        throw invalidInput(
            property,
            "The extensions that the certificate request asks for are malformed.",
            REMEDY,
            error,
        );
    }
}

function verifiedRequest(pem: string, property: string | undefined): Request {
    const request = read(decodePem(pem, CERTIFICATE_REQUEST, property), property);
    if (!isUsableKey(request.publicKey)) {
        throw invalidInput(
            property,
            "The certificate request is for a key of an unsupported kind.",
            "Use RSA of at least 2048 bits, P-256 or P-384.",
        );
    }
    const digest = DIGESTS.get(request.signatureAlgorithm);
    if (digest === undefined) {
        throw invalidInput(
            property,
            `The certificate request's signature is of a kind that proves nothing here (${request.signatureAlgorithm}).`,
            "Sign it with SHA-256, SHA-384 or SHA-512, by ECDSA or RSA in the form of PKCS#1 v1.5.",
        );
    }
    if (!isSigned(request, digest)) {
        throw invalidInput(property, "The certificate request's signature is not by its own key.", REMEDY);
    }
    return request;
}

interface Request {
    readonly subject: Buffer;
    /** The attributes as encoded; undefined where there are none. */
    readonly attributes: Buffer | undefined;
    /** What is signed, as encoded. */
    readonly information: Buffer;
    readonly publicKey: KeyObject;
    /** Object identifier. */
    readonly signatureAlgorithm: string;
    readonly signature: Buffer;
}

function read(der: Buffer, property: string | undefined): Request {
    try {
        const [information, algorithm, signature] = childrenOf(der);
        const [, subject, publicKey, attributes] = childrenOf(need(information).raw);
        const [algorithmId] = childrenOf(need(algorithm).raw);
        const bits = need(signature);
        // The first octet counts unused bits, of which a signature has none.
        if (bits.tag !== TAG.bitString || bits.content[0] !== 0) throw new RangeError("no signature");
        return {
            information: need(information).raw,
            subject: need(subject).raw,
            attributes: attributes?.raw,
            publicKey: createPublicKey({ key: need(publicKey).raw, format: "der", type: "spki" }),
            signatureAlgorithm: oidText(need(algorithmId).content),
            signature: bits.content.subarray(1),
        };
    } catch (error) {
        throw invalidInput(property, "The PEM block is no PKCS#10 certificate request.", REMEDY, error);
    }
}

function need(element: DerElement | undefined): DerElement {
    if (element === undefined) throw new RangeError("missing DER element");
    return element;
}

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

function requestedExtensions(attributes: Buffer | undefined): ReadonlyMap<string, Extension> {
    if (attributes === undefined) return new Map();
    for (const attribute of childrenOf(attributes, 0xa0)) {
        const [type, values] = childrenOf(attribute.raw);
        if (oidText(need(type).content) !== EXTENSION_REQUEST) continue;
        const [list] = childrenOf(need(values).raw, TAG.set);
        return readExtensions(need(list).raw);
    }
    return new Map();
}

function isSigned({ information, publicKey, signature }: Request, digest: string): boolean {
    try {
        return verify(digest, information, publicKey, signature);
    } catch {
        // A signature of a form that cannot be verified proves nothing either.
        return false;
    }
}
