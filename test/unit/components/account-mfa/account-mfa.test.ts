/** AccountMfa as a component: whose children its resources are, what is encrypted, its outputs, and what it refuses. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { AccountMfa } from "../../../../components/account-mfa/account-mfa";
import type { AccountMfaArgs } from "../../../../components/account-mfa/args";
import { generations } from "../../../../components/account-mfa/authority";
import { providerText } from "../../../../provider/dynamic";
import { PortcullisError } from "../../../../provider/errors";
import { children, settled, type Child } from "../../../support/children";

const DYNAMIC = "pulumi-nodejs:dynamic/";
const COMPONENT = "portcullis:index:AccountMfa";

const args: AccountMfaArgs = {
    clients: {
        operator: {},
        given: { certificatePem: "GIVEN", privateKeyPem: "GIVEN KEY" },
        card: { csrPem: "CSR" },
    },
    backupIpRanges: ["192.0.2.10/32"],
    keepCockpitRule: true,
};

let account: AccountMfa;
let found: readonly Child[];
beforeAll(async () => {
    found = await children(
        (opts) => {
            account = new AccountMfa("account", args, opts);
            return account;
        },
        {
            certificatePem: "PEM",
            privateKeyPem: "KEY",
            credentials: [{ certificatePem: "PEM", privateKeyPem: "KEY", notAfter: "" }],
            caId: "ca-1",
            ruleId: "aar-1",
            otherRules: ["aar-2 [IP 0.0.0.0/0]"],
        },
    );
});

test("every resource is a child of the component, of its dynamic type, and there is no other", () => {
    const [component, ...resources] = found;
    expect(component).toMatchObject({ name: "account", type: COMPONENT, parent: undefined });
    expect(component?.urn).toBe(`urn:pulumi:stack::project::${COMPONENT}::account`);
    expect(resources.map(({ name, type }) => [name, type.replace(DYNAMIC, "")]).sort()).toEqual([
        ["account-authority-1", "pki:CertificateAuthority"],
        ["account-backup-rule", "outscale:ApiAccessRule"],
        ["account-ca-1", "outscale:Ca"],
        ["account-client-card", "pki:ClientCertificate"],
        ["account-client-operator", "pki:ClientCertificate"],
        ["account-cockpit-rule-record", "outscale:ApiAccessRuleRecord"],
        ["account-default-rule", "outscale:RetiredApiAccessRule"],
        ["account-default-rule-record", "outscale:ApiAccessRuleRecord"],
        ["account-plan", "outscale:ApiAccessPlan"],
        ["account-proof", "outscale:ApiAccessProof"],
        ["account-rule-certificate-1", "outscale:ApiAccessRule"],
        ["account-settled", "outscale:ApiAccessProof"],
    ]);
    for (const { name, type, parent, urn } of resources) {
        expect(type.startsWith(DYNAMIC)).toBe(true);
        expect({ name, parent }).toEqual({ name, parent: "account" });
        expect(urn).toBe(`urn:pulumi:stack::project::${COMPONENT}$${type}::${name}`);
    }
});

test("every resource is served by the frozen text of its type", () => {
    for (const { type, inputs } of found.slice(1))
        expect(inputs.__provider).toBe(providerText(type.replace(DYNAMIC, "")));
});

test("private keys and credentials are encrypted, going in and coming out", () => {
    const secrets = Object.fromEntries(
        found.slice(1).map(({ name, secretInputs, secretOutputs }) => [name, [secretInputs, secretOutputs]]),
    );
    const shared = [["clientCertificates"], ["clientCertificates"]];
    expect(secrets).toEqual({
        "account-authority-1": [[], ["privateKeyPem"]],
        "account-client-operator": [
            ["authorityPrivateKeyPem"],
            ["privateKeyPem", "authorityPrivateKeyPem", "credentials"],
        ],
        "account-client-card": [
            ["authorityPrivateKeyPem"],
            ["privateKeyPem", "authorityPrivateKeyPem", "credentials"],
        ],
        "account-ca-1": shared,
        "account-rule-certificate-1": shared,
        "account-plan": [[], []],
        "account-settled": [["clientCertificates"], ["probe", "clientCertificates"]],
        "account-backup-rule": shared,
        "account-proof": [
            ["clientCertificates", "probe"],
            ["probe", "clientCertificates"],
        ],
        "account-cockpit-rule-record": shared,
        "account-default-rule-record": shared,
        "account-default-rule": shared,
    });
});

test("no key stands in any input unencrypted", () => {
    for (const { name, inputs, secretInputs } of found) {
        const open = Object.entries(inputs).filter(([key]) => !secretInputs.includes(key));
        expect({ name, open: JSON.stringify(open).includes("KEY") }).toEqual({ name, open: false });
    }
});

test("its outputs", async () => {
    expect(await settled(account.authorityPems)).toEqual(["PEM"]);
    expect(await settled(account.caIds)).toEqual(["ca-1"]);
    expect(await settled(account.ruleIds)).toEqual({ "certificate-1": "aar-1", backup: "aar-1" });
    expect(await settled(account.otherRules)).toEqual(["aar-2 [IP 0.0.0.0/0]"]);
    expect(await settled(account.certificates)).toEqual({
        operator: { certificatePem: "PEM", privateKeyPem: "KEY" },
        given: { certificatePem: "GIVEN", privateKeyPem: "GIVEN KEY" },
        card: { certificatePem: "PEM" },
    });
});

test("the certificates are a secret, what others may know is none", async () => {
    expect(await pulumi.isSecret(account.certificates)).toBe(true);
    expect(await pulumi.isSecret(account.authorityPems)).toBe(false);
    expect(await pulumi.isSecret(account.caIds)).toBe(false);
    expect(await pulumi.isSecret(account.ruleIds)).toBe(false);
    expect(await pulumi.isSecret(account.otherRules)).toBe(false);
});

describe("refused at construction", () => {
    const refusal = async (wrong: AccountMfaArgs): Promise<unknown> => {
        let thrown: unknown;
        await children((opts) => {
            try {
                return new AccountMfa("account", wrong, opts);
            } catch (error) {
                thrown = error;
                return new pulumi.ComponentResource("test:index:Empty", "empty");
            }
        });
        return thrown;
    };
    const clients = { alice: {} };
    const REMEDY = "Use one of: alice.";

    test.each<[string, AccountMfaArgs, object]>([
        [
            "generation 0",
            { clients, authority: { generation: 0 } },
            {
                property: "authority.generation",
                problem: "authority.generation is 0, which is not a positive whole number.",
                remedy: "Start with 1 and raise it by one for each rotation.",
            },
        ],
        [
            "half a generation",
            { clients, authority: { generation: 1.5 } },
            { property: "authority.generation" },
        ],
        [
            "no generation",
            { clients, authority: { generation: Number.NaN } },
            { property: "authority.generation" },
        ],
        [
            "one key file for all generations",
            { clients, authority: { privateKeyFile: { path: "ca.pem", passphraseVariable: "P" } } },
            { property: "authority.privateKeyFile.path", remedy: expect.stringContaining("{generation}") },
        ],
        [
            "an authority without certificates",
            { clients, authority: { certificates: {} } },
            {
                property: "authority",
                problem: "authority.certificates has no certificate at all.",
                remedy: "Give at least one certificate, and name one of them in `authority.issuer`.",
            },
        ],
        [
            "an issuer that is not given",
            { clients, authority: { certificates: { a: "PEM" }, issuer: "b" } },
            { property: "authority", problem: 'authority.certificates has no certificate labelled "b".' },
        ],
        [
            "a client to issue for without a key",
            { clients, authority: { certificates: { a: "PEM" } } },
            {
                property: "clients.alice",
                problem:
                    'No certificate can be issued for the client "alice": the authority is given without its private key.',
                remedy: "Give `authority.privateKeyPem` or `authority.privateKeyFile`, or the client's own `certificatePem`.",
            },
        ],
        [
            "protection of nobody's",
            { clients, protect: [{ client: "bob" }] },
            {
                property: "protect",
                problem: '`protect` names the client "bob", which is not among `clients`.',
                remedy: REMEDY,
            },
        ],
        [
            "an operator that is no client",
            { clients, operator: "bob" },
            {
                property: "operator",
                problem: '`operator` names the client "bob", which is not among `clients`.',
                remedy: REMEDY,
            },
        ],
        [
            "an operator among no clients",
            { clients: {}, operator: "bob" },
            { property: "operator", remedy: "Use one of: (there is none)." },
        ],
        [
            "an operator whose key is on a card",
            { clients: { card: { csrPem: "CSR" } }, operator: "card" },
            {
                property: "operator",
                problem: 'The client "card" cannot be the operator: its private key is not here.',
                remedy: "Name a client whose key is, or put the certificate in the provider's configuration.",
            },
        ],
        [
            "an operator who brings no key",
            {
                authority: { certificates: { a: "PEM" } },
                clients: { bob: { certificatePem: "BOB" } },
                operator: "bob",
            },
            {
                property: "operator",
                problem: 'The client "bob" cannot be the operator: its private key is not here.',
            },
        ],
    ])("%s", async (_title, wrong, parts) => {
        const thrown = await refusal(wrong);
        expect(thrown).toBeInstanceOf(PortcullisError);
        expect(thrown).toMatchObject({ code: "InvalidInput", ...parts });
    });
});

test.each([
    [{}, [1]],
    [{ generation: 1 }, [1]],
    [{ generation: 2 }, [2, 1]],
    [{ generation: 7 }, [7, 6]],
    [{ generation: 7, keepPrevious: false }, [7]],
    [{ generation: 1, keepPrevious: true }, [1]],
])("the generations of %j are %j", (given, expected) => {
    expect(generations(given)).toEqual(expected);
});
