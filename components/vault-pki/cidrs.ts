/** The ranges that an AppRole is bound to, in the forms that Vault gives them back in. */
import ipaddr from "ipaddr.js";
import { parseRange, type AddressRange } from "../../provider/outscale/ranges";
import { PortcullisError } from "../../provider/errors";
import { invalidInput } from "../../provider/pki/pem";

export interface BoundCidrs {
    /** All with a prefix length, as secret ids have them. */
    readonly ofSecretIds: readonly string[];
    /** Single addresses without one, as tokens have them: Vault gives them back so, whatever it was given. */
    readonly ofTokens: readonly string[];
}

const BITS = { 4: 32, 6: 128 } as const;
/** The prefix length of the broadest range: a whole private network, or what one organisation is allotted. */
const BROADEST = { 4: 8, 6: 32 } as const;

/**
 * @throws PortcullisError `InvalidInput` where there is none, one is malformed, or one is open to the world
 */
export function boundCidrs(texts: readonly string[], property: string): BoundCidrs {
    if (texts.length === 0) {
        throw invalidInput(
            property,
            "It is empty, which would let anybody in.",
            "Give the ranges that the clients call from.",
        );
    }
    const ranges = texts.map((text) => rangeOf(text, property));
    return {
        ofSecretIds: ranges.map((range) => `${addressText(range)}/${prefixLength(range)}`),
        ofTokens: ranges.map((range) =>
            prefixLength(range) === BITS[range.family]
                ? addressText(range)
                : `${addressText(range)}/${prefixLength(range)}`,
        ),
    };
}

function rangeOf(text: string, property: string): AddressRange {
    const range = parsed(text, property);
    const broadest = BROADEST[range.family];
    if (prefixLength(range) >= broadest) return range;
    throw invalidInput(
        property,
        `${text} is open to the world: it is broader than /${broadest}.`,
        "Give the ranges that the clients call from, as Vault sees them.",
    );
}

function parsed(text: string, property: string): AddressRange {
    try {
        return parseRange(text);
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        throw invalidInput(property, error.problem, error.remedy);
    }
}

function prefixLength({ family, first, last }: AddressRange): number {
    const bits = (last - first + 1n).toString(2).length - 1;
    return BITS[family] - bits;
}

/** The first address, written as Go writes it, which Vault is written in. */
function addressText({ family, first }: AddressRange): string {
    const count = BITS[family] / 8;
    const octets = Array.from({ length: count }, (_, index) =>
        Number((first >> BigInt(8 * (count - 1 - index))) & 255n),
    );
    return ipaddr.fromByteArray(octets).toString();
}
