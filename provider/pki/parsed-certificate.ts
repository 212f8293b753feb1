/** A certificate read into what decisions need, with the raw names and extensions that node:crypto leaves out. */
import { X509Certificate, type KeyObject } from "node:crypto";
import { remembered } from "../memo";
import { childrenOf, elementsOf, oidText, stringOf, TAG, timeOf, type DerElement } from "./der";
import { derOf, invalidInput } from "./pem";

/** Object identifiers of extensions (RFC 5280, 4.2), by their usual names. */
export const EXTENSION = {
    subjectKeyIdentifier: "2.5.29.14",
    keyUsage: "2.5.29.15",
    subjectAltName: "2.5.29.17",
    basicConstraints: "2.5.29.19",
    nameConstraints: "2.5.29.30",
    crlDistributionPoints: "2.5.29.31",
    certificatePolicies: "2.5.29.32",
    authorityKeyIdentifier: "2.5.29.35",
    extendedKeyUsage: "2.5.29.37",
    netscapeCertType: "2.16.840.1.113730.1.1",
} as const;

export interface Extension {
    readonly critical: boolean;
    /** The DER within the extension's octet string. */
    readonly value: Buffer;
}

export interface BasicConstraints {
    readonly critical: boolean;
    readonly ca: boolean;
    /** How many authorities may follow below; undefined where there is no limit. */
    readonly pathLength: number | undefined;
}

export interface ParsedCertificate {
    readonly x509: X509Certificate;
    readonly publicKey: KeyObject;
    readonly issuer: Buffer;
    readonly subject: Buffer;
    /** Every common name of the subject, in order; an empty text for one of an unusual string type. */
    readonly commonNames: readonly string[];
    readonly notBefore: Date;
    readonly notAfter: Date;
    /** Object identifier of the signature's algorithm. */
    readonly signatureAlgorithm: string;
    readonly extensions: ReadonlyMap<string, Extension>;
    readonly basicConstraints: BasicConstraints | undefined;
    /** Key usage bits by their number in RFC 5280 (4.2.1.3); undefined without the extension. */
    readonly keyUsage: ReadonlySet<number> | undefined;
    /** Object identifiers of the extended key usage; undefined without the extension. */
    readonly extendedKeyUsage: readonly string[] | undefined;
}

/**
 * Reads a certificate. Answers for the same text are remembered, since a decision over many rules reads the same few
 * certificates again and again.
 *
 * @throws PortcullisError `InvalidInput` where the text is not exactly one well-formed certificate
 */
export function parseCertificate(pem: string, property?: string): ParsedCertificate {
    // Errors name the property, so the text is judged here; what is well-formed is read once.
    derOf(pem, property);
    return readOnce(pem);
}

const readOnce = remembered((pem) => readCertificate(derOf(pem), undefined));

function readCertificate(der: Buffer, property: string | undefined): ParsedCertificate {
    try {
        return read(new X509Certificate(der), der);
    } catch (error) {
        throw invalidInput(
            property,
            "The certificate breaks the rules of its encoding (X.509, DER), or has a key of an unknown type.",
            "Issue it again, with an RSA or EC key.",
            error,
        );
    }
}

function read(x509: X509Certificate, der: Buffer): ParsedCertificate {
    const [toBeSigned, algorithm] = childrenOf(der);
    const fields = childrenOf(need(toBeSigned).raw);
    // The version stands in front only where it is not 1.
    const skip = need(fields[0]).tag === 0xa0 ? 1 : 0;
    const field = (index: number): DerElement => need(fields[index + skip]);
    const [notBefore, notAfter] = childrenOf(field(3).raw);
    const subject = field(4).raw;
    const extensions = readExtensions(fields.find((element) => element.tag === 0xa3)?.content);
    return {
        x509,
        publicKey: x509.publicKey,
        issuer: field(2).raw,
        subject,
        commonNames: commonNames(subject),
        notBefore: timeOf(need(notBefore)),
        notAfter: timeOf(need(notAfter)),
        signatureAlgorithm: oidText(need(childrenOf(need(algorithm).raw)[0]).content),
        extensions,
        basicConstraints: readBasicConstraints(extensions.get(EXTENSION.basicConstraints)),
        keyUsage: bitsOf(extensions.get(EXTENSION.keyUsage)),
        extendedKeyUsage: readExtendedKeyUsage(extensions.get(EXTENSION.extendedKeyUsage)),
    };
}

function need(element: DerElement | undefined): DerElement {
    if (element === undefined) throw new RangeError("missing DER element");
    return element;
}

function commonNames(name: Buffer): readonly string[] {
    return childrenOf(name)
        .flatMap((relativeName) => childrenOf(relativeName.raw, TAG.set))
        .map((attribute) => childrenOf(attribute.raw))
        .filter(([type]) => oidText(need(type).content) === "2.5.4.3")
        .flatMap(([, value]) => stringOf(need(value)) ?? "");
}

/** The extensions in a list of them, by object identifier. Throws where it is malformed. */
export function readExtensions(list: Buffer | undefined): ReadonlyMap<string, Extension> {
    const extensions = new Map<string, Extension>();
    if (list === undefined) return extensions;
    for (const extension of childrenOf(list)) {
        const parts = childrenOf(extension.raw);
        const id = oidText(need(parts[0]).content);
        if (extensions.has(id)) throw new RangeError("an extension occurs twice");
        const critical = parts.length === 3 && need(parts[1]).content[0] !== 0;
        const value = need(parts.at(-1));
        if (value.tag !== TAG.octetString) throw new RangeError("an extension without its value");
        extensions.set(id, { critical, value: value.content });
    }
    return extensions;
}

/** What the extension says; a certificate without one is no authority's. */
export function readBasicConstraints(extension: Extension | undefined): BasicConstraints | undefined {
    if (extension === undefined) return undefined;
    const parts = childrenOf(extension.value);
    const [first] = parts;
    const limit = parts.find(({ tag }) => tag === TAG.integer);
    return {
        critical: extension.critical,
        ca: first?.tag === TAG.boolean && first.content[0] !== 0,
        pathLength: limit?.content.reduce((value, octet) => value * 256 + octet, 0),
    };
}

/** Object identifiers of the purposes; undefined without the extension, which leaves all open. */
export function readExtendedKeyUsage(extension: Extension | undefined): readonly string[] | undefined {
    return extension && childrenOf(extension.value).map((usage) => oidText(usage.content));
}

/** The certificate's own key identifier, hexadecimal; undefined without one. */
export function subjectKeyIdentifierOf({ extensions }: ParsedCertificate): string | undefined {
    const extension = extensions.get(EXTENSION.subjectKeyIdentifier);
    const [identifier] = extension === undefined ? [] : elementsOf(extension.value);
    return identifier?.content.toString("hex");
}

/** The identifier by which a certificate names its issuer's key, hexadecimal; undefined without one. */
export function authorityKeyIdentifierOf({ extensions }: ParsedCertificate): string | undefined {
    const extension = extensions.get(EXTENSION.authorityKeyIdentifier);
    const parts = extension === undefined ? [] : childrenOf(extension.value);
    return parts.find(({ tag }) => tag === 0x80)?.content.toString("hex");
}

/** The numbers of the bits that are set in an extension that is one BIT STRING. */
export function bitsOf(extension: Extension | undefined): ReadonlySet<number> | undefined {
    if (extension === undefined) return undefined;
    const [bitString] = elementsOf(extension.value);
    if (bitString?.tag !== TAG.bitString) throw new RangeError("a bit string is missing");
    const octets = [...bitString.content.subarray(1)];
    return new Set(
        octets.flatMap((octet, index) =>
            [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => octet & (0x80 >> bit)).map((bit) => index * 8 + bit),
        ),
    );
}
