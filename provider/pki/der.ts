/** A small strict reader of DER (X.690), for the parts of a certificate that node:crypto does not expose. */

/** One element: its identifier octet, its content, and the whole of it as encoded. */
export interface DerElement {
    readonly tag: number;
    readonly content: Buffer;
    readonly raw: Buffer;
}

/** Whether an error says that DER was malformed; by its name, since Node's own classes differ between contexts. */
export function isMalformed(error: unknown): boolean {
    return typeof error === "object" && error !== null && "name" in error && error.name === "RangeError";
}

export const TAG = {
    boolean: 0x01,
    integer: 0x02,
    bitString: 0x03,
    octetString: 0x04,
    oid: 0x06,
    utcTime: 0x17,
    generalizedTime: 0x18,
    bmpString: 0x1e,
    sequence: 0x30,
    set: 0x31,
} as const;

/** The elements that fill a buffer. Throws a RangeError where they do not fill it exactly. */
export function elementsOf(buffer: Buffer): readonly DerElement[] {
    const elements: DerElement[] = [];
    for (let offset = 0; offset < buffer.length;) {
        const element = elementAt(buffer, offset);
        elements.push(element);
        offset += element.raw.length;
    }
    return elements;
}

/** The elements within the one element that fills the buffer, which must have the tag. */
export function childrenOf(buffer: Buffer, tag: number = TAG.sequence): readonly DerElement[] {
    const [element, second] = elementsOf(buffer);
    if (element?.tag !== tag || second !== undefined) throw new RangeError("unexpected DER element");
    return elementsOf(element.content);
}

function elementAt(buffer: Buffer, offset: number): DerElement {
    const tag = buffer.readUInt8(offset);
    if ((tag & 0x1f) === 0x1f) throw new RangeError("DER tag of several octets");
    let header = 2;
    let length = buffer.readUInt8(offset + 1);
    if (length >= 0x80) {
        const octets = length & 0x7f;
        if (octets === 0 || octets > 4) throw new RangeError("DER length of an unsupported form");
        length = buffer.readUIntBE(offset + 2, octets);
        header += octets;
    }
    const end = offset + header + length;
    if (end > buffer.length) throw new RangeError("DER element cut short");
    return { tag, content: buffer.subarray(offset + header, end), raw: buffer.subarray(offset, end) };
}

/** An object identifier's content in dotted form. */
export function oidText(content: Buffer): string {
    const arcs: bigint[] = [];
    let arc = 0n;
    for (const octet of content) {
        arc = (arc << 7n) | BigInt(octet & 0x7f);
        if ((octet & 0x80) !== 0) continue;
        arcs.push(arc);
        arc = 0n;
    }
    const [first = 0n, ...rest] = arcs;
    const root = first < 40n ? 0n : first < 80n ? 1n : 2n;
    return [root, first - 40n * root, ...rest].join(".");
}

/** A UTCTime or GeneralizedTime as RFC 5280 (4.1.2.5) allows it: to the second, ended by Z. */
export function timeOf(element: DerElement): Date {
    const text = element.content.toString("latin1");
    const [, year = "", rest = ""] =
        (element.tag === TAG.utcTime ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? [];
    const century = year.length === 4 ? "" : Number(year) < 50 ? "20" : "19";
    const [month, day, hour, minute, second] = rest.match(/../g) ?? [];
    const iso = `${century}${year}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${String(second)}Z`;
    const time = new Date(iso);
    if (Number.isNaN(time.getTime())) throw new RangeError("malformed time in a certificate");
    return time;
}

/** A character string as text; undefined for a type that RFC 5280 gives a name's attribute no use for. */
export function stringOf(element: DerElement): string | undefined {
    switch (element.tag) {
        case 0x0c:
            return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(element.content);
        case 0x13: // PrintableString
        case 0x16: // IA5String
            return element.content.toString("latin1");
        case TAG.bmpString:
            return element.content.length % 2 === 0
                ? Buffer.from(element.content).swap16().toString("utf16le")
                : undefined;
        default:
            return undefined;
    }
}
