/** Writes DER (X.690): the few elements that encrypted keys and PKCS#12 files are made of. */
import { TAG } from "./der";

/** An element of any tag, around parts that are encoded already. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
    const content = Buffer.concat(parts);
    return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
    return element(TAG.sequence, ...parts);
}

/** A SET OF: DER wants its members in the order of their octets. */
export function setOf(...members: readonly Uint8Array[]): Buffer {
    return element(TAG.set, ...[...members].sort((one, other) => Buffer.compare(one, other)));
}

export function octetString(content: Uint8Array): Buffer {
    return element(TAG.octetString, content);
}

/** `[number] EXPLICIT`: a wrapper around one whole element. */
export function explicit(number: number, inner: Uint8Array): Buffer {
    return element(0xa0 | number, inner);
}

/** `[number] IMPLICIT` of a primitive type: its content under another tag. */
export function implicit(number: number, content: Uint8Array): Buffer {
    return element(0x80 | number, content);
}

export const NULL = Buffer.of(0x05, 0x00);

/** A whole number from 0 on. */
export function integer(value: number): Buffer {
    const octets = bigEndian(value);
    // A leading one bit would make the number negative.
    const sign = octets.readUInt8(0) >= 0x80 ? [Buffer.of(0)] : [];
    return element(TAG.integer, ...sign, octets);
}

/** An object identifier, from its dotted form. */
export function oid(dotted: string): Buffer {
    const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
    return element(TAG.oid, ...[first * 40 + second, ...rest].map(base128));
}

/** UTF-16, big-endian. */
export function bmpString(text: string): Buffer {
    return element(TAG.bmpString, utf16BigEndian(text));
}

export function utf16BigEndian(text: string): Buffer {
    return Buffer.from(text, "utf16le").swap16();
}

function lengthOf(length: number): Buffer {
    if (length < 0x80) return Buffer.of(length);
    const octets = bigEndian(length);
    return Buffer.concat([Buffer.of(0x80 | octets.length), octets]);
}

function bigEndian(value: number): Buffer {
    const digits = value.toString(16);
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
}

/** Seven bits to the octet, the highest bit set in all but the last. */
function base128(value: number): Buffer {
    const octets = [value & 0x7f];
    for (let left = value >>> 7; left > 0; left >>>= 7) octets.unshift(0x80 | (left & 0x7f));
    return Buffer.from(octets);
}
