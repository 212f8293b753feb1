/** Issues one client certificate, and makes sure that the access decision would accept it before anyone relies on it. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { makeClientCertificate } from "./certificates";
import { commonNameOf, refusalOfAuthority, verifyClientCertificate } from "./chain";
import { needKeyFile, type KeyFile } from "./key-file";
import { DEFAULT_KEY_ALGORITHM, generatePrivateKey, keyMatchesCertificate, type KeyAlgorithm } from "./keys";
import { parseCertificate } from "./parsed-certificate";
import { invalidInput } from "./pem";
import { factsOf, type CertificateFacts } from "./renewal";
import { publicKeyOfRequest } from "./request";

/** The issuing authority: its certificate, and its key as text or in an encrypted file. */
export interface Issuer {
    readonly authorityCertificatePem: string;
    readonly authorityPrivateKeyPem?: string | undefined;
    readonly authorityKeyFile?: KeyFile | undefined;
}

export interface Order extends Issuer {
    readonly commonName: string;
    readonly csrPem?: string | undefined;
    readonly keyAlgorithm?: KeyAlgorithm | undefined;
    /** Milliseconds. */
    readonly validity: number;
}

export interface Issued extends CertificateFacts {
    /** The certificate's serial number, lower-case hexadecimal. */
    readonly serialNumber: string;
    /** The key made for it, PKCS#8 PEM; absent where it was issued for a request. */
    readonly privateKeyPem?: string | undefined;
}

/**
 * Issues a client certificate, for a new key or for that of the request.
 *
 * @throws PortcullisError `InvalidInput` where the authority cannot issue now, its key is not its own or cannot be
 * read, or the request's signature is wrong
 */
export async function issueClientCertificate(order: Order, now: Date): Promise<Issued> {
    const refusal = refusalOfAuthority(order.authorityCertificatePem, now);
    if (refusal !== undefined) {
        throw invalidInput(
            "authorityCertificatePem",
            `The authority cannot issue: ${refusal}`,
            "Give the certificate of a valid root CA.",
        );
    }
    const authorityPrivateKeyPem = await keyOfAuthority(order);
    const { publicKey, privateKeyPem } = await subjectKey(order);
    const certificatePem = await makeClientCertificate({ ...order, publicKey, authorityPrivateKeyPem, now });
    const { trusted, reason } = verifyClientCertificate(certificatePem, order.authorityCertificatePem, now);
    if (!trusted || commonNameOf(certificatePem) !== order.commonName) {
        throw invalidInput(
            "authorityCertificatePem",
            `What the authority issued would not be accepted. ${reason ?? "Its common name is not the one asked for."}`,
            "Use another authority, or another commonName.",
        );
    }
    return {
        ...factsOf(certificatePem),
        serialNumber: parseCertificate(certificatePem).x509.serialNumber.toLowerCase(),
        ...(privateKeyPem === undefined ? {} : { privateKeyPem }),
    };
}

async function keyOfAuthority(issuer: Issuer): Promise<string> {
    const file = issuer.authorityKeyFile;
    const property = file === undefined ? "authorityPrivateKeyPem" : "authorityKeyFile";
    const key = file === undefined ? issuer.authorityPrivateKeyPem : await needKeyFile(file, property);
    if (key !== undefined && keyMatchesCertificate(key, issuer.authorityCertificatePem)) return key;
    throw invalidInput(property, "The private key is not the authority certificate's.", PAIR_REMEDY);
}

export const PAIR_REMEDY = "Give the key and the certificate of the same authority.";

async function subjectKey(
    order: Order,
): Promise<{ readonly publicKey: KeyObject; readonly privateKeyPem?: string }> {
    if (order.csrPem !== undefined) return { publicKey: publicKeyOfRequest(order.csrPem, "csrPem") };
    const privateKeyPem = await generatePrivateKey(order.keyAlgorithm ?? DEFAULT_KEY_ALGORITHM);
    return { publicKey: createPublicKey(privateKeyPem), privateKeyPem };
}
