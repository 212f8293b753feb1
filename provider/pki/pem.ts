/** PEM text of certificates and requests: parsed strictly, compared by meaning, never echoed in an error. */
import { createHash, X509Certificate } from "node:crypto";
import { PortcullisError } from "../errors";
import { remembered } from "../memo";
import { looksLikePrivateKey } from "./private-key-text";

/** Far more than any certificate; keeps a wrong file from being searched at length. */
const LONGEST = 256 * 1024;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END ([A-Z0-9 ]+)-----/g;

/** A refusal of an input; what was given is never part of it, since it may hold a private key. */
export function invalidInput(
    property: string | undefined,
    problem: string,
    remedy: string,
    cause?: unknown,
): PortcullisError {
    return new PortcullisError({
        code: "InvalidInput",
        problem: property === undefined ? problem : `${property}: ${problem}`,
        remedy,
        ...(property === undefined ? {} : { property }),
        ...(cause === undefined ? {} : { cause }),
    });
}

/** What one expects in a PEM text: its labels (RFC 7468), and the words for it. */
export interface PemKind {
    readonly labels: readonly string[];
    readonly noun: string;
}

export const CERTIFICATE: PemKind = { labels: ["CERTIFICATE"], noun: "certificate" };
export const CERTIFICATE_REQUEST: PemKind = {
    labels: ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"],
    noun: "certificate request",
};

/**
 * The DER of the one PEM block of this kind in a text. White space, line ends and any text around the block are
 * ignored; a second block of whatever kind is refused.
 *
 * @throws PortcullisError `InvalidInput`, without any of the content
 */
export function decodePem(text: string, kind: PemKind, property?: string): Buffer {
    const refuse = (problem: string, remedy: string): PortcullisError =>
        invalidInput(property, problem, remedy);
    const expected = `Give exactly one ${kind.noun} in PEM form (-----BEGIN ${String(kind.labels[0])}-----).`;
    if (text.length > LONGEST) throw refuse(`The text is too long to be one ${kind.noun}.`, expected);
    if (looksLikePrivateKey(text)) {
        throw refuse(
            `There is a private key where a ${kind.noun} is expected.`,
            `Give the ${kind.noun} alone, and treat that key as exposed if this text was ever stored or shared.`,
        );
    }
    const begins = text.match(/-----BEGIN /g)?.length ?? 0;
    if (begins === 0) {
        const path = /^[^\n]{1,300}\.(pem|crt|cer|csr)\s*$/.test(text);
        throw refuse(
            `The text is no PEM ${kind.noun}${path ? ", it looks like a file's name" : ""}.`,
            path ? "Give the file's content." : expected,
        );
    }
    if (begins > 1) {
        throw refuse(`The text holds ${begins} PEM blocks, one ${kind.noun} is expected.`, expected);
    }
    const [block] = text.matchAll(BLOCK);
    if (block === undefined || block[1] !== block[3]) {
        throw refuse("The PEM block is cut short or malformed.", expected);
    }
    if (!kind.labels.includes(block[1] ?? "")) {
        throw refuse(`There is a ${String(block[1])} where a ${kind.noun} is expected.`, expected);
    }
    if (block[2]?.includes("\\n") === true) {
        throw refuse('The line ends are written as the two characters "\\n".', "Give real line ends.");
    }
    const body = (block[2] ?? "").replace(/\s+/g, "");
    if (body === "" || body.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(body)) {
        throw refuse("The PEM block's content is not base64.", expected);
    }
    return Buffer.from(body, "base64");
}

/** PEM as RFC 7468 wants it written: lines of 64 characters, each ended by a line feed. */
export function encodePem(label: string, der: Uint8Array): string {
    const lines = Buffer.from(der)
        .toString("base64")
        .match(/.{1,64}/g);
    return [`-----BEGIN ${label}-----`, ...(lines ?? []), `-----END ${label}-----`, ""].join("\n");
}

/**
 * The DER of the one certificate in a PEM text.
 *
 * @param property the input property that holds the text, named in errors
 * @throws PortcullisError `InvalidInput` where the text is not exactly one certificate, or holds a private key
 */
export function derOf(pem: string, property?: string): Buffer {
    return naming(property, () => derOnce(pem));
}

/** What the work gives; a refusal of it names the property. */
function naming<T>(property: string | undefined, work: () => T): T {
    try {
        return work();
    } catch (error) {
        if (property === undefined || !(error instanceof PortcullisError)) throw error;
        throw invalidInput(property, error.problem, error.remedy);
    }
}

const derOnce = remembered((pem) => {
    const der = decodePem(pem, CERTIFICATE);
    try {
        // OpenSSL ignores what follows the certificate's end; a fingerprint would not.
        if (new X509Certificate(der).raw.length === der.length) return der;
    } catch {
        // Refused below: OpenSSL's own words add nothing that helps.
    }
    throw invalidInput(
        undefined,
        "The PEM block is no X.509 certificate.",
        "Give a certificate as it was issued, unchanged.",
    );
});

/** The certificate in its one normal form, so that two texts of the same certificate are equal. */
export function normalisePem(pem: string, property?: string): string {
    return naming(property, () => normalisedOnce(pem));
}

/** Each resource of a stack names the same few certificates, and a check normalises each. */
const normalisedOnce = remembered((pem) => encodePem("CERTIFICATE", derOnce(pem)));

/** SHA-1 of the certificate's DER in lower-case hexadecimal without colons, as OUTSCALE's `CaFingerprint`. */
export function fingerprintSha1(pem: string): string {
    return createHash("sha1").update(derOf(pem)).digest("hex");
}

/**
 * Refuses a text with a private key in it.
 *
 * @throws PortcullisError `InvalidInput`, which names the property and quotes nothing
 */
export function refusePrivateKey(text: string, property: string): void {
    if (!looksLikePrivateKey(text)) return;
    throw invalidInput(
        property,
        "There is a private key in it, where only certificates may stand.",
        "Give the certificate alone, and treat that key as exposed if this text was ever stored or shared.",
    );
}

/** The certificates of a PEM text, in their order and as they stand there, well formed or not. */
export function certificateBlocksIn(text: string): readonly string[] {
    return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}
