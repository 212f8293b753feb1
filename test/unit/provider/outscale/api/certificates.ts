/** Certificates made for tests: an authority, and leaves that it signs. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

export interface Pair {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

interface Issuer {
    readonly certificate: x509.X509Certificate;
    readonly keys: CryptoKeyPair;
}

type CryptoKeyPair = webcrypto.CryptoKeyPair;

export interface TestAuthority {
    readonly caPem: string;
    /** `days` from now until the end, negative for an expired one. */
    issue(commonName: string, options?: { readonly days?: number; readonly server?: boolean }): Promise<Pair>;
}

export async function testAuthority(commonName: string): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: `CN=${commonName}`,
        keys,
        signingAlgorithm: ALGORITHM,
        notBefore: new Date(Date.now() - 10 * DAY_MS),
        notAfter: new Date(Date.now() + 10 * DAY_MS),
        extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
    });
    const issuer = { certificate, keys };
    return {
        caPem: `${certificate.toString("pem")}\n`,
        issue: (name, { days = 1, server = false } = {}) => issue(issuer, name, days, server),
    };
}

async function issue(issuer: Issuer, commonName: string, days: number, server: boolean): Promise<Pair> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const usage = server ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${commonName}`,
        issuer: issuer.certificate.subject,
        publicKey: keys.publicKey,
        signingKey: issuer.keys.privateKey,
        signingAlgorithm: ALGORITHM,
        notBefore: new Date(Date.now() - 5 * DAY_MS),
        notAfter: new Date(Date.now() + days * DAY_MS),
        extensions: [
            new x509.ExtendedKeyUsageExtension([usage]),
            ...(server
                ? [
                      new x509.SubjectAlternativeNameExtension([
                          { type: "ip", value: "127.0.0.1" },
                          { type: "dns", value: "localhost" },
                      ]),
                  ]
                : []),
        ],
    });
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
    const lines = pkcs8.toString("base64").replaceAll(/.{64}/g, "$&\n").trimEnd();
    return {
        certificatePem: `${certificate.toString("pem")}\n`,
        privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
    };
}
