/** The resources that AccountMfa declares: every name, type and input, and what each of them waits for. */
import { expect, test } from "@jest/globals";
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

test("the whole account, golden", async () => {
    const protect = [
        {
            name: "operator",
            certificatePem: "⟦account-client-operator.certificatePem⟧",
            authorityPems: [CA1],
        },
        {
            name: "ci",
            sourceIp: "203.0.113.0/24",
            certificatePem: "⟦account-client-ci.certificatePem⟧",
            authorityPems: [CA1],
        },
        { name: "office", sourceIp: "192.0.2.10" },
    ];
    const clientCertificates = "⟦account-client-operator.credentials⟧";
    const shared = { protect, clientCertificates };
    const nodes = await graph({
        authority: { organization: "Example", keyAlgorithm: "EC-P256", validity: "730d", renewBefore: "60d" },
        clients: {
            operator: {},
            ci: { commonName: "ci-bot", keyAlgorithm: "EC-P384", validity: "90d", renewBefore: "9d" },
        },
        rules: {
            people: { cns: ["operator"], description: "People" },
            machines: { ipRanges: ["203.0.113.0/24"] },
        },
        backupIpRanges: ["192.0.2.10/32"],
        protect: [
            { client: "operator" },
            { client: "ci", sourceIp: "203.0.113.0/24" },
            { name: "office", sourceIp: "192.0.2.10" },
        ],
    });
    const declaredRules = [
        {
            name: "people-1",
            ruleId: "⟦account-rule-people-1.ruleId⟧",
            authorityPems: [CA1],
            cns: ["operator"],
        },
        {
            name: "machines-1",
            ruleId: "⟦account-rule-machines-1.ruleId⟧",
            authorityPems: [CA1],
            ipRanges: ["203.0.113.0/24"],
        },
        {
            name: "backup",
            ruleId: "⟦account-backup-rule.ruleId⟧",
            ipRanges: ["192.0.2.10/32"],
        },
    ];
    const found = Object.fromEntries(nodes.map(({ name, ...rest }) => [name, rest]));
    expect(found).toEqual({
        "account-authority-1": {
            token: "pki:CertificateAuthority",
            inputs: {
                commonName: "project stack account 1",
                organization: "Example",
                keyAlgorithm: "EC-P256",
                validity: "730d",
                renewBefore: "60d",
                permanent: true,
            },
            dependencies: [],
        },
        "account-client-operator": {
            token: "pki:ClientCertificate",
            inputs: {
                commonName: "operator",
                authorityCertificatePem: CA1,
                authorityPrivateKeyPem: "⟦account-authority-1.privateKeyPem⟧",
            },
            dependencies: ["account-authority-1"],
        },
        "account-client-ci": {
            token: "pki:ClientCertificate",
            inputs: {
                commonName: "ci-bot",
                keyAlgorithm: "EC-P384",
                validity: "90d",
                renewBefore: "9d",
                authorityCertificatePem: CA1,
                authorityPrivateKeyPem: "⟦account-authority-1.privateKeyPem⟧",
            },
            dependencies: ["account-authority-1"],
        },
        "account-plan": {
            token: "outscale:ApiAccessPlan",
            inputs: {
                rules: [
                    { name: "people-1", authorityPems: [CA1], cns: ["operator"] },
                    { name: "machines-1", authorityPems: [CA1], ipRanges: ["203.0.113.0/24"] },
                    { name: "backup", ipRanges: ["192.0.2.10/32"] },
                ],
                protect,
            },
            dependencies: ["account-authority-1", "account-client-ci", "account-client-operator"],
        },
        "account-ca-1": {
            token: "outscale:Ca",
            inputs: { caPem: CA1, description: "project/stack account-ca-1", ...shared },
            dependencies: [
                "account-authority-1",
                "account-client-ci",
                "account-client-operator",
                "account-plan",
            ],
        },
        "account-rule-people-1": {
            token: "outscale:ApiAccessRule",
            inputs: {
                caIds: ["⟦account-ca-1.caId⟧"],
                cns: ["operator"],
                description: "People",
                replaceToNarrow: true,
                ...shared,
            },
            dependencies: [
                "account-authority-1",
                "account-ca-1",
                "account-client-ci",
                "account-client-operator",
                "account-plan",
            ],
        },
        "account-rule-machines-1": {
            token: "outscale:ApiAccessRule",
            inputs: {
                caIds: ["⟦account-ca-1.caId⟧"],
                ipRanges: ["203.0.113.0/24"],
                description: "project/stack account-rule-machines-1",
                replaceToNarrow: true,
                ...shared,
            },
            dependencies: [
                "account-authority-1",
                "account-ca-1",
                "account-client-ci",
                "account-client-operator",
                "account-plan",
            ],
        },
        "account-backup-rule": {
            token: "outscale:ApiAccessRule",
            inputs: {
                ipRanges: ["192.0.2.10/32"],
                description: "project/stack account-backup-rule",
                replaceToNarrow: true,
                ...shared,
            },
            dependencies: [
                "account-authority-1",
                "account-client-ci",
                "account-client-operator",
                "account-plan",
            ],
        },
        "account-proof": {
            token: "outscale:ApiAccessProof",
            inputs: {
                rules: declaredRules,
                probe: {
                    certificatePem: "⟦account-client-operator.certificatePem⟧",
                    privateKeyPem: "⟦account-client-operator.privateKeyPem⟧",
                },
                protectPrevious: false,
                ...shared,
            },
            dependencies: [
                "account-authority-1",
                "account-backup-rule",
                "account-client-ci",
                "account-client-operator",
                "account-rule-machines-1",
                "account-rule-people-1",
            ],
        },
        "account-settled": {
            token: "outscale:ApiAccessProof",
            inputs: { rules: declaredRules, ...shared },
            dependencies: [
                "account-authority-1",
                "account-backup-rule",
                "account-client-ci",
                "account-client-operator",
                "account-cockpit-rule",
                "account-default-rule",
                "account-proof",
                "account-rule-machines-1",
                "account-rule-people-1",
            ],
        },
        "account-default-rule-record": {
            token: "outscale:ApiAccessRuleRecord",
            inputs: { ipRanges: ["0.0.0.0/0"], caIds: [], cns: [], clientCertificates },
            dependencies: ["account-client-operator"],
        },
        "account-default-rule": {
            token: "outscale:RetiredApiAccessRule",
            inputs: {
                record: "⟦account-default-rule-record.found⟧",
                criteria: { ipRanges: ["0.0.0.0/0"], caIds: [], cns: [] },
                proof: "⟦account-proof.id⟧",
                ...shared,
            },
            dependencies: [
                "account-authority-1",
                "account-client-ci",
                "account-client-operator",
                "account-default-rule-record",
                "account-proof",
            ],
        },
        "account-cockpit-rule-record": {
            token: "outscale:ApiAccessRuleRecord",
            inputs: {
                description: "Allows Outscale Cockpit of this region",
                caIds: [],
                cns: [],
                clientCertificates,
            },
            dependencies: ["account-client-operator"],
        },
        "account-cockpit-rule": {
            token: "outscale:RetiredApiAccessRule",
            inputs: {
                record: "⟦account-cockpit-rule-record.found⟧",
                criteria: { description: "Allows Outscale Cockpit of this region", caIds: [], cns: [] },
                proof: "⟦account-proof.id⟧",
                ...shared,
            },
            dependencies: [
                "account-authority-1",
                "account-client-ci",
                "account-client-operator",
                "account-cockpit-rule-record",
                "account-proof",
            ],
        },
    });
});

test("the least: one client, one rule for any certificate, everyone protected, both default rules retired", async () => {
    const nodes = await graph({ clients: { alice: {} } });
    expect(names(nodes)).toEqual([
        "account-authority-1",
        "account-ca-1",
        "account-client-alice",
        "account-cockpit-rule",
        "account-cockpit-rule-record",
        "account-default-rule",
        "account-default-rule-record",
        "account-plan",
        "account-proof",
        "account-rule-certificate-1",
        "account-settled",
    ]);
    expect(inputsOf(nodes, "account-authority-1")).toEqual({
        commonName: "project stack account 1",
        permanent: true,
    });
    const alice = {
        name: "alice",
        certificatePem: "⟦account-client-alice.certificatePem⟧",
        authorityPems: [CA1],
    };
    expect(inputsOf(nodes, "account-rule-certificate-1")).toMatchObject({ protect: [alice] });
    expect(declared(nodes)).toEqual([
        { name: "certificate-1", ruleId: "⟦account-rule-certificate-1.ruleId⟧", authorityPems: [CA1] },
    ]);
});
