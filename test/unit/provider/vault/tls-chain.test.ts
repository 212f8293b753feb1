/** The nodes' chain: what Vault, or whoever calls it, would refuse of a leaf, of an intermediate, or of a root. */
import "reflect-metadata";
import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as library from "@peculiar/x509";
import { publicKeyOf, tlsFailures } from "../../../../provider/vault/tls-files";
import {
    authority,
    client,
    CLIENT_AUTH,
    daysFromNow,
    NOW,
    rsaKey,
    SERVER_AUTH,
    type Made,
    type Wishes,
} from "../pki/support";

const SERVER_NAME = "vault.priv.example.org";
const ROOT = [{ CN: ["Root"] }];
const INTERMEDIATE = [{ CN: ["Intermediate"] }];

let root: Made;
let intermediateKey: string;
beforeAll(async () => {
    root = await authority({ subject: ROOT, notAfter: daysFromNow(1000) });
    intermediateKey = (await authority()).key;
});

/** The text of the intermediate, issued by the root, wrong as wished. */
async function intermediate(wishes: Wishes = {}, key = intermediateKey): Promise<Made> {
    const { keyCertSign, cRLSign } = library.KeyUsageFlags;
    return client(
        root.key,
        {
            subject: INTERMEDIATE,
            issuer: ROOT,
            notAfter: daysFromNow(500),
            basicConstraints: basic(true, 0),
            keyUsage: keyCertSign | cRLSign,
            extendedKeyUsage: null,
            ...wishes,
        },
        key,
    );
}

const basic = (ca: boolean, pathLength?: number) =>
    new library.BasicConstraintsExtension(ca, pathLength, true);
const constraints = (hex: string) => new library.Extension("2.5.29.30", true, Buffer.from(hex, "hex"));

async function leaf(wishes: Wishes = {}, key?: string, by = intermediateKey): Promise<Made> {
    return client(
        by,
        {
            subject: [{ CN: ["vault"] }],
            issuer: INTERMEDIATE,
            extendedKeyUsage: [SERVER_AUTH, CLIENT_AUTH],
            extra: [new library.SubjectAlternativeNameExtension([{ type: "dns", value: SERVER_NAME }])],
            ...wishes,
        },
        key,
    );
}

interface Parts {
    readonly leaf?: Made;
    readonly above?: readonly Made[];
    readonly authorities?: readonly Made[];
}

/** Every failure as `property: reason`, of the files that are in order but for what is given. */
async function failures(parts: Parts = {}): Promise<string[]> {
    const own = parts.leaf ?? (await leaf());
    const chain = [own, ...(parts.above ?? [await intermediate()])];
    const files = {
        serverName: SERVER_NAME,
        certificate: chain.map(({ pem }) => pem).join(""),
        publicKey: publicKeyOf(own.key),
        authorities: (parts.authorities ?? [root]).map(({ pem }) => pem).join(""),
    };
    return tlsFailures(files, NOW).map(({ property, reason }) => `${property}: ${reason}`);
}

test("a chain in order, and one with its root behind it", async () => {
    expect(await failures()).toEqual([]);
    expect(await failures({ above: [await intermediate(), root] })).toEqual([]);
});

describe("a leaf", () => {
    const ANEW = "Issue it anew.";
    const curve = (namedCurve: string) =>
        generateKeyPairSync("ec", { namedCurve })
            .privateKey.export({ type: "pkcs8", format: "pem" })
            .toString();
    const WEAK = `certificate: Its key is none of RSA from 2048 bits on, P-256, P-384 and P-521. ${ANEW}`;

    test.each<[string, Wishes, string[]]>([
        [
            "of an authority",
            { basicConstraints: basic(true) },
            [
                "certificate: It is an authority's (CA:TRUE), by which whoever takes it from a node could issue certificates. Issue one for servers and clients alone.",
            ],
        ],
        [
            "that begins tomorrow",
            { notBefore: daysFromNow(1) },
            [
                "certificate: It is not valid before 2026-06-16. Wait until then, or correct the clock that was wrong.",
            ],
        ],
        [
            "that ended",
            { notAfter: daysFromNow(-1) },
            ["certificate: It ended on 2026-06-14. Issue it anew, and give the new one."],
        ],
        [
            "signed with SHA-1",
            { hash: "SHA-1" },
            [
                `certificate: It is signed by an algorithm (1.2.840.10045.4.1) other than RSA or ECDSA with SHA-2. ${ANEW}`,
            ],
        ],
        [
            "with a critical extension of its own",
            {
                extra: [
                    new library.SubjectAlternativeNameExtension([{ type: "dns", value: SERVER_NAME }]),
                    new library.Extension("1.2.3.4", true, Buffer.of(5, 0)),
                ],
            },
            [`certificate: It has a critical extension (1.2.3.4) that is not understood here. ${ANEW}`],
        ],
        [
            "whose key may not sign",
            { keyUsage: library.KeyUsageFlags.keyEncipherment },
            [
                "certificate: Its keyUsage lacks digitalSignature, without which there is no TLS 1.3. Issue it with that.",
            ],
        ],
        ["without keyUsage", { keyUsage: null }, []],
    ])("%s", async (_title, wishes, said) => {
        expect(await failures({ leaf: await leaf(wishes) })).toEqual(said);
    });

    test("with an RSA key of 1024 bits or of 2048", async () => {
        expect(await failures({ leaf: await leaf({}, await rsaKey(1024)) })).toEqual([WEAK]);
        expect(await failures({ leaf: await leaf({}, await rsaKey(2048)) })).toEqual([]);
    });

    test.each([
        ["secp256k1", [WEAK]],
        ["secp224r1", [WEAK]],
        ["secp384r1", []],
    ])("with a key on %s", async (name, said) => {
        expect(await failures({ leaf: await leaf({}, curve(name)) })).toEqual(said);
    });
});

describe("an intermediate", () => {
    /** permitted: dNSName other.example.org; excluded: dNSName vault.priv.example.org */
    const [OTHER, NOT_VAULT] = [
        "3017a01530138211" + Buffer.from("other.example.org").toString("hex"),
        "301ca11a30188216" + Buffer.from(SERVER_NAME).toString("hex"),
    ];
    const NAMES =
        'certificate: Its certificate number 2 is constrained to names without "vault.priv.example.org". Have the leaf issued below another authority.';
    const ANEW = "Have that authority certified anew.";

    test.each<[string, Wishes, string]>([
        [
            "that is no authority",
            { basicConstraints: basic(false) },
            `certificate: Its certificate number 2 is no authority's (CA:TRUE). ${ANEW}`,
        ],
        [
            "that says nothing of it",
            { basicConstraints: null },
            `certificate: Its certificate number 2 is no authority's (CA:TRUE). ${ANEW}`,
        ],
        [
            "that ended",
            { notAfter: daysFromNow(-1) },
            `certificate: Its certificate number 2 ended on 2026-06-14. ${ANEW}`,
        ],
        [
            "that begins tomorrow",
            { notBefore: daysFromNow(1) },
            `certificate: Its certificate number 2 is not valid before 2026-06-16. ${ANEW}`,
        ],
        [
            "for servers alone",
            { extendedKeyUsage: [SERVER_AUTH] },
            `certificate: Its certificate number 2 leaves out serverAuth or clientAuth for all below it. ${ANEW}`,
        ],
        ["constrained to other names", { extra: [constraints(OTHER)] }, NAMES],
        ["that excludes the name", { extra: [constraints(NOT_VAULT)] }, NAMES],
    ])("%s", async (_title, wishes, said) => {
        expect(await failures({ above: [await intermediate(wishes)] })).toEqual([said]);
    });

    test("that may not sign certificates, and one that cannot be read", async () => {
        const mute = await intermediate({ keyUsage: library.KeyUsageFlags.cRLSign });
        expect(await failures({ above: [mute] })).toEqual([
            "certificate: Its certificate number 1 was not issued by the one behind it. Put the leaf first, and each issuer behind what it issued.",
        ]);
        expect(
            await failures({
                above: [await intermediate({ extra: [constraints("300aa0083006820161800101")] })],
            }),
        ).toEqual(["certificate: An extension in its chain cannot be read. Issue it anew."]);
    });

    test("with a weak key", async () => {
        const weak = await rsaKey(1024);
        const files = { leaf: await leaf({}, undefined, weak), above: [await intermediate({}, weak)] };
        expect(await failures(files)).toEqual([
            `certificate: Its certificate number 2: Its key is none of RSA from 2048 bits on, P-256, P-384 and P-521. ${ANEW}`,
        ]);
    });

    test("below one that allows no authority below it", async () => {
        const upper = await authority(
            { subject: [{ CN: ["Upper"] }], issuer: ROOT, basicConstraints: basic(true, 0) },
            undefined,
            root.key,
        );
        const lower = await client(
            upper.key,
            {
                ...{ subject: INTERMEDIATE, issuer: [{ CN: ["Upper"] }], basicConstraints: basic(true) },
                ...{ keyUsage: library.KeyUsageFlags.keyCertSign, extendedKeyUsage: null },
            },
            intermediateKey,
        );
        expect(await failures({ above: [lower, upper] })).toEqual([
            `certificate: Its certificate number 3 has path length 0, and 1 authority stands below it. ${ANEW}`,
        ]);
    });
});

describe("a root", () => {
    const GIVE = "Give the root in use.";

    test.each<[string, Wishes, string[]]>([
        [
            "that ended",
            { notAfter: daysFromNow(-1) },
            [`authorities: The root of the chain ended on 2026-06-14. ${GIVE}`],
        ],
        [
            "that begins tomorrow",
            { notBefore: daysFromNow(1) },
            [`authorities: The root of the chain is not valid before 2026-06-16. ${GIVE}`],
        ],
        [
            "that is no authority",
            { basicConstraints: basic(false) },
            [`authorities: The root of the chain is no authority's (CA:TRUE). ${GIVE}`],
        ],
    ])("%s", async (_title, wishes, said) => {
        const other = await authority({ subject: ROOT, notAfter: daysFromNow(1000), ...wishes }, root.key);
        expect(await failures({ authorities: [other] })).toEqual(said);
        expect(await failures({ authorities: [other, root] })).toEqual([]);
    });

    test("of the same name and another key", async () => {
        expect(await failures({ authorities: [await authority({ subject: ROOT })] })).toEqual([
            "authorities: None of them issued the last certificate of the chain. Give the root that it leads to, and every intermediate behind the leaf.",
        ]);
    });
});
