/** Which roots and intermediates are refused, and by which words: each wrong in one way. */
import "reflect-metadata";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as library from "@peculiar/x509";
import { authority, CLIENT_AUTH, daysFromNow, NOW, rsaKey, SERVER_AUTH, type Wishes } from "../support";
import {
    basic,
    faultsOf,
    intermediate,
    named,
    others,
    prepare,
    root,
    tiers,
    type Texts,
} from "./signed-fixture";

beforeAll(prepare);

const { keyCertSign, cRLSign, keyEncipherment, digitalSignature } = library.KeyUsageFlags;

describe("of a root", () => {
    test.each<[string, () => Promise<Texts>, string[]]>([
        ["no path length", () => root({ basicConstraints: basic(true) }), []],
        ["a path length of 5", () => root({ basicConstraints: basic(true, 5) }), []],
        ["no cRLSign", () => root({ keyUsage: keyCertSign }), []],
        ["no authorityKeyIdentifier", () => root({ authorityKeyId: null }), []],
        [
            "a path length of 1",
            () => root({ basicConstraints: basic(true, 1) }),
            ["root: Its path length is 1; it must be 2 or more, or none."],
        ],
        [
            "no CA",
            () => root({ basicConstraints: basic(false) }),
            ["root: Its basicConstraints do not say CA:TRUE."],
        ],
        [
            "basicConstraints that are not critical",
            () => root({ basicConstraints: basic(true, 2, false) }),
            ["root: Its basicConstraints are not marked critical."],
        ],
        [
            "no keyUsage",
            () => root({ keyUsage: null }),
            ["root: It has no keyUsage; an authority's says keyCertSign and cRLSign."],
        ],
        [
            "a keyUsage without keyCertSign",
            () => root({ keyUsage: cRLSign }),
            ["root: Its keyUsage lacks keyCertSign."],
        ],
        [
            "no subjectKeyIdentifier",
            () => root({ subjectKeyId: null, authorityKeyId: null }),
            ["root: It has no subjectKeyIdentifier."],
        ],
        [
            "another issuer's name",
            () => root({ issuer: named("Other") }),
            ["root: It is not self-signed, so it is no root."],
        ],
        [
            "another key's identifier",
            () => root({ authorityKeyId: "00ff" }),
            ["root: It is not self-signed, so it is no root."],
        ],
        [
            "another key's signature",
            async () => ({
                root: (
                    await authority(
                        { basicConstraints: basic(true, 2), notAfter: daysFromNow(1000) },
                        undefined,
                        tiers.root.key,
                    )
                ).pem,
            }),
            ["root: It is not self-signed, so it is no root."],
        ],
        [
            "SHA-1",
            async () => root({ hash: "SHA-1" }, await rsaKey(2048)),
            ["root: It is signed by an algorithm (1.2.840.113549.1.1.5) other than RSA or ECDSA with SHA-2."],
        ],
        [
            "an unknown critical extension",
            () => root({ extra: [new library.Extension("1.2.3.4", true, Buffer.of(5, 0))] }),
            ["root: It has a critical extension (1.2.3.4) that is not understood here."],
        ],
    ])("%s", async (_name, make, faults) => {
        expect(faultsOf(await make())).toEqual(faults);
    });
});

describe("of an intermediate", () => {
    const constraints = (hex: string, critical = true) =>
        new library.Extension("2.5.29.30", critical, Buffer.from(hex, "hex"));
    /** permitted: dNSName example.org */
    const EXAMPLE = "3011a00f300d820b6578616d706c652e6f7267";
    test.each<[string, Wishes, string[]]>([
        ["nothing wrong", {}, []],
        [
            "no path length",
            { basicConstraints: basic(true) },
            ["intermediate: Its path length is not limited; it must be 1."],
        ],
        [
            "a path length of 2",
            { basicConstraints: basic(true, 2) },
            ["intermediate: Its path length is 2; it must be 1."],
        ],
        [
            "a path length of 0",
            { basicConstraints: basic(true, 0) },
            ["intermediate: Its path length is 0; it must be 1."],
        ],
        ["no cRLSign", { keyUsage: keyCertSign }, ["intermediate: Its keyUsage lacks cRLSign."]],
        ["digitalSignature, for OCSP", { keyUsage: keyCertSign | cRLSign | digitalSignature }, []],
        [
            "keyEncipherment",
            { keyUsage: keyCertSign | cRLSign | keyEncipherment },
            ["intermediate: Its keyUsage allows more than keyCertSign, cRLSign and digitalSignature."],
        ],
        [
            "an extendedKeyUsage without clientAuth",
            { extendedKeyUsage: [SERVER_AUTH] },
            ["intermediate: Its extendedKeyUsage leaves out serverAuth or clientAuth for all below it."],
        ],
        ["an extendedKeyUsage with both", { extendedKeyUsage: [SERVER_AUTH, CLIENT_AUTH] }, []],
        [
            "another issuer's name",
            { issuer: named("Other") },
            ["intermediate: It was not issued by signed.root: it names another issuer."],
        ],
        [
            "no authorityKeyIdentifier",
            { authorityKeyId: null },
            ["intermediate: It does not name the key of signed.root (authorityKeyIdentifier)."],
        ],
        [
            "the root's own subject",
            { subject: named("Root") },
            ["intermediate: It has the same subject as signed.root."],
        ],
        [
            "an end after the root's",
            { notAfter: daysFromNow(3001) },
            [
                `intermediate: It ends on ${daysFromNow(3001).toISOString().replace(".000", "")}, after signed.root (${daysFromNow(3000).toISOString().replace(".000", "")}).`,
            ],
        ],
        ["a beginning before the root's", { notBefore: daysFromNow(-100) }, []],
        [
            "a beginning that is yet to come",
            { notBefore: daysFromNow(1) },
            ["intermediate: It is not valid before 2026-06-16T12:00:00Z (it is 2026-06-15T12:00:00Z)."],
        ],
        [
            "an end that is over",
            { notAfter: daysFromNow(-1) },
            ["intermediate: It expired on 2026-06-14T12:00:00Z (it is 2026-06-15T12:00:00Z)."],
        ],
        [
            "an end at this very moment",
            { notAfter: NOW },
            ["intermediate: It expired on 2026-06-15T12:00:00Z (it is 2026-06-15T12:00:00Z)."],
        ],
        ["name constraints", { extra: [constraints(EXAMPLE)] }, []],
        [
            "name constraints that are not critical",
            { extra: [constraints(EXAMPLE, false)] },
            [
                "intermediate: Its name constraints are not marked critical, so that some verifiers pass over them.",
            ],
        ],
        [
            "name constraints on directory names",
            { extra: [constraints("3008a0063004a4023000")] },
            ["intermediate: Its name constraints bound directory names, which is not evaluated here."],
        ],
        [
            "malformed name constraints",
            { extra: [constraints("3003a00130")] },
            ["intermediate: One of its extensions breaks the rules of its encoding (DER)."],
        ],
    ])("%s", async (_name, wishes, faults) => {
        expect(faultsOf(await intermediate(wishes))).toEqual(faults);
    });

    test("the constraints asked for, less, more, and none", async () => {
        const wanted = (domains: string[]) =>
            faultsOf({ intermediate: tiers.intermediate.pem }, { permittedDnsDomains: domains });
        expect(wanted(["example.org"])).toEqual([]);
        expect(wanted(["other.net", "org"])).toEqual([]);
        expect(wanted(["vault.example.org"])).toEqual([
            'intermediate: Its name constraints permit more than was asked for: "example.org".',
        ]);
        const { intermediate: pem = "" } = await intermediate({});
        expect(faultsOf({ intermediate: pem }, { permittedDnsDomains: ["example.org"] })).toEqual([
            "intermediate: It is not constrained to DNS names in example.org.",
        ]);
    });

    test("a signature by another root of the same name", () => {
        expect(faultsOf({ root: others.root.pem, intermediate: tiers.intermediate.pem })).toEqual([
            "intermediate: It was not issued by signed.root: its signature is not by that key.",
        ]);
    });

    test("another key than its request's, and every other fault beside it", () => {
        expect(faultsOf({ root: tiers.root.pem, intermediate: others.intermediate.pem })).toEqual([
            "intermediate: It is for another key than the request's.",
            "intermediate: It was not issued by signed.root: its signature is not by that key.",
        ]);
    });
});
