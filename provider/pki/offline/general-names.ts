/** The names that a certificate speaks for (RFC 5280, 4.2.1.6): DNS names and IP addresses, read from their DER. */
import ipaddr from "ipaddr.js";
import { childrenOf, type DerElement } from "../der";

/** Tags of GeneralName. */
export const NAME_TAG = { email: 0x81, dns: 0x82, directory: 0xa4, uri: 0x86, ip: 0x87 } as const;

export interface GeneralNames {
    /** In lower case. */
    readonly dnsNames: readonly string[];
    /** In their one normal form. */
    readonly ipAddresses: readonly string[];
    /** How many names of other forms there are. */
    readonly others: number;
}

export const NO_NAMES: GeneralNames = { dnsNames: [], ipAddresses: [], others: 0 };

/** The names in the value of a subjectAltName extension. Throws where it is malformed. */
export function generalNamesOf(value: Buffer): GeneralNames {
    const names = childrenOf(value);
    return {
        dnsNames: names.filter(({ tag }) => tag === NAME_TAG.dns).map(dnsNameOf),
        ipAddresses: names.filter(({ tag }) => tag === NAME_TAG.ip).map(({ content }) => ipText(content)),
        others: names.filter(({ tag }) => tag !== NAME_TAG.dns && tag !== NAME_TAG.ip).length,
    };
}

export function dnsNameOf({ content }: DerElement): string {
    return content.toString("latin1").toLowerCase();
}

function ipText(octets: Buffer): string {
    return ipaddr.fromByteArray([...octets]).toString();
}

/** An IP address in its one normal form; undefined where the text is none. */
export function normaliseIp(text: string): string | undefined {
    return isIp(text) ? ipaddr.parse(text).toString() : undefined;
}

/** The 4 or 16 octets of an IP address. */
export function ipOctets(text: string): Buffer {
    return Buffer.from(ipaddr.parse(text).toByteArray());
}

function isIp(text: string): boolean {
    return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * Whether a text is a DNS name that a certificate may speak for: labels of letters, digits and hyphens, 253 characters
 * at most, the last one not a number; the first may be `*` above at least two others.
 */
export function isDnsName(text: string): boolean {
    const labels = text.toLowerCase().split(".");
    const [first, ...rest] = labels;
    const named = first === "*" ? rest : labels;
    return (
        text.length <= 253 &&
        named.length >= (first === "*" ? 2 : 1) &&
        named.every((label) => LABEL.test(label)) &&
        !/^[0-9]+$/.test(named.at(-1) ?? "")
    );
}
