/** IP ranges of name constraints: what DNS constraints leave open of addresses is closed. */
import "reflect-metadata";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as library from "@peculiar/x509";
import {
    boundsAddresses,
    normaliseRange,
    rangeOctets,
    rangeText,
} from "../../../../../provider/pki/offline/ip-ranges";
import { nameConstraintsOf, namesOutside } from "../../../../../provider/pki/offline/name-constraints";
import { EXTENSION, parseCertificate } from "../../../../../provider/pki/parsed-certificate";
import { certified } from "../../../../support/tiers";
import { faultsOf, intermediate, prepare, tiers } from "./signed-fixture";

beforeAll(prepare);

test.each<[string, string | undefined, string]>([
    ["10.0.0.0/16", "10.0.0.0/16", "0a000000ffff0000"],
    ["127.0.0.1/32", "127.0.0.1/32", "7f000001ffffffff"],
    ["192.168.16.0/20", "192.168.16.0/20", "c0a81000fffff000"],
    ["0.0.0.0/0", "0.0.0.0/0", "0000000000000000"],
    ["::1/128", "::1/128", `${"00".repeat(15)}01${"ff".repeat(16)}`],
    ["2001:DB8::/33", "2001:db8::/33", `20010db8${"00".repeat(12)}ffffffff80${"00".repeat(11)}`],
])("%s", (text, normal, octets) => {
    expect(normaliseRange(text)).toBe(normal);
    expect(rangeOctets(text).toString("hex")).toBe(octets);
    expect(rangeText(Buffer.from(octets, "hex"))).toBe(normal);
});

test.each(["10.0.0.1/16", "10.0.0.1", "10.0.0.0/33", "example.org/8", ""])("%j is no range", (text) => {
    expect(normaliseRange(text)).toBeUndefined();
});

test("a mask with holes has no text", () => {
    expect(rangeText(Buffer.from("0a000000ff00ff00", "hex"))).toBeUndefined();
});

/** Which of four addresses an intermediate with these ranges lets through. */
async function admitted(permittedIpRanges?: readonly string[]): Promise<string[]> {
    const pem = await certified("intermediate", tiers.intermediate.request, tiers.root, {
        permittedDnsDomains: ["example.org"],
        ...(permittedIpRanges === undefined ? {} : { permittedIpRanges }),
    });
    const { value } = parseCertificate(pem).extensions.get(EXTENSION.nameConstraints) ?? {};
    const constraints = nameConstraintsOf(value ?? Buffer.alloc(0));
    expect(boundsAddresses(constraints.permittedIps, constraints.excludedIps)).toBe(true);
    const all = ["127.0.0.1", "10.0.0.7", "::1", "2001:db8::1"];
    const outside = namesOutside(constraints, { dnsNames: [], ipAddresses: all });
    return all.filter((address) => !outside.includes(address));
}

test("beside DNS domains loopback alone is permitted, or what is said, or nothing", async () => {
    expect(await admitted()).toEqual(["127.0.0.1", "::1"]);
    expect(await admitted(["10.0.0.0/16"])).toEqual(["10.0.0.7"]);
    expect(await admitted(["2001:db8::/32"])).toEqual(["2001:db8::1"]);
    expect(await admitted([])).toEqual([]);
});

describe("an intermediate that was signed elsewhere", () => {
    const DNS = "300d820b6578616d706c652e6f7267";
    const OPEN = "intermediate: Its name constraints leave every IP address open.";
    test.each<[string, string, string[]]>([
        ["DNS alone", `3011a00f${DNS}`, [OPEN]],
        ["IPv4 excluded alone", `301fa00f${DNS}a10c300a8708${"00".repeat(8)}`, [OPEN]],
        ["every IPv4 address permitted", `301da01b${DNS}300a8708${"00".repeat(8)}`, [OPEN]],
        ["one address permitted", `301da01b${DNS}300a87087f000001ffffffff`, []],
        [
            "both families excluded",
            `3043a00f${DNS}a130300a8708${"00".repeat(8)}30228720${"00".repeat(32)}`,
            [],
        ],
    ])("%s", async (_title, hex, said) => {
        const extra = [new library.Extension("2.5.29.30", true, Buffer.from(hex, "hex"))];
        const { intermediate: pem = "" } = await intermediate({ extra });
        expect(faultsOf({ intermediate: pem }, { permittedDnsDomains: ["example.org"] })).toEqual(said);
    });
});
