/** Decides which networks may be let in: private ones alone, since nothing here has a public address. */
import { covers, parseRange, type AddressRange } from "../../provider/outscale/ranges";
import { PortcullisError } from "../../provider/errors";
import type { CheckFailure } from "../../provider/resource";

/** Addresses that no call from the Internet comes from and networks are built of (RFC 1918, RFC 6598). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(parseRange);

/** What is wrong with networks that are let in. A range that holds a single public address is refused. */
export function privateNetworkFailures(property: string, cidrs: readonly unknown[]): readonly CheckFailure[] {
    return networkFailures(property, cidrs, (range) => {
        if (covers(PRIVATE, range)) return undefined;
        const all = range.last - range.first === 0xffff_ffffn;
        return `${all ? "It is every address there is" : "It holds public addresses"}, and calls of the Internet have no way here. Give the private network that calls, as "10.0.0.0/16", or its security group.`;
    });
}

/** What is wrong with networks that nodes may call. */
export function networkFailures(
    property: string,
    cidrs: readonly unknown[],
    refuse: (range: AddressRange) => string | undefined = () => undefined,
): readonly CheckFailure[] {
    const failures = cidrs.flatMap((cidr, index) => {
        const reason = typeof cidr === "string" ? refusal(cidr, refuse) : NOT_PLAIN;
        return reason === undefined ? [] : [{ property: `${property}[${index}]`, reason }];
    });
    if (failures.length === 0 && new Set(cidrs).size < cidrs.length) {
        return [{ property, reason: "One of them stands there twice. Give each once." }];
    }
    return failures;
}

const NOT_PLAIN =
    'It is no plain text, so that a preview could not judge it. Write it in the program, as "10.0.0.0/16".';

function refusal(cidr: string, refuse: (range: AddressRange) => string | undefined): string | undefined {
    const range = readOrUndefined(cidr);
    if (range === undefined || !cidr.includes("/")) {
        return `"${cidr}" is no network. Write it as "10.0.0.0/16", one address as "10.0.0.7/32".`;
    }
    if (range.family === 6 || cidr.includes(":")) {
        return `${range.last - range.first > 1n << 120n ? "It is every address there is" : "It is a network of IPv6"}, and balancer and nodes have private IPv4 addresses alone. Give an IPv4 network.`;
    }
    const first = dotted(range.first);
    if (first !== cidr.slice(0, cidr.indexOf("/"))) {
        return `"${cidr}" is an address within its network. Write "${first}${cidr.slice(cidr.indexOf("/"))}".`;
    }
    return refuse(range);
}

function readOrUndefined(cidr: string): AddressRange | undefined {
    try {
        return parseRange(cidr);
    } catch (error) {
        if (error instanceof PortcullisError) return undefined;
        throw error;
    }
}

function dotted(address: bigint): string {
    return [24n, 16n, 8n, 0n].map((shift) => ((address >> shift) & 0xffn).toString()).join(".");
}
