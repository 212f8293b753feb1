/** Which servers' certificates, issuers and texts are refused, and how a verdict reads: each wrong in one way. */
import "reflect-metadata";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as library from "@peculiar/x509";
import { PortcullisError } from "../../../../../provider/errors";
import { generatePrivateKey } from "../../../../../provider/pki/keys";
import { checkSigned, refuseFaults } from "../../../../../provider/pki/offline/check-signed";
import { makeRequest } from "../../../../../provider/pki/offline/make-request";
import { certified } from "../../../../support/tiers";
import { CLIENT_AUTH, daysFromNow, NOW, SERVER_AUTH } from "../support";
import {
    ALTERNATIVES,
    basic,
    expectedOf,
    faultsOf,
    others,
    prepare,
    right,
    server,
    tiers,
    type Texts,
} from "./signed-fixture";

beforeAll(prepare);

const { keyCertSign, keyEncipherment, digitalSignature } = library.KeyUsageFlags;

test("accepts what was made as its tier wants it, and answers the normal forms and the requests answered", () => {
    const verdict = checkSigned(
        expectedOf({ ...right(), issuer: tiers.issuer.pem, server: `text\r\n${tiers.server.pem}more` }),
        NOW,
    );
    expect(verdict).toEqual({
        faults: [],
        warnings: [],
        certificates: {
            root: tiers.root.pem,
            intermediate: tiers.intermediate.pem,
            issuer: tiers.issuer.pem,
            server: tiers.server.pem,
        },
        answered: { intermediate: 0, issuer: 0, server: 0 },
    });
    expect(() => {
        refuseFaults(verdict);
    }).not.toThrow();
});

test("judges what is there where tiers above are not", () => {
    expect(faultsOf({ server: tiers.server.pem })).toEqual([]);
    expect(faultsOf({ intermediate: tiers.intermediate.pem })).toEqual([]);
});

describe("of an issuer", () => {
    test.each<[string, string[], string[]]>([
        ["domains within the intermediate's constraints", ["apps.example.org", "example.org"], []],
        [
            "domains outside of them",
            ["apps.example.org", "example.com"],
            [
                'issuer: It is to issue for names outside the constraints of signed.intermediate: "example.com".',
            ],
        ],
    ])("%s", (_name, issuesFor, faults) => {
        const expected = expectedOf({ ...right(), issuer: tiers.issuer.pem }).map((one) =>
            one.tier === "issuer" ? { ...one, issuesFor } : one,
        );
        expect(checkSigned(expected, NOW).faults.map(({ tier, problem }) => `${tier}: ${problem}`)).toEqual(
            faults,
        );
    });

    test("a path length of 1", async () => {
        const pem = await certified("intermediate", tiers.issuer.request, tiers.intermediate);
        expect(faultsOf({ ...right(), issuer: pem })).toEqual([
            "issuer: Its path length is 1; it must be 0.",
        ]);
    });
});

describe("of a server", () => {
    const extra = (names: readonly library.JsonGeneralName[]) => server({}, names);
    test.each<[string, () => Promise<Texts>, string[]]>([
        ["nothing wrong", () => server({}), []],
        ["no basicConstraints", () => server({ basicConstraints: null }), []],
        [
            "clientAuth alone",
            () => server({ extendedKeyUsage: [CLIENT_AUTH] }),
            ["server: Its extendedKeyUsage lacks serverAuth."],
        ],
        [
            "serverAuth alone",
            () => server({ extendedKeyUsage: [SERVER_AUTH] }),
            ["server: Its extendedKeyUsage lacks clientAuth."],
        ],
        [
            "an authority",
            () => server({ basicConstraints: basic(true, 0) }),
            ["server: It is an authority's (CA:TRUE)."],
        ],
        [
            "no digitalSignature",
            () => server({ keyUsage: keyEncipherment }),
            ["server: Its keyUsage lacks digitalSignature."],
        ],
        [
            "keyCertSign",
            () => server({ keyUsage: keyCertSign | digitalSignature }),
            ["server: Its keyUsage has keyCertSign."],
        ],
        [
            "a name too few",
            () => extra([ALTERNATIVES[0]]),
            ["server: It lacks names that were asked for: 127.0.0.1."],
        ],
        [
            "a name too many, outside the constraints",
            () => extra([...ALTERNATIVES, { type: "dns", value: "evil.example.com" }]),
            [
                'server: It has names that were not asked for: "evil.example.com".',
                'server: It has names outside the constraints of signed.intermediate: "evil.example.com".',
            ],
        ],
        [
            "a name of another kind",
            () => extra([...ALTERNATIVES, { type: "url", value: "https://example.org" }]),
            ["server: It has names that are neither DNS names nor IP addresses."],
        ],
    ])("%s", async (_name, make, faults) => {
        expect(faultsOf(await make())).toEqual(faults);
    });

    test("the present request and the one before: each is answered, the former with a warning", async () => {
        const next = await makeRequest(
            {
                tier: "server",
                subject: { commonName: "x" },
                names: { dnsNames: ["new.example.org"], ipAddresses: [] },
            },
            await generatePrivateKey("EC-P256"),
        );
        const judged = (requests: string[]) =>
            checkSigned(
                [{ tier: "server", property: "signed.server", pem: tiers.server.pem, requests }],
                NOW,
            );
        expect(judged([tiers.server.request, next])).toMatchObject({
            answered: { server: 0 },
            warnings: [],
            faults: [],
        });
        expect(judged([next, tiers.server.request])).toMatchObject({
            answered: { server: 1 },
            faults: [],
            warnings: [
                {
                    property: "signed.server",
                    problem: "It answers the former request; the present one is not signed yet.",
                },
            ],
        });
        expect(judged([next]).faults).toMatchObject([
            { problem: "It is for another key than the request's." },
        ]);
    });
});

test("one key in two tiers", async () => {
    const pem = await certified("intermediate", tiers.intermediate.request, tiers.root);
    const same = await certified("server", tiers.intermediate.request, { ...tiers.intermediate, pem });
    const faults = checkSigned(
        [
            { tier: "intermediate", property: "signed.intermediate", pem },
            { tier: "server", property: "signed.server", pem: same },
        ],
        NOW,
    ).faults;
    expect(faults.map(({ problem }) => problem)).toContain("It has the same key as signed.intermediate.");
});

test("warns in time of an end, by tier", () => {
    const warned = (days: number) =>
        checkSigned(expectedOf(right()), daysFromNow(days)).warnings.map(
            ({ tier, problem }) => `${tier}: ${problem}`,
        );
    expect(warned(269)).toEqual([]);
    expect(warned(270)).toEqual(["server: It ends on 2027-04-11T12:00:00Z, in 30 days."]);
});

describe("a text", () => {
    const KEY = "There is a private key in it, where only certificates may stand.";
    test.each<[string, () => string, string]>([
        ["with a private key after it", () => `${tiers.server.pem}${tiers.server.key}`, KEY],
        ["with a private key before it", () => `${tiers.server.key}${tiers.server.pem}`, KEY],
        ["with a key cut short", () => `${tiers.server.pem}-----BEGIN EC PRIVATE KEY-----\nMHc`, KEY],
        ["with an end of a key alone", () => `${tiers.server.pem}-----END ENCRYPTED PRIVATE KEY-----`, KEY],
        ["with an OpenPGP key", () => `${tiers.server.pem}-----BEGIN PGP PRIVATE KEY BLOCK-----`, KEY],
        ["with a PuTTY key", () => `${tiers.server.pem}PuTTY-User-Key-File-3: x`, KEY],
        ["that openssl printed of a key", () => `${tiers.server.pem}Private-Key: (256 bit)\npriv:\n`, KEY],
        [
            "of two certificates",
            () => `${tiers.server.pem}${tiers.root.pem}`,
            "The text holds 2 PEM blocks, one certificate is expected.",
        ],
        ["that is empty", () => "", "The text is no PEM certificate."],
        [
            "of a request",
            () => tiers.server.request,
            "There is a CERTIFICATE REQUEST where a certificate is expected.",
        ],
    ])("%s is refused, and not quoted", (_name, make, problem) => {
        const { faults, certificates } = checkSigned(expectedOf({ ...right(), server: make() }), NOW);
        expect(faults.map(({ tier, problem: said }) => `${tier}: ${said}`)).toEqual([`server: ${problem}`]);
        expect(certificates.server).toBeUndefined();
        const [line = ""] = tiers.server.key.split("\n").slice(1);
        expect(JSON.stringify(faults)).not.toContain(line);
    });
});

test("all faults are one error, which names each property", () => {
    const verdict = checkSigned(expectedOf({ root: "", intermediate: others.intermediate.pem }), NOW);
    let error: unknown;
    try {
        refuseFaults(verdict);
    } catch (thrown) {
        error = thrown;
    }
    expect(error).toBeInstanceOf(PortcullisError);
    expect((error as PortcullisError).problem).toBe(
        "signed.root: The text is no PEM certificate. signed.intermediate: It is for another key than the request's.",
    );
});
