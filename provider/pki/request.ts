/** Certificate requests (PKCS#10): the way to certify a key that never leaves its card, token or HSM. */
import { createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import { loadLibrary } from "./certificates";
import { childrenOf } from "./der";
import { isUsableKey } from "./keys";
import { CERTIFICATE_REQUEST, decodePem, encodePem, invalidInput } from "./pem";

const REMEDY = "Make the request again, for example: openssl req -new -key KEY -out FILE.";

/**
 * The request in its one normal form, so that two texts of the same request are equal.
 *
 * @throws PortcullisError `InvalidInput` where the text is not exactly one request, or its key is unsupported
 */
export function normaliseRequest(pem: string, property?: string): string {
    const der = decodePem(pem, CERTIFICATE_REQUEST, property);
    publicKeyIn(der, property);
    return encodePem("CERTIFICATE REQUEST", der);
}

/**
 * The public key that a request asks a certificate for. The request's signature proves that its maker holds the
 * private key. Nothing else is taken from it: its subject and extensions are its maker's wishes, not the program's.
 *
 * @throws PortcullisError `InvalidInput` where the request is malformed, or its signature is not by its own key
 */
export async function publicKeyOfRequest(pem: string, property?: string): Promise<KeyObject> {
    const der = decodePem(pem, CERTIFICATE_REQUEST, property);
    const publicKey = publicKeyIn(der, property);
    if (!(await isSelfSigned(der))) {
        throw invalidInput(property, "The certificate request's signature is not by its own key.", REMEDY);
    }
    return publicKey;
}

function publicKeyIn(der: Buffer, property: string | undefined): KeyObject {
    let key: KeyObject;
    try {
        const [information] = childrenOf(der);
        const [, , keyInfo] = information === undefined ? [] : childrenOf(information.raw);
        if (keyInfo === undefined) throw new RangeError("no public key");
        key = createPublicKey({ key: keyInfo.raw, format: "der", type: "spki" });
    } catch (error) {
        throw invalidInput(property, "The PEM block is no PKCS#10 certificate request.", REMEDY, error);
    }
    if (isUsableKey(key)) return key;
    throw invalidInput(
        property,
        "The certificate request is for a key of an unsupported kind.",
        "Use RSA of at least 2048 bits, P-256 or P-384.",
    );
}

async function isSelfSigned(der: Buffer): Promise<boolean> {
    const { Pkcs10CertificateRequest } = await loadLibrary();
    try {
        return await new Pkcs10CertificateRequest(der).verify(webcrypto);
    } catch {
        // A signature of a form that cannot be verified proves nothing either.
        return false;
    }
}
