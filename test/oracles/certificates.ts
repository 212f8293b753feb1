/** Certificates for tests, good ones and each kind of bad one, made with @peculiar/x509. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 86_400_000;

export interface TestAuthority {
    readonly pem: string;
    readonly certificate: x509.X509Certificate;
    readonly keys: webcrypto.CryptoKeyPair;
}

export interface AuthorityShape {
    readonly name?: string;
    readonly keys?: webcrypto.CryptoKeyPair;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
    /** The basicConstraints extension: critical CA:TRUE unless given, none where null. */
    readonly basicConstraints?: x509.BasicConstraintsExtension | null;
    readonly keyUsage?: x509.KeyUsageFlags;
}

let serials = 0;

function nextSerial(): string {
    serials += 1;
    return `40${serials.toString(16).padStart(8, "0")}`;
}

export async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function validity(shape: { readonly notBefore?: Date; readonly notAfter?: Date }) {
    return {
        notBefore: shape.notBefore ?? new Date(Date.now() - DAY),
        notAfter: shape.notAfter ?? new Date(Date.now() + 365 * DAY),
    };
}

export async function makeAuthority(shape: AuthorityShape = {}): Promise<TestAuthority> {
    const keys = shape.keys ?? (await makeKeys());
    const constraints =
        shape.basicConstraints === undefined
            ? new x509.BasicConstraintsExtension(true, 1, true)
            : shape.basicConstraints;
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
        {
            name: `CN=${shape.name ?? "Test authority"}`,
            keys,
            signingAlgorithm: ALGORITHM,
            serialNumber: nextSerial(),
            ...validity(shape),
            extensions: [
                ...(constraints === null ? [] : [constraints]),
                ...(shape.keyUsage === undefined ? [] : [new x509.KeyUsagesExtension(shape.keyUsage, true)]),
            ],
        },
        webcrypto,
    );
    return { pem: certificate.toString("pem"), certificate, keys };
}

export interface ClientShape {
    /** The whole subject; `CN=<commonName>` unless given. */
    readonly subject?: string;
    readonly commonName?: string;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
    /** `clientAuth` alone unless given, no extension where null. */
    readonly usages?: readonly string[] | null;
    readonly isCa?: boolean;
    /** Names of a server. No extension unless given. */
    readonly dnsNames?: readonly string[];
    /** Names this issuer instead of the authority that signs. */
    readonly issuer?: string;
}

export interface TestClient {
    readonly pem: string;
    readonly keyPem: string;
    readonly der: Buffer;
}

export async function makeClient(authority: TestAuthority, shape: ClientShape = {}): Promise<TestClient> {
    const keys = await makeKeys();
    const usages = shape.usages === undefined ? [x509.ExtendedKeyUsage.clientAuth] : shape.usages;
    const certificate = await x509.X509CertificateGenerator.create(
        {
            subject: shape.subject ?? `CN=${shape.commonName ?? "alice"}`,
            issuer: shape.issuer ?? authority.certificate.subject,
            publicKey: keys.publicKey,
            signingKey: authority.keys.privateKey,
            signingAlgorithm: ALGORITHM,
            serialNumber: nextSerial(),
            ...validity(shape),
            extensions: [
                ...(shape.isCa === true ? [new x509.BasicConstraintsExtension(true, undefined, true)] : []),
                ...(usages === null ? [] : [new x509.ExtendedKeyUsageExtension([...usages])]),
                ...(shape.dnsNames === undefined
                    ? []
                    : [
                          new x509.SubjectAlternativeNameExtension(
                              shape.dnsNames.map((value) => ({ type: "dns" as const, value })),
                          ),
                      ]),
            ],
        },
        webcrypto,
    );
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    return {
        pem: certificate.toString("pem"),
        keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
        der: Buffer.from(certificate.rawData),
    };
}
