/** What CertIssuers refuses when it is declared: of cert-manager and of issuers by ACME. */
import { describe, expect, test } from "@jest/globals";
import { checkIssuers } from "../../../../components/cert-issuers/plan";
import { ACME, IRSA, acme, refusals } from "./fixture";

describe("refused, with what to do", () => {
    test.each<readonly [string, object, string]>([
        [
            "no version",
            { certManager: { version: "latest" } },
            'certManager.version: "latest" is no version of cert-manager from 1.12 on. Write all three numbers, as "v1.21.2".',
        ],
        [
            "a version before service accounts",
            { certManager: { existingVersion: "v1.11.0" } },
            'certManager.existingVersion: "v1.11.0" is no version of cert-manager from 1.12 on. Write all three numbers, as "v1.21.2".',
        ],
        [
            "a version of two numbers",
            { certManager: { existingVersion: "1.21" } },
            'certManager.existingVersion: "1.21" is no version of cert-manager from 1.12 on. Write all three numbers, as "v1.21.2".',
        ],
        [
            "no namespace's name",
            { certManager: { namespace: "Cert" } },
            "certManager.namespace: It is no name of a namespace. Write letters, digits and hyphens.",
        ],
        [
            "no service account's name",
            { certManager: { existingVersion: "v1.21.2", serviceAccount: "" } },
            "certManager.serviceAccount: It is no name of a service account. Write letters, digits and hyphens.",
        ],
        [
            "a repository in clear",
            { certManager: { repository: "http://charts.example.org" } },
            "certManager.repository: Give an address that begins with https:// or oci://.",
        ],
        [
            "definitions left out",
            { certManager: { values: { crds: { enabled: false } } } },
            "certManager.values.crds.enabled: The component sets it itself, by the chart's version and its other arguments. Leave it out.",
        ],
        [
            "values under which nobody is the controller's service account",
            { certManager: { values: { serviceAccount: { create: false } } } },
            "certManager.values.serviceAccount.create: The component sets it itself, by the chart's version and its other arguments. Leave it out.",
        ],
        [
            "a flag under which ClusterIssuers find no secrets",
            { certManager: { values: { extraArgs: ["--v=2", "--cluster-resource-namespace=other"] } } },
            "certManager.values.extraArgs: --cluster-resource-namespace leads ClusterIssuers past the secrets in the component's namespace. Leave it out.",
        ],
        [
            "definitions by the old value",
            { certManager: { values: { installCRDs: true, replicaCount: 2 } } },
            "certManager.values.installCRDs: The component sets it itself, by the chart's version and its other arguments. Leave it out.",
        ],
        [
            "Gateway API switched off",
            { certManager: { values: { config: { gatewayAPI: { enabled: false } } } } },
            "certManager.values.config.gatewayAPI.enabled: The component sets it itself, by the chart's version and its other arguments. Leave it out.",
        ],
        [
            "another service account",
            { certManager: { values: { serviceAccount: { name: "cm", annotations: {} } } } },
            "certManager.values.serviceAccount.name: The component sets it itself, by the chart's version and its other arguments. Leave it out.",
        ],
        [
            "another namespace for secrets",
            { certManager: { values: { clusterResourceNamespace: "infra" } } },
            "certManager.values.clusterResourceNamespace: The component sets it itself, by the chart's version and its other arguments. Leave it out.",
        ],
        [
            "an address that is none",
            acme({ email: "ops" }),
            "letsEncrypt.email: It is no address of electronic mail. Write one alone, without a name before it, its host in lower case.",
        ],
        [
            "an address with a name",
            acme({ email: "Ops <ops@ogenki.io>" }),
            "letsEncrypt.email: It is no address of electronic mail. Write one alone, without a name before it, its host in lower case.",
        ],
        [
            "an address of an example",
            acme({ email: "mymail@example.org" }),
            "letsEncrypt.email: Let's Encrypt makes no account for \"example.org\", which is nobody's. Give an address that is read.",
        ],
        [
            "an address of a host that is none",
            acme({ email: "ops@localhost" }),
            "letsEncrypt.email: It is no address of electronic mail. Write one alone, without a name before it, its host in lower case.",
        ],
        [
            "an address of a reserved domain",
            acme({ email: "ops@corp.local" }),
            "letsEncrypt.email: Let's Encrypt makes no account for \"corp.local\", which is nobody's. Give an address that is read.",
        ],
        [
            "no zone",
            acme({ zones: [] }),
            'letsEncrypt.zones: It is empty, so that nothing could be issued. Give one, as "example.org".',
        ],
        [
            "a wildcard as zone",
            acme({ zones: ["*.ogenki.io"] }),
            'letsEncrypt.zones[0]: "*.ogenki.io" is no DNS zone. Write two labels or more in lower case, without "*", as "example.org".',
        ],
        [
            "a hosted zone's path",
            acme({ hostedZoneId: "/hostedzone/Z0123456789ABCDEFGHIJ" }),
            'letsEncrypt.hostedZoneId: It is no id of a hosted zone. Write one of Route 53, without "/hostedzone/", as "Z0123456789ABCDEFGHIJ".',
        ],
        [
            "every hosted zone",
            acme({ hostedZoneId: "*" }),
            'letsEncrypt.hostedZoneId: It is no id of a hosted zone. Write one of Route 53, without "/hostedzone/", as "Z0123456789ABCDEFGHIJ".',
        ],
        [
            "a region by its name",
            acme({ region: "Paris" }),
            'letsEncrypt.region: It is no region. Write it as "eu-west-3".',
        ],
        [
            "no environment",
            acme({ environments: [] }),
            'letsEncrypt.environments: Give "staging", "production", or both, each once.',
        ],
        [
            "an environment twice",
            acme({ environments: ["staging", "staging"] }),
            'letsEncrypt.environments: Give "staging", "production", or both, each once.',
        ],
        [
            "another environment",
            acme({ environments: ["test"] }),
            'letsEncrypt.environments: Give "staging", "production", or both, each once.',
        ],
        [
            "a directory in clear",
            acme({ servers: { staging: "http://pebble:14000/dir" } }),
            "letsEncrypt.servers.staging: It is no address of a directory. Write one that begins with https://.",
        ],
        [
            "authorities that verify no server",
            acme({ caBundle: "PEM" }),
            "letsEncrypt.caBundle: There is no server that it verifies: Let's Encrypt's are verified by public authorities. Give servers, or leave it out.",
        ],
        [
            "authorities of a server that no issuer has",
            acme({
                caBundle: "PEM",
                servers: { staging: "https://ca.ogenki.io/dir" },
                environments: ["production"],
            }),
            "letsEncrypt.caBundle: There is no server that it verifies: Let's Encrypt's are verified by public authorities. Give servers, or leave it out.",
        ],
        [
            "authorities that are none",
            acme({ caBundle: "UEVN", servers: { staging: "https://ca.ogenki.io/dir" } }),
            "letsEncrypt.caBundle: There is no certificate in it. Give the text of CA certificates in PEM form; it is encoded for Kubernetes here.",
        ],
        [
            "a lifetime in words",
            acme({ leafLifetime: "90 days" }),
            'letsEncrypt.leafLifetime: It is no duration. Write it as "90d".',
        ],
        [
            "the controller's rights for an Issuer",
            acme({ namespace: "shop" }),
            'letsEncrypt.identity: With "ambient" the rights are the controller\'s own, which it lends to ClusterIssuers alone. Use "irsa", or leave namespace out.',
        ],
        [
            "a pod identity for an Issuer",
            acme({ namespace: "shop", identity: { type: "podIdentity", clusterName: "c" } }),
            'letsEncrypt.identity: With "podIdentity" the rights are the controller\'s own, which it lends to ClusterIssuers alone. Use "irsa", or leave namespace out.',
        ],
        [
            "no cluster's name",
            acme({ identity: { type: "podIdentity", clusterName: "a/b" } }),
            "letsEncrypt.identity.clusterName: It is no name of a cluster of EKS. Give it as EKS has it.",
        ],
        [
            "an Issuer of no namespace",
            acme({ namespace: "Shop", identity: IRSA }),
            "letsEncrypt.namespace: It is no name of a namespace. Write letters, digits and hyphens.",
        ],
        [
            "no role's ARN",
            acme({ identity: { type: "irsa", roleArn: "dns" } }),
            'letsEncrypt.identity.roleArn: It is no ARN of IAM\'s kind role. Write it as "arn:aws:iam::123456789012:role/…".',
        ],
        [
            "a role as provider",
            acme({ identity: { type: "irsa", oidcProviderArn: IRSA.roleArn } }),
            'letsEncrypt.identity.oidcProviderArn: It is no ARN of IAM\'s kind oidc-provider. Write it as "arn:aws:iam::123456789012:oidc-provider/…".',
        ],
        [
            "tokens before cert-manager takes them",
            { ...acme({ identity: IRSA }), certManager: { existingVersion: "v1.14.7" } },
            "letsEncrypt.identity: cert-manager 1.14 takes no tokens of a service account for Route 53; 1.15 and later do. Use another identity, or a newer version.",
        ],
    ])("%s", (_what, args, expected) => {
        expect(refusals(args)).toEqual([expected]);
    });
});

test("all faults are said at once, with the component's name", () => {
    const refused = (): unknown =>
        checkIssuers("certs", { ...acme({ zones: [] }), certManager: { version: "1" } }, new Date());
    expect(refused).toThrow('CertIssuers "certs" is refused for 2 reasons:\n  - certManager.version: ');
});

test("the account of another authority than Let's Encrypt may be nobody's", () => {
    const servers = { staging: "https://ca.priv.example.org/dir" };
    const email = "ops@example.org";
    expect(refusals(acme({ email, servers, environments: ["staging"] }))).toEqual([]);
    expect(refusals(acme({ email, servers }))).toHaveLength(1);
});

test("a service account is named after the component", () => {
    expect(() => checkIssuers("Certs", acme({ identity: IRSA }), new Date())).toThrow(
        "name: A service account is named after the component. Write lower-case letters, digits and hyphens.",
    );
    expect(checkIssuers("Certs", acme({}), new Date()).letsEncrypt?.email).toBe(ACME.email);
});
