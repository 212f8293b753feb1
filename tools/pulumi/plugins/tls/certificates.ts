/** Makes certificates and certificate requests with the extensions that the real provider puts into them. */
import "reflect-metadata";
import { randomBytes, webcrypto, type webcrypto as WebCrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { signer, type Signer } from "./keys";
import { distinguishedName } from "./subject";
import { keyUsages } from "./uses";
import type { Reader } from "../values";

x509.cryptoProvider.set(webcrypto);

const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

export interface NewCertificate {
    readonly certPem: string;
    /** In decimal. */
    readonly serialNumber: string;
    readonly validityStartTime: string;
    readonly validityEndTime: string;
    readonly algorithm: Signer["algorithm"];
}

export interface NewRequest {
    readonly certRequestPem: string;
    readonly algorithm: Signer["algorithm"];
}

/** A request for the inputs of `tls.CertRequest`. */
export async function newRequest(inputs: Reader): Promise<NewRequest> {
    const key = await signer(inputs.text("privateKeyPem"), "privateKeyPem");
    const names = alternativeNames(inputs);
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
        name: distinguishedName(inputs.nested("subject")),
        keys: key.keys,
        signingAlgorithm: key.signing,
        extensions: names ? [names] : [],
    });
    return { certRequestPem: `${request.toString("pem")}\n`, algorithm: key.algorithm };
}

/** A certificate for the inputs of `tls.SelfSignedCert`. */
export async function newSelfSigned(inputs: Reader, now: Date): Promise<NewCertificate> {
    const key = await signer(inputs.text("privateKeyPem"), "privateKeyPem");
    const name = distinguishedName(inputs.nested("subject"));
    const extensions = [...(await commonExtensions(inputs, key.keys.publicKey))];
    if (inputs.flag("setAuthorityKeyId")) {
        extensions.push(await x509.AuthorityKeyIdentifierExtension.create(key.keys.publicKey));
    }
    const names = alternativeNames(inputs);
    if (names) extensions.push(names);
    return issue(inputs, now, {
        subject: name,
        issuer: name,
        publicKey: key.keys.publicKey,
        signer: key,
        extensions,
    });
}

/** A certificate for the inputs of `tls.LocallySignedCert`: subject, key and names from the request. */
export async function newLocallySigned(inputs: Reader, now: Date): Promise<NewCertificate> {
    const key = await signer(inputs.text("caPrivateKeyPem"), "caPrivateKeyPem");
    const authority = parse("caCertPem", () => new x509.X509Certificate(inputs.text("caCertPem")));
    const request = parse(
        "certRequestPem",
        () => new x509.Pkcs10CertificateRequest(inputs.text("certRequestPem")),
    );
    if (!(await request.verify())) throw new Error("certRequestPem: the request's own signature is wrong.");
    // The library names Web Crypto's types as browsers do, which the compiler is not told of here.
    const publicKey = (await request.publicKey.export()) as WebCrypto.CryptoKey;
    const extensions = [...(await commonExtensions(inputs, publicKey))];
    const identifier = authority.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
    if (identifier !== undefined) extensions.push(new x509.AuthorityKeyIdentifierExtension(identifier));
    const names = request.extensions.find(({ type }) => type === SUBJECT_ALTERNATIVE_NAME);
    if (names) extensions.push(names);
    const subject = request.subject;
    return issue(inputs, now, { subject, issuer: authority.subject, publicKey, signer: key, extensions });
}

interface Issue {
    readonly subject: x509.X509CertificateCreateParamsName;
    readonly issuer: x509.X509CertificateCreateParamsName;
    readonly publicKey: WebCrypto.CryptoKey;
    readonly signer: Signer;
    readonly extensions: x509.Extension[];
}

async function issue(inputs: Reader, now: Date, parts: Issue): Promise<NewCertificate> {
    // Certificates count whole seconds.
    const start = new Date(Math.floor(now.getTime() / 1000) * 1000);
    const end = new Date(start.getTime() + inputs.number("validityPeriodHours") * 3_600_000);
    const serial = randomBytes(16);
    // The number is positive, and its first byte never a zero that would be dropped.
    serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
    const serialNumber = serial.toString("hex");
    const certificate = await x509.X509CertificateGenerator.create({
        serialNumber,
        subject: parts.subject,
        issuer: parts.issuer,
        notBefore: start,
        notAfter: end,
        publicKey: parts.publicKey,
        signingKey: parts.signer.keys.privateKey,
        signingAlgorithm: parts.signer.signing,
        extensions: parts.extensions,
    });
    return {
        certPem: `${certificate.toString("pem")}\n`,
        serialNumber: BigInt(`0x${serialNumber}`).toString(),
        validityStartTime: seconds(start),
        validityEndTime: seconds(end),
        algorithm: parts.signer.algorithm,
    };
}

/** Basic constraints, uses and the subject's key identifier: what both kinds of certificate have. */
async function commonExtensions(inputs: Reader, publicKey: WebCrypto.CryptoKey): Promise<x509.Extension[]> {
    const authority = inputs.flag("isCaCertificate");
    const length = inputs.number("maxPathLength", -1);
    const extensions: x509.Extension[] = [
        new x509.BasicConstraintsExtension(authority, authority && length >= 0 ? length : undefined, true),
        ...keyUsages(inputs.texts("allowedUses")),
    ];
    // The real provider identifies an authority's key even where it is not asked to.
    if (inputs.flag("setSubjectKeyId") || authority) {
        extensions.push(await x509.SubjectKeyIdentifierExtension.create(publicKey));
    }
    return extensions;
}

function alternativeNames(inputs: Reader): x509.Extension | undefined {
    const names: x509.JsonGeneralNames = [
        ...inputs.texts("dnsNames").map((value) => ({ type: "dns", value }) as const),
        ...inputs.texts("ipAddresses").map((value) => ({ type: "ip", value }) as const),
        ...inputs.texts("uris").map((value) => ({ type: "url", value }) as const),
    ];
    return names.length > 0 ? new x509.SubjectAlternativeNameExtension(names) : undefined;
}

function parse<T>(property: string, read: () => T): T {
    try {
        return read();
    } catch {
        throw new Error(`${property} cannot be read as PEM.`);
    }
}

function seconds(time: Date): string {
    return time.toISOString().replace(".000Z", "Z");
}
