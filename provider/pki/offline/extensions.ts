/** The extensions that a certificate of each tier carries, and that its request asks for. */
import type * as X509 from "@peculiar/x509";
import type { Library } from "../certificates";
import { element, sequence } from "../der-writer";
import { EXTENSION } from "../parsed-certificate";
import { NAME_TAG, type GeneralNames } from "./general-names";
import { ipSubtrees, LOOPBACK } from "./ip-ranges";
import { authorityRule, type Tier } from "./tiers";

/** What a certificate says beside its subject and key. */
export interface Content {
    readonly tier: Tier;
    /** The names of a server; an authority has none. */
    readonly names?: Pick<GeneralNames, "dnsNames" | "ipAddresses"> | undefined;
    /** The DNS domains that an authority is constrained to; no constraint unless given. */
    readonly permittedDnsDomains?: readonly string[] | undefined;
    /** The IP ranges that it is constrained to beside those domains, as "10.0.0.0/16"; `LOOPBACK` unless given. */
    readonly permittedIpRanges?: readonly string[] | undefined;
}

/**
 * Critical basicConstraints with the tier's path length and critical keyUsage keyCertSign and cRLSign for an
 * authority, and its name constraints, critical; for a server critical basicConstraints CA:FALSE, critical keyUsage
 * digitalSignature, extendedKeyUsage serverAuth and clientAuth, and its names.
 */
export function extensionsOf(
    library: Library,
    { tier, names, permittedDnsDomains, permittedIpRanges = LOOPBACK }: Content,
): X509.Extension[] {
    const rule = authorityRule(tier);
    const { KeyUsageFlags, ExtendedKeyUsage } = library;
    if (rule !== undefined) {
        return [
            new library.BasicConstraintsExtension(true, rule.pathLength, true),
            new library.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
            ...(permittedDnsDomains === undefined
                ? []
                : [
                      new library.Extension(
                          EXTENSION.nameConstraints,
                          true,
                          constraints(permittedDnsDomains, permittedIpRanges),
                      ),
                  ]),
        ];
    }
    const { dnsNames = [], ipAddresses = [] } = names ?? {};
    return [
        new library.BasicConstraintsExtension(false, undefined, true),
        new library.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new library.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new library.SubjectAlternativeNameExtension([
            ...dnsNames.map((value) => ({ type: "dns" as const, value })),
            ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
        ]),
    ];
}

/** NameConstraints that permit these DNS subtrees and IP ranges, and no other address: the library has no class of them. */
function constraints(domains: readonly string[], ranges: readonly string[]): Buffer {
    const ips = ipSubtrees(ranges);
    const subtree = (tag: number, base: Buffer) => sequence(element(tag, base));
    const permitted = [
        ...domains.map((domain) => subtree(NAME_TAG.dns, Buffer.from(domain, "latin1"))),
        ...ips.permitted.map((range) => subtree(NAME_TAG.ip, range)),
    ];
    const excluded = ips.excluded.map((range) => subtree(NAME_TAG.ip, range));
    return sequence(
        element(0xa0, ...permitted),
        ...(excluded.length === 0 ? [] : [element(0xa1, ...excluded)]),
    );
}
