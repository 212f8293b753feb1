/** CertIssuers under mocks: what it is made of, in which order, and what it hands on to GatewayTls. */
import * as pulumi from "@pulumi/pulumi";
import { expect, jest, test } from "@jest/globals";
import type { CertIssuersArgs } from "../../../../components/cert-issuers/args";
import { CertIssuers } from "../../../../components/cert-issuers/cert-issuers";
import { GatewayTls } from "../../../../components/gateway-tls/gateway-tls";
import { planGateway } from "../../../../components/gateway-tls/plan";
import { childrenWith, settled, type Child } from "../../../support/children";
import { ACME, VAULT } from "./fixture";

// The SDKs are loaded with the first component: on a busy machine that takes seconds.
jest.setTimeout(60_000);

const ROLE = "arn:aws:iam::123456789012:role/certs-dns-role";
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/ABC";
const LETS_ENCRYPT = { ...ACME, zones: [...ACME.zones] };

async function declare(args: CertIssuersArgs): Promise<{ issuers: CertIssuers; found: readonly Child[] }> {
    let issuers: CertIssuers | undefined;
    const found = await childrenWith((opts) => (issuers = new CertIssuers("certs", args, opts)), {
        outputs: ({ type }) => (type === "aws:iam/role:Role" ? { arn: ROLE, name: "certs-dns-role" } : {}),
        functions: {
            "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
        },
    });
    if (issuers === undefined) throw new Error("no issuers");
    return { issuers, found };
}

const outline = (found: readonly Child[]): unknown =>
    found.slice(1).map(({ name, type, dependsOn }) => [name, type, dependsOn]);
const inputsOf = (found: readonly Child[], name: string): Child["inputs"] => {
    const child = found.find((one) => one.name === name);
    if (child === undefined) throw new Error(`no ${name}`);
    return child.inputs;
};

test("by the chart, with a role of its own and an issuer for Vault in a namespace", async () => {
    const { issuers, found } = await declare({
        letsEncrypt: {
            ...LETS_ENCRYPT,
            identity: { type: "irsa", oidcProviderArn: pulumi.output(PROVIDER) },
        },
        vault: {
            vault: {
                ...VAULT,
                path: pulumi.output("pki/sign/server"),
                auth: { kubernetes: { role: "cert-manager", serviceAccount: "vault-issuer" } },
                namespace: "infra",
                limits: { domains: ["priv.example.org"], allowWildcards: false },
            },
        },
        tags: { team: "platform" },
    });
    const binding = (name: string): string => `${name}-tokens-binding`;
    expect(outline(found)).toEqual([
        ["certs-cert-manager", "kubernetes:helm.sh/v3:Release", []],
        ["certs-route53", "kubernetes:core/v1:ServiceAccount", ["certs-cert-manager"]],
        ["certs-route53-tokens", "kubernetes:rbac.authorization.k8s.io/v1:Role", ["certs-cert-manager"]],
        [
            "certs-route53-tokens-binding",
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
            ["certs-cert-manager", "certs-route53-tokens"],
        ],
        ["certs-dns-role", "aws:iam/role:Role", []],
        ["certs-dns-policy", "aws:iam/rolePolicy:RolePolicy", []],
        ...["letsencrypt-staging", "letsencrypt-production"].map((name) => [
            `certs-${name}`,
            "kubernetes:cert-manager.io/v1:ClusterIssuer",
            ["certs-cert-manager", "certs-route53", binding("certs-route53"), "certs-dns-policy"],
        ]),
        ["certs-vault-vault", "kubernetes:core/v1:ServiceAccount", ["certs-cert-manager"]],
        ["certs-vault-vault-tokens", "kubernetes:rbac.authorization.k8s.io/v1:Role", ["certs-cert-manager"]],
        [
            "certs-vault-vault-tokens-binding",
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
            ["certs-cert-manager", "certs-vault-vault-tokens"],
        ],
        [
            "certs-vault",
            "kubernetes:cert-manager.io/v1:Issuer",
            ["certs-cert-manager", "certs-vault-vault", binding("certs-vault-vault")],
        ],
    ]);
    expect(found.slice(1).every(({ parent }) => parent === "certs")).toBe(true);
    expect(inputsOf(found, "certs-cert-manager")).toMatchObject({
        name: "cert-manager",
        chart: "cert-manager",
        version: "v1.21.2",
        namespace: "cert-manager",
        createNamespace: true,
        repositoryOpts: { repo: "https://charts.jetstack.io" },
        values: { crds: { enabled: true, keep: true }, config: { gatewayAPI: { enabled: true } } },
    });
    expect(inputsOf(found, "certs-route53")).toMatchObject({
        metadata: { name: "certs-route53", namespace: "cert-manager" },
        automountServiceAccountToken: false,
    });
    expect(inputsOf(found, "certs-vault-vault-tokens")).toMatchObject({
        metadata: { name: "vault-issuer-tokens", namespace: "infra" },
        rules: [
            {
                apiGroups: [""],
                resources: ["serviceaccounts/token"],
                resourceNames: ["vault-issuer"],
                verbs: ["create"],
            },
        ],
    });
    expect(inputsOf(found, "certs-vault-vault-tokens-binding")).toMatchObject({
        metadata: { name: "vault-issuer-tokens", namespace: "infra" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "vault-issuer-tokens" },
        subjects: [{ kind: "ServiceAccount", name: "cert-manager", namespace: "cert-manager" }],
    });
    expect(inputsOf(found, "certs-dns-role")).toMatchObject({
        assumeRolePolicy: expect.stringContaining('"system:serviceaccount:cert-manager:certs-route53"'),
        tags: { team: "platform" },
    });
    expect(inputsOf(found, "certs-dns-policy")).toMatchObject({
        role: "certs-dns-role",
        policy: expect.stringContaining('"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"'),
    });
    expect(inputsOf(found, "certs-letsencrypt-staging")).toMatchObject({
        metadata: { name: "letsencrypt-staging" },
        spec: { acme: { solvers: [{ dns01: { route53: { role: ROLE } } }] } },
    });
    expect(inputsOf(found, "certs-vault")).toMatchObject({
        metadata: { name: "vault", namespace: "infra" },
        spec: { vault: { path: "pki/sign/server" } },
    });
    expect(await settled(issuers.namespace)).toBe("cert-manager");
    expect(await settled(issuers.dnsRoleArn)).toBe(ROLE);
    expect(Object.keys(issuers.issuers)).toEqual(["letsencrypt-staging", "letsencrypt-production", "vault"]);
    const { vault } = issuers.issuers;
    expect({ ...vault, name: vault && (await settled(vault.name)) }).toEqual({
        name: "vault",
        kind: "Issuer",
        namespace: "infra",
        limits: { domains: ["priv.example.org"], allowWildcards: false },
    });
});

test("on a cert-manager that is there, by Pod Identity: the role is the controller's", async () => {
    const { issuers, found } = await declare({
        certManager: { existingVersion: "v1.19.2", namespace: "security", serviceAccount: "cm" },
        letsEncrypt: {
            ...LETS_ENCRYPT,
            identity: { type: "podIdentity", clusterName: "blue" },
            environments: ["production"],
        },
    });
    expect(outline(found)).toEqual([
        ["certs-dns-role", "aws:iam/role:Role", []],
        ["certs-dns-policy", "aws:iam/rolePolicy:RolePolicy", []],
        ["certs-dns-association", "aws:eks/podIdentityAssociation:PodIdentityAssociation", []],
        [
            "certs-letsencrypt-production",
            "kubernetes:cert-manager.io/v1:ClusterIssuer",
            ["certs-dns-policy", "certs-dns-association"],
        ],
    ]);
    expect(inputsOf(found, "certs-dns-association")).toMatchObject({
        clusterName: "blue",
        namespace: "security",
        serviceAccount: "cm",
        roleArn: ROLE,
    });
    expect(Object.keys(issuers.issuers)).toEqual(["letsencrypt-production"]);
});

test("what uses the namespace comes after the chart that makes it, and of one that is there after nothing", async () => {
    const needs = async ({ namespace }: CertIssuers): Promise<readonly string[]> => {
        // What an output comes after is no part of its published type.
        const { allResources } = namespace as unknown as {
            readonly allResources: () => Promise<ReadonlySet<pulumi.Resource>>;
        };
        return [...(await allResources())].map(({ constructor }) => constructor.name);
    };
    const { issuers: byChart } = await declare({ certManager: { namespace: "certificates" } });
    expect(await settled(byChart.namespace)).toBe("certificates");
    expect(await needs(byChart)).toEqual(["Release"]);
    const { issuers: existing } = await declare({ certManager: { existingVersion: "v1.21.2" } });
    expect(await settled(existing.namespace)).toBe("cert-manager");
    expect(await needs(existing)).toEqual([]);
});

test("issuers have the names that the program gave them, and no others: a misspelt one is no program", async () => {
    let issuers: CertIssuers<"inner" | "outer"> | undefined;
    await childrenWith((opts) => {
        const made = new CertIssuers("certs", { vault: { inner: VAULT, outer: VAULT } }, opts);
        return (issuers = made);
    }, {});
    expect(issuers?.issuers.inner.kind).toBe("ClusterIssuer");
    // @ts-expect-error -- there is no such issuer
    expect(issuers?.issuers.outr).toBeUndefined();
    expect(issuers?.issuers["letsencrypt-staging"]).toBeUndefined();
});

test("without an identity of its own, nothing of AWS is made", async () => {
    const { issuers, found } = await declare({
        certManager: { existingVersion: "v1.14.7" },
        letsEncrypt: { ...LETS_ENCRYPT, environments: ["staging"] },
        vault: { vault: VAULT },
    });
    expect(outline(found)).toEqual([
        ["certs-letsencrypt-staging", "kubernetes:cert-manager.io/v1:ClusterIssuer", []],
        ["certs-vault", "kubernetes:cert-manager.io/v1:ClusterIssuer", []],
    ]);
    expect(await settled(issuers.dnsRoleArn)).toBeUndefined();
});

test("a Gateway takes an issuer as it is, and refuses what that one does not issue", async () => {
    const { issuers } = await declare({
        certManager: { existingVersion: "v1.21.2" },
        vault: { vault: { ...VAULT, limits: { domains: ["priv.example.org"], allowWildcards: false } } },
    });
    const { vault } = issuers.issuers;
    if (vault === undefined) throw new Error("no issuer");
    const args = { namespace: "infra", gatewayClassName: "cilium", issuer: vault };
    const listener = (hostname: string): { name: string; hostname: string }[] => [{ name: "shop", hostname }];
    const made = new GatewayTls("edge", { ...args, listeners: listener("shop.priv.example.org") });
    expect(await settled(made.gatewayName)).toBe("edge");
    // A refusal through outputs ends the program: this is what it is made of.
    const known = { ...args, issuer: { ...vault, name: await settled(vault.name) } };
    expect(() => planGateway("wild", { ...known, listeners: listener("*.priv.example.org") })).toThrow(
        'listeners[0].hostname: "*.priv.example.org" is a wildcard, which the role of the ClusterIssuer "vault" does not allow.',
    );
});

test("plain arguments are refused where it is declared", () => {
    expect(() => new CertIssuers("certs", { letsEncrypt: { ...LETS_ENCRYPT, zones: [] } })).toThrow(
        'CertIssuers "certs" is refused:\n  - letsEncrypt.zones: It is empty',
    );
});

test("a chart of a registry is named by its whole address, and has no repository", async () => {
    const { found } = await declare({ certManager: { repository: "oci://registry.example.org/charts/" } });
    const { chart, repositoryOpts } = inputsOf(found, "certs-cert-manager");
    expect([chart, repositoryOpts]).toEqual(["oci://registry.example.org/charts/cert-manager", undefined]);
});
