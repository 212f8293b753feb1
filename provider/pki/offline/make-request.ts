/** Makes certificate requests (PKCS#10) that ask for what their tier needs. */
import { createPublicKey, webcrypto } from "node:crypto";
import { algorithmsOf, loadLibrary, nameOf, type Subject } from "../certificates";
import { readPrivateKey } from "../keys";
import { extensionsOf, type Content } from "./extensions";

/** Who asks, and for what. */
export interface RequestContent extends Content {
    readonly subject: Subject;
}

/**
 * A request for the key, signed by it: SHA-256, or SHA-384 for P-384.
 *
 * @returns PEM
 */
export async function makeRequest(content: RequestContent, privateKeyPem: string): Promise<string> {
    const library = await loadLibrary();
    const key = readPrivateKey(privateKeyPem);
    const { importAlgorithm, signingAlgorithm } = algorithmsOf(key);
    const { subtle } = webcrypto;
    const der = { format: "der" } as const;
    const [privateKey, publicKey] = await Promise.all([
        subtle.importKey("pkcs8", key.export({ ...der, type: "pkcs8" }), importAlgorithm, false, ["sign"]),
        subtle.importKey(
            "spki",
            createPublicKey(key).export({ ...der, type: "spki" }),
            importAlgorithm,
            true,
            ["verify"],
        ),
    ]);
    const request = await library.Pkcs10CertificateRequestGenerator.create(
        {
            name: nameOf(library, content.subject),
            keys: { privateKey, publicKey },
            signingAlgorithm,
            extensions: extensionsOf(library, content),
        },
        webcrypto,
    );
    return `${request.toString("pem").trimEnd()}\n`;
}
