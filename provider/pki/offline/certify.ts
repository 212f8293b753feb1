/** Makes the certificate of a tier with a key that need not be here: what is to be signed is handed to a signer. */
import type { KeyObject } from "node:crypto";
import { keyIdentifier, keyIdentifierOf, loadLibrary, serialNumber, wholeSecond } from "../certificates";
import { childrenOf, TAG } from "../der";
import { element, sequence } from "../der-writer";
import { parseCertificate } from "../parsed-certificate";
import { encodePem, invalidInput } from "../pem";
import { extensionsOf, type Content } from "./extensions";

/** SHA-256, and SHA-384 for P-384, whose strength it matches. */
export type Digest = "sha256" | "sha384";

/** Signs by a key in a file or behind PKCS#11. */
export interface Signer {
    readonly publicKey: KeyObject;
    /** The signature over the digest of the data: RSA in the form of PKCS#1 v1.5, ECDSA in DER. */
    sign(data: Buffer, digest: Digest): Promise<Buffer>;
}

export interface CertificateOrder extends Content {
    /** The subject's name, DER. */
    readonly subject: Buffer;
    /** The key to be certified. */
    readonly publicKey: KeyObject;
    /** The issuer's certificate, PEM; undefined for a root, which is its own. */
    readonly issuerPem?: string | undefined;
    readonly notBefore: Date;
    readonly notAfter: Date;
}

/**
 * Makes a certificate: the order's content and key identifiers, and nothing else. Whether it is what its tier needs is
 * for `checkSigned` to say.
 *
 * @returns PEM
 * @throws PortcullisError `InvalidInput` where the signer's key is of an unsupported kind, or the signature is not by it
 */
export async function certify(order: CertificateOrder, signer: Signer): Promise<string> {
    const library = await loadLibrary();
    const { algorithm, digest, placeholder } = formOf(signer.publicKey);
    const issuer = order.issuerPem === undefined ? undefined : parseCertificate(order.issuerPem);
    const draft = await library.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: new library.Name(order.subject),
        // The issuer's name octet for octet: some verifiers compare no other way.
        issuer: new library.Name(issuer?.subject ?? order.subject),
        notBefore: wholeSecond(order.notBefore),
        notAfter: wholeSecond(order.notAfter),
        publicKey: order.publicKey.export({ type: "spki", format: "der" }),
        signingAlgorithm: algorithm,
        signature: placeholder,
        extensions: [
            ...extensionsOf(library, order),
            new library.SubjectKeyIdentifierExtension(keyIdentifier(order.publicKey)),
            new library.AuthorityKeyIdentifierExtension(
                issuer === undefined ? keyIdentifier(order.publicKey) : keyIdentifierOf(issuer),
            ),
        ],
    });
    const [toBeSigned, signatureAlgorithm] = childrenOf(Buffer.from(draft.rawData));
    if (toBeSigned === undefined || signatureAlgorithm === undefined) throw new RangeError("no certificate");
    const signature = await signer.sign(toBeSigned.raw, digest);
    const signed = element(TAG.bitString, Buffer.of(0), signature);
    const pem = encodePem("CERTIFICATE", sequence(toBeSigned.raw, signatureAlgorithm.raw, signed));
    if (parseCertificate(pem).x509.verify(signer.publicKey)) return pem;
    throw invalidInput(
        undefined,
        "The signature is not by the issuer's key.",
        "Name the key that belongs to the issuer's certificate.",
    );
}

interface Form {
    readonly algorithm: { readonly name: string; readonly hash: string; readonly namedCurve?: string };
    readonly digest: Digest;
    /** Stands for the signature until there is one: its length is that of a real one before it is encoded. */
    readonly placeholder: Buffer;
}

function formOf(key: KeyObject): Form {
    const { namedCurve } = key.asymmetricKeyDetails ?? {};
    const placeholder = Buffer.alloc(96, 1);
    if (key.asymmetricKeyType === "rsa") {
        return { algorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, digest: "sha256", placeholder };
    }
    if (namedCurve === "secp384r1") {
        const algorithm = { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" };
        return { algorithm, digest: "sha384", placeholder };
    }
    if (namedCurve === "prime256v1") {
        const algorithm = { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" };
        return { algorithm, digest: "sha256", placeholder: placeholder.subarray(0, 64) };
    }
    throw invalidInput(
        undefined,
        "The signing key is of an unsupported kind.",
        "Use RSA of at least 2048 bits, P-256 or P-384.",
    );
}
