/** What each argument of AccountMfa changes about the resources that it declares. */
import { describe, expect, test } from "@jest/globals";
import { AccountMfa } from "../../../../components/account-mfa/account-mfa";
import type { AccountMfaArgs } from "../../../../components/account-mfa/args";
import { captureGraph, type Graph } from "../../../support/graph";

const graph = (args: AccountMfaArgs): Promise<Graph> => captureGraph(() => new AccountMfa("account", args));
const names = (nodes: Graph): string[] => nodes.map(({ name }) => name).sort();
const inputsOf = (nodes: Graph, name: string): Readonly<Record<string, unknown>> => {
    const found = nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`no ${name} among ${names(nodes).join(", ")}`);
    return found.inputs;
};
const declared = (nodes: Graph): readonly unknown[] =>
    inputsOf(nodes, "account-proof").rules as readonly unknown[];

const CA1 = "⟦account-authority-1.certificatePem⟧";

describe("generations of a made authority", () => {
    const accepted = async (authority: AccountMfaArgs["authority"]): Promise<string[]> =>
        names(await graph({ ...(authority && { authority }), clients: { a: {} } })).filter((name) =>
            /authority|ca-/.test(name),
        );

    test("overlap by two, and the one before last is dropped", async () => {
        expect(await accepted({ generation: 1 })).toEqual(["account-authority-1", "account-ca-1"]);
        expect(await accepted({ generation: 2 })).toEqual([
            "account-authority-1",
            "account-authority-2",
            "account-ca-1",
            "account-ca-2",
        ]);
        expect(await accepted({ generation: 3 })).toEqual([
            "account-authority-2",
            "account-authority-3",
            "account-ca-2",
            "account-ca-3",
        ]);
        expect(await accepted({ generation: 3, keepPrevious: false })).toEqual([
            "account-authority-3",
            "account-ca-3",
        ]);
    });

    test("the present one issues and comes first, both are accepted everywhere", async () => {
        const nodes = await graph({ authority: { generation: 2 }, clients: { alice: {} } });
        const pems = ["⟦account-authority-2.certificatePem⟧", CA1];
        expect(inputsOf(nodes, "account-client-alice")).toEqual({
            commonName: "alice",
            authorityCertificatePem: pems[0],
            authorityPrivateKeyPem: "⟦account-authority-2.privateKeyPem⟧",
        });
        for (const generation of [1, 2]) {
            expect(inputsOf(nodes, `account-rule-certificate-${generation}`)).toMatchObject({
                caIds: [`⟦account-ca-${generation}.caId⟧`],
                protect: [{ name: "alice", authorityPems: pems }],
            });
        }
        const rules = [
            { name: "certificate-2", authorityPems: [pems[0]] },
            { name: "certificate-1", authorityPems: [pems[1]] },
        ];
        expect(inputsOf(nodes, "account-plan").rules).toEqual(rules);
        expect(declared(nodes)).toEqual(
            rules.map((rule) => ({ ...rule, ruleId: `⟦account-rule-${rule.name}.ruleId⟧` })),
        );
        expect(inputsOf(nodes, "account-authority-2")).toEqual({
            commonName: "project stack account 2",
            permanent: true,
        });
        expect(inputsOf(nodes, "account-authority-1")).toEqual({
            commonName: "project stack account 1",
            permanent: true,
        });
    });

    test("a key file for each generation, and the present one's for issuing", async () => {
        const nodes = await graph({
            authority: {
                generation: 2,
                commonName: "Our CA",
                privateKeyFile: { path: "keys/{generation}/ca-{generation}.pem", passphraseVariable: "P" },
            },
            clients: { alice: {} },
        });
        const file = (generation: number) => ({
            path: `keys/${generation}/ca-${generation}.pem`,
            passphraseVariable: "P",
        });
        expect(inputsOf(nodes, "account-authority-1")).toEqual({
            commonName: "Our CA",
            permanent: true,
            privateKeyFile: file(1),
        });
        expect(inputsOf(nodes, "account-authority-2")).toEqual({
            commonName: "Our CA",
            permanent: true,
            privateKeyFile: file(2),
        });
        expect(inputsOf(nodes, "account-client-alice")).toEqual({
            commonName: "alice",
            authorityCertificatePem: "⟦account-authority-2.certificatePem⟧",
            authorityKeyFile: file(2),
        });
    });
});

describe("a given authority", () => {
    const certificates = { old: "OLD PEM", new: "NEW PEM" };

    test("is put on the account by its labels; the issuer comes first and issues", async () => {
        const nodes = await graph({
            authority: { certificates, issuer: "new", privateKeyPem: "KEY" },
            clients: { alice: {} },
        });
        expect(names(nodes).filter((name) => /authority|ca-/.test(name))).toEqual([
            "account-ca-new",
            "account-ca-old",
        ]);
        expect(inputsOf(nodes, "account-ca-old").caPem).toBe("OLD PEM");
        expect(inputsOf(nodes, "account-client-alice")).toEqual({
            commonName: "alice",
            authorityCertificatePem: "NEW PEM",
            authorityPrivateKeyPem: "KEY",
        });
        for (const label of ["new", "old"]) {
            expect(inputsOf(nodes, `account-rule-certificate-${label}`).caIds).toEqual([
                `⟦account-ca-${label}.caId⟧`,
            ]);
        }
        expect(declared(nodes)).toMatchObject([
            { name: "certificate-new", authorityPems: ["NEW PEM"] },
            { name: "certificate-old", authorityPems: ["OLD PEM"] },
        ]);
    });

    test("issues by its first certificate unless told, and by a key file as well", async () => {
        const privateKeyFile = { path: "ca.pem", passphraseVariable: "P" };
        const nodes = await graph({ authority: { certificates, privateKeyFile }, clients: { alice: {} } });
        expect(inputsOf(nodes, "account-client-alice")).toEqual({
            commonName: "alice",
            authorityCertificatePem: "OLD PEM",
            authorityKeyFile: privateKeyFile,
        });
    });
});

describe("clients", () => {
    test("one with a request keeps its key to itself, and is no operator", async () => {
        const nodes = await graph({ clients: { card: { csrPem: "CSR" }, ci: {} } });
        expect(inputsOf(nodes, "account-client-card")).toMatchObject({ commonName: "card", csrPem: "CSR" });
        expect(inputsOf(nodes, "account-rule-certificate-1").clientCertificates).toBe(
            "⟦account-client-ci.credentials⟧",
        );
        expect(inputsOf(nodes, "account-proof").probe).toEqual({
            certificatePem: "⟦account-client-ci.certificatePem⟧",
            privateKeyPem: "⟦account-client-ci.privateKeyPem⟧",
        });
    });

    test("nobody is the operator where no key is here: the proof is the decision alone", async () => {
        const nodes = await graph({ clients: { card: { csrPem: "CSR" } } });
        for (const { inputs } of nodes) expect(Object.keys(inputs)).not.toContain("clientCertificates");
        expect(Object.keys(inputsOf(nodes, "account-proof"))).not.toContain("probe");
    });

    test("one that brings its certificate is issued none", async () => {
        const nodes = await graph({
            authority: { certificates: { a: "CA PEM" } },
            clients: {
                alice: { certificatePem: "ALICE", privateKeyPem: "KEY" },
                bob: { certificatePem: "BOB" },
            },
        });
        expect(names(nodes).filter((name) => name.includes("client"))).toEqual([]);
        const pair = { certificatePem: "ALICE", privateKeyPem: "KEY" };
        expect(inputsOf(nodes, "account-proof")).toMatchObject({
            probe: pair,
            clientCertificates: [pair],
            protect: [
                { name: "alice", certificatePem: "ALICE", authorityPems: ["CA PEM"] },
                { name: "bob", certificatePem: "BOB", authorityPems: ["CA PEM"] },
            ],
        });
    });
});

describe("the operator", () => {
    const clients = { alice: {}, bob: {} };

    test.each<[string, AccountMfaArgs["operator"], unknown, unknown]>([
        [
            "is the first client unless told",
            undefined,
            "⟦account-client-alice.credentials⟧",
            "⟦account-client-alice.certificatePem⟧",
        ],
        ["may be another", "bob", "⟦account-client-bob.credentials⟧", "⟦account-client-bob.certificatePem⟧"],
        [
            "may have a certificate of its own",
            { certificatePem: "OWN", privateKeyPem: "KEY" },
            [{ certificatePem: "OWN", privateKeyPem: "KEY" }],
            "OWN",
        ],
    ])("%s", async (_title, operator, credentials, certificatePem) => {
        const nodes = await graph({ clients, ...(operator === undefined ? {} : { operator }) });
        expect(inputsOf(nodes, "account-proof")).toMatchObject({
            clientCertificates: credentials,
            probe: { certificatePem },
        });
        for (const name of [
            "account-ca-1",
            "account-rule-certificate-1",
            "account-default-rule",
            "account-default-rule-record",
        ])
            expect(inputsOf(nodes, name).clientCertificates).toEqual(credentials);
    });
});

describe("default rules", () => {
    test("that are kept are recorded, declared to plan and proof, and not retired", async () => {
        const nodes = await graph({ clients: { a: {} }, keepDefaultRule: true, keepCockpitRule: true });
        expect(names(nodes).filter((name) => /default|cockpit/.test(name))).toEqual([
            "account-cockpit-rule-record",
            "account-default-rule-record",
        ]);
        expect(inputsOf(nodes, "account-default-rule-record")).toEqual({
            ipRanges: ["0.0.0.0/0"],
            caIds: [],
            cns: [],
            clientCertificates: "⟦account-client-a.credentials⟧",
        });
        expect(declared(nodes).slice(1)).toMatchObject([{ name: "default-rule" }, { name: "cockpit-rule" }]);
        expect((inputsOf(nodes, "account-plan").rules as readonly unknown[]).slice(1)).toMatchObject([
            { name: "default-rule" },
            { name: "cockpit-rule" },
        ]);
    });

    test("each by itself", async () => {
        const kept = async (args: Partial<AccountMfaArgs>): Promise<string[]> =>
            names(await graph({ clients: { a: {} }, ...args })).filter((name) =>
                /default|cockpit/.test(name),
            );
        expect(await kept({ keepDefaultRule: true })).toEqual([
            "account-cockpit-rule",
            "account-cockpit-rule-record",
            "account-default-rule-record",
        ]);
        expect(await kept({ keepCockpitRule: true, keepDefaultRule: false })).toEqual([
            "account-cockpit-rule-record",
            "account-default-rule",
            "account-default-rule-record",
        ]);
    });

    test("the default rule may be described", async () => {
        const nodes = await graph({ clients: { a: {} }, defaultRule: { ruleId: "aar-1" } });
        expect(inputsOf(nodes, "account-default-rule-record")).toEqual({
            ruleId: "aar-1",
            clientCertificates: "⟦account-client-a.credentials⟧",
        });
    });
});

test("nobody is protected where the program says so", async () => {
    const nodes = await graph({ clients: { a: {} }, protect: [] });
    expect(inputsOf(nodes, "account-proof").protect).toEqual([]);
});
