/** The emulator's own TLS identity: a private authority made at each start, and a certificate for loopback. */
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "./x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 86_400_000;

export interface TlsIdentity {
    /** What a client must trust. */
    readonly caPem: string;
    readonly certificatePem: string;
    readonly keyPem: string;
}

function namesOf(host: string): x509.SubjectAlternativeNameExtension {
    const addresses = new Set(["127.0.0.1", "::1", ...(isIP(host) === 0 ? [] : [host])]);
    const names = new Set(["localhost", ...(isIP(host) === 0 ? [host] : [])]);
    return new x509.SubjectAlternativeNameExtension([
        ...[...names].map((value) => ({ type: "dns" as const, value })),
        ...[...addresses].map((value) => ({ type: "ip" as const, value })),
    ]);
}

function serial(): string {
    // The first octet is neither zero nor negative, so that no tool finds the number malformed.
    return `40${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString("hex")}`;
}

/** Keys of EC P-256; valid from a day ago for 90 days by the system's clock, whatever the account's says. */
export async function makeTlsIdentity(host: string): Promise<TlsIdentity> {
    const notBefore = new Date(Date.now() - DAY);
    const notAfter = new Date(Date.now() + 90 * DAY);
    const caKeys = await webcrypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const ca = await x509.X509CertificateGenerator.createSelfSigned(
        {
            name: "CN=Emulated OUTSCALE API authority",
            keys: caKeys,
            signingAlgorithm: ALGORITHM,
            serialNumber: serial(),
            notBefore,
            notAfter,
            extensions: [
                new x509.BasicConstraintsExtension(true, 0, true),
                new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
                await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
            ],
        },
        webcrypto,
    );
    const certificate = await x509.X509CertificateGenerator.create(
        {
            subject: "CN=Emulated OUTSCALE API",
            issuer: ca.subject,
            publicKey: keys.publicKey,
            signingKey: caKeys.privateKey,
            signingAlgorithm: ALGORITHM,
            serialNumber: serial(),
            notBefore,
            notAfter,
            extensions: [
                new x509.BasicConstraintsExtension(false, undefined, true),
                new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
                new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
                await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
                await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
                namesOf(host),
            ],
        },
        webcrypto,
    );
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    const keyLines = pkcs8.match(/.{1,64}/g) ?? [];
    return {
        caPem: `${ca.toString("pem")}\n`,
        certificatePem: `${certificate.toString("pem")}\n`,
        keyPem: ["-----BEGIN PRIVATE KEY-----", ...keyLines, "-----END PRIVATE KEY-----", ""].join("\n"),
    };
}
