/** Certificates of authorities and of TLS clients: made to RFC 5280, so that `openssl verify -x509_strict` accepts them. */
import { createHash, createPublicKey, randomBytes, webcrypto, type KeyObject } from "node:crypto";
import type * as X509 from "@peculiar/x509";
import { childrenOf } from "./der";
import { isUsableKey, readPrivateKey } from "./keys";
import { parseCertificate, subjectKeyIdentifierOf, type ParsedCertificate } from "./parsed-certificate";
import { invalidInput } from "./pem";

/**
 * How long before its making a certificate starts to be valid: a server whose clock is behind by up to this much,
 * the clock skew that signed API requests are allowed as well, still accepts it at once.
 */
export const BACKDATED = 5 * 60_000;

export interface Subject {
    readonly commonName: string;
    readonly organization?: string | undefined;
    /** Two capital letters (ISO 3166). */
    readonly country?: string | undefined;
}

export interface AuthorityRequest {
    readonly subject: Subject;
    /** The authority's own key, PEM. */
    readonly privateKeyPem: string;
    /** How many authorities may follow below this one before a client's certificate. */
    readonly pathLength: number;
    /** Milliseconds from now to the end of validity. */
    readonly validity: number;
    readonly now: Date;
}

export interface ClientRequest {
    readonly commonName: string;
    /** The key to be certified. */
    readonly publicKey: KeyObject;
    readonly authorityCertificatePem: string;
    readonly authorityPrivateKeyPem: string;
    /** Milliseconds from now to the end of validity; cut short where the authority ends sooner. */
    readonly validity: number;
    readonly now: Date;
}

export type Library = typeof X509;

/**
 * Makes the self-signed certificate of an authority: critical basicConstraints CA:TRUE with a path length, critical
 * keyUsage keyCertSign and cRLSign, key identifiers. The same key and subject give a certificate against which
 * everything issued under an earlier one still verifies.
 *
 * @returns PEM
 */
export async function makeAuthorityCertificate(request: AuthorityRequest): Promise<string> {
    const library = await loadLibrary();
    const signingKey = readPrivateKey(request.privateKeyPem);
    const publicKey = createPublicKey(signingKey);
    const name = nameOf(library, request.subject);
    const keyId = keyIdentifier(publicKey);
    const { KeyUsageFlags } = library;
    return await sign(library, signingKey, {
        subject: name,
        issuer: name,
        publicKey,
        notBefore: new Date(request.now.getTime() - BACKDATED),
        notAfter: new Date(request.now.getTime() + request.validity),
        extensions: [
            new library.BasicConstraintsExtension(true, request.pathLength, true),
            new library.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
            new library.SubjectKeyIdentifierExtension(keyId),
            new library.AuthorityKeyIdentifierExtension(keyId),
        ],
    });
}

/**
 * Makes the certificate of a TLS client: critical basicConstraints CA:FALSE, critical keyUsage digitalSignature,
 * extendedKeyUsage clientAuth, key identifiers. It is valid within its authority's validity: an end beyond the
 * authority's is cut short rather than refused, since an authority and its client of equal validity, made one after
 * the other, differ by that very moment. The authority's key and certificate must belong together.
 *
 * @returns PEM
 */
export async function makeClientCertificate(request: ClientRequest): Promise<string> {
    const library = await loadLibrary();
    const authority = parseCertificate(request.authorityCertificatePem);
    const { KeyUsageFlags } = library;
    return await sign(library, readPrivateKey(request.authorityPrivateKeyPem), {
        subject: nameOf(library, { commonName: request.commonName }),
        // The authority's name octet for octet: some verifiers compare no other way.
        issuer: new library.Name(authority.subject),
        publicKey: request.publicKey,
        notBefore: later(new Date(request.now.getTime() - BACKDATED), authority.notBefore),
        notAfter: earlier(new Date(request.now.getTime() + request.validity), authority.notAfter),
        extensions: [
            new library.BasicConstraintsExtension(false, undefined, true),
            new library.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
            new library.ExtendedKeyUsageExtension([library.ExtendedKeyUsage.clientAuth]),
            new library.SubjectKeyIdentifierExtension(keyIdentifier(request.publicKey)),
            new library.AuthorityKeyIdentifierExtension(keyIdentifierOf(authority)),
        ],
    });
}

interface Template {
    readonly subject: X509.Name;
    readonly issuer: X509.Name;
    readonly publicKey: KeyObject;
    readonly notBefore: Date;
    readonly notAfter: Date;
    readonly extensions: X509.Extension[];
}

async function sign(library: Library, key: KeyObject, template: Template): Promise<string> {
    const { importAlgorithm, signingAlgorithm } = algorithmsOf(key);
    const signingKey = await webcrypto.subtle.importKey(
        "pkcs8",
        key.export({ type: "pkcs8", format: "der" }),
        importAlgorithm,
        false,
        ["sign"],
    );
    const certificate = await library.X509CertificateGenerator.create(
        {
            serialNumber: serialNumber(),
            subject: template.subject,
            issuer: template.issuer,
            notBefore: wholeSecond(template.notBefore),
            notAfter: wholeSecond(template.notAfter),
            publicKey: template.publicKey.export({ type: "spki", format: "der" }),
            signingKey,
            signingAlgorithm,
            extensions: template.extensions,
        },
        webcrypto,
    );
    return `${certificate.toString("pem").trimEnd()}\n`;
}

/** SHA-256, and SHA-384 for P-384, whose strength it matches. */
export function algorithmsOf(key: KeyObject): {
    readonly importAlgorithm: webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams;
    readonly signingAlgorithm: webcrypto.EcdsaParams | { readonly name: string };
} {
    if (!isUsableKey(key)) {
        throw invalidInput(
            undefined,
            "The authority's key is of an unsupported kind.",
            "Use RSA, P-256 or P-384.",
        );
    }
    if (key.asymmetricKeyType === "rsa") {
        const name = "RSASSA-PKCS1-v1_5";
        return { importAlgorithm: { name, hash: "SHA-256" }, signingAlgorithm: { name } };
    }
    const large = key.asymmetricKeyDetails?.namedCurve === "secp384r1";
    return {
        importAlgorithm: { name: "ECDSA", namedCurve: large ? "P-384" : "P-256" },
        signingAlgorithm: { name: "ECDSA", hash: large ? "SHA-384" : "SHA-256" },
    };
}

/** A subject as a name: country, organization, common name, as far as they are given. */
export function nameOf(library: Library, { commonName, organization, country }: Subject): X509.Name {
    // Each value is given its type, for the library reads escapes into a plain string.
    const utf8 = (value: string) => [{ utf8String: value }];
    return new library.Name([
        ...(country === undefined ? [] : [{ C: [{ printableString: country }] }]),
        ...(organization === undefined ? [] : [{ O: utf8(organization) }]),
        { CN: utf8(commonName) },
    ]);
}

/** 128 random bits, positive and never short (RFC 5280, 4.1.2.2, allows 20 octets; CAs must use 64 random bits). */
export function serialNumber(): string {
    const octets = randomBytes(16);
    octets.writeUInt8((octets.readUInt8(0) & 0x3f) | 0x40, 0);
    return octets.toString("hex");
}

/** SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1): a name for the key, of which no secrecy hangs. */
export function keyIdentifier(publicKey: KeyObject): string {
    const [, bits] = childrenOf(publicKey.export({ type: "spki", format: "der" }));
    if (bits === undefined) throw new RangeError("a public key without its bits");
    return createHash("sha1").update(bits.content.subarray(1)).digest("hex");
}

/** The authority's own key identifier: verifiers compare with that, however it was made. */
export function keyIdentifierOf(authority: ParsedCertificate): string {
    return subjectKeyIdentifierOf(authority) ?? keyIdentifier(authority.publicKey);
}

/** Certificates hold whole seconds; rounding down keeps an end within its authority's. */
export function wholeSecond(time: Date): Date {
    return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

function later(one: Date, other: Date): Date {
    return one > other ? one : other;
}

function earlier(one: Date, other: Date): Date {
    return one < other ? one : other;
}

/** Loads the library only where something is signed: it takes a third of a second, and most runs sign nothing. */
export async function loadLibrary(): Promise<Library> {
    await import("reflect-metadata");
    return await import("@peculiar/x509");
}
