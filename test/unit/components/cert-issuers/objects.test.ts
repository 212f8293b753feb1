/** The objects of CertIssuers, the chart's values and the policies, exactly. */
import { describe, expect, test } from "@jest/globals";
import { acmeLimits, acmeObject, type AcmeParts } from "../../../../components/cert-issuers/acme";
import { chartValues, managerOf } from "../../../../components/cert-issuers/manager";
import { dnsPolicy, podIdentityTrust } from "../../../../components/cert-issuers/policies";
import { irsaTrust } from "../../../../components/iam-policies";
import { vaultObject } from "../../../../components/cert-issuers/vault";
import type { KubernetesObject } from "../../../../provider/kubernetes/object";
import { ACME, VAULT } from "./fixture";

const acmeOf = (
    changes: object,
    token?: AcmeParts["token"],
    environment: AcmeParts["environment"] = "staging",
) => acmeObject({ ...ACME, zones: [...ACME.zones], ...changes }, { environment, token });
const vaultOf = (changes: object): KubernetesObject => vaultObject("vault", { ...VAULT, ...changes });
const authOf = (auth: object): unknown => (vaultOf({ auth }).spec.vault as { auth: unknown }).auth;

describe("issuers by ACME", () => {
    test("by the controller's own rights", () => {
        expect(acmeOf({})).toEqual({
            apiVersion: "cert-manager.io/v1",
            kind: "ClusterIssuer",
            metadata: { name: "letsencrypt-staging" },
            spec: {
                acme: {
                    server: "https://acme-staging-v02.api.letsencrypt.org/directory",
                    email: "ops@ogenki.io",
                    privateKeySecretRef: { name: "letsencrypt-staging-account-key" },
                    solvers: [
                        {
                            selector: { dnsZones: ["cloud.ogenki.io"] },
                            dns01: {
                                route53: { hostedZoneID: "Z0123456789ABCDEFGHIJ", region: "eu-west-3" },
                            },
                        },
                    ],
                },
            },
        });
    });

    test("of production, in a namespace, by tokens of a service account", () => {
        const token = { serviceAccount: "certs-route53", roleArn: "arn:aws:iam::123456789012:role/dns" };
        expect(acmeOf({ namespace: "shop" }, token, "production")).toMatchObject({
            kind: "Issuer",
            metadata: { name: "letsencrypt-production", namespace: "shop" },
            spec: {
                acme: {
                    server: "https://acme-v02.api.letsencrypt.org/directory",
                    privateKeySecretRef: { name: "letsencrypt-production-account-key" },
                    solvers: [
                        {
                            dns01: {
                                route53: {
                                    hostedZoneID: "Z0123456789ABCDEFGHIJ",
                                    region: "eu-west-3",
                                    role: "arn:aws:iam::123456789012:role/dns",
                                    auth: { kubernetes: { serviceAccountRef: { name: "certs-route53" } } },
                                },
                            },
                        },
                    ],
                },
            },
        });
    });

    test("of another authority, and what they issue", () => {
        const servers = { staging: "https://pebble.example.org/dir" };
        expect(acmeOf({ servers })).toMatchObject({ spec: { acme: { server: servers.staging } } });
        expect(acmeOf({ servers }, undefined, "production")).toMatchObject({
            spec: { acme: { server: "https://acme-v02.api.letsencrypt.org/directory" } },
        });
        // The bundle would take the place of the authorities that verify Let's Encrypt's.
        const own = { servers, caBundle: "PEM" };
        expect(acmeOf(own)).toMatchObject({ spec: { acme: { caBundle: "UEVN" } } });
        expect(acmeOf(own, undefined, "production").spec.acme).not.toHaveProperty("caBundle");
        expect(acmeLimits({ zones: ["cloud.ogenki.io"] })).toEqual({
            domains: ["cloud.ogenki.io"],
            allowWildcards: true,
            allowBareDomains: true,
            leafLifetime: "90d",
        });
    });
});

describe("issuers for Vault", () => {
    test("by AppRole", () => {
        expect(vaultOf({ server: "https://vault.priv.example.org:8200/" })).toEqual({
            apiVersion: "cert-manager.io/v1",
            kind: "ClusterIssuer",
            metadata: { name: "vault" },
            spec: {
                vault: {
                    server: "https://vault.priv.example.org:8200",
                    path: "pki/sign/server",
                    caBundleSecretRef: { name: "vault-ca", key: "ca.crt" },
                    auth: {
                        appRole: {
                            path: "approle",
                            roleId: "f8363d0f-b7db-9b08-67ab-8425ab527587",
                            secretRef: { name: "vault-approle", key: "secretId" },
                        },
                    },
                },
            },
        });
    });

    test("in a namespace, with authorities, another name and Vault's namespace", () => {
        const made = vaultOf({
            namespace: "shop",
            caBundle: "PEM",
            caBundleSecretRef: undefined,
            serverName: "vault.internal",
            vaultNamespace: "team",
        });
        expect(made.kind).toBe("Issuer");
        expect(made.metadata).toEqual({ name: "vault", namespace: "shop" });
        expect(made.spec.vault).toMatchObject({
            caBundle: "UEVN",
            serverName: "vault.internal",
            namespace: "team",
        });
        expect(made.spec.vault).not.toHaveProperty("caBundleSecretRef");
    });

    test("by a service account, and by AWS", () => {
        expect(authOf({ kubernetes: { role: "cert-manager", serviceAccount: "vault-issuer" } })).toEqual({
            kubernetes: {
                mountPath: "/v1/auth/kubernetes",
                role: "cert-manager",
                serviceAccountRef: { name: "vault-issuer" },
            },
        });
        const full = { role: "r", serviceAccount: "s", mount: "k8s/eu", audiences: ["vault"] };
        expect(authOf({ kubernetes: full })).toEqual({
            kubernetes: {
                mountPath: "/v1/auth/k8s/eu",
                role: "r",
                serviceAccountRef: { name: "s", audiences: ["vault"] },
            },
        });
        expect(authOf({ aws: { role: "r" } })).toEqual({ aws: { mountPath: "/v1/auth/aws", role: "r" } });
        const roleArn = "arn:aws:iam::123456789012:role/vault";
        const aws = {
            role: "r",
            region: "eu-west-3",
            headerValue: "v",
            irsa: { serviceAccount: "s", roleArn },
        };
        expect(authOf({ aws })).toEqual({
            aws: {
                mountPath: "/v1/auth/aws",
                role: "r",
                region: "eu-west-3",
                vaultHeaderValue: "v",
                serviceAccountRef: { name: "s" },
                iamRoleArn: roleArn,
            },
        });
    });
});

describe("the chart's values", () => {
    const config = {
        apiVersion: "controller.config.cert-manager.io/v1alpha1",
        kind: "ControllerConfiguration",
    };
    const crds = { enabled: true, keep: true };
    test.each([
        [12, { installCRDs: true, featureGates: "ExperimentalGatewayAPISupport=true" }],
        [14, { installCRDs: true, featureGates: "ExperimentalGatewayAPISupport=true" }],
        [15, { crds, config: { ...config, enableGatewayAPI: true } }],
        [20, { crds, config: { ...config, enableGatewayAPI: true } }],
        [21, { crds, config: { ...config, gatewayAPI: { enabled: true } } }],
    ])("switch on Gateway API for 1.%d as it wants it", (minor, values) => {
        expect(chartValues(minor, true)).toEqual(values);
    });

    test("leave it off where that is said", () => {
        expect(chartValues(21, false)).toEqual({ crds });
        expect(chartValues(14, false)).toEqual({ installCRDs: true });
    });

    test("are laid over those given, wherever these say nothing else", () => {
        const values = { replicaCount: 2, crds: { keep: true }, config: { logging: { format: "json" } } };
        expect(managerOf({ certManager: { values } })).toEqual({
            failures: [],
            manager: {
                minor: 21,
                version: "v1.21.2",
                namespace: "cert-manager",
                serviceAccount: "cert-manager",
                chart: {
                    repository: "https://charts.jetstack.io",
                    values: {
                        replicaCount: 2,
                        crds,
                        config: { logging: { format: "json" }, ...config, gatewayAPI: { enabled: true } },
                    },
                },
            },
        });
        expect(managerOf({ certManager: { existingVersion: "1.19.2" } }).manager).toEqual({
            minor: 19,
            version: "1.19.2",
            namespace: "cert-manager",
            serviceAccount: "cert-manager",
            chart: undefined,
        });
    });
});

describe("the role for proofs", () => {
    const account = { namespace: "cert-manager", name: "certs-route53" };

    test("writes proofs for its DNS zones in one hosted zone, and no other records", () => {
        const zone = "arn:aws-cn:route53:::hostedzone/Z1";
        const zones = ["cloud.ogenki.io", "ogenki.net"];
        expect(dnsPolicy("aws-cn", { hostedZoneId: "Z1", zones }).Statement).toEqual([
            {
                Sid: "SeeChangesDone",
                Effect: "Allow",
                Action: ["route53:GetChange"],
                Resource: ["arn:aws-cn:route53:::change/*"],
            },
            {
                Sid: "WriteProofs",
                Effect: "Allow",
                Action: ["route53:ChangeResourceRecordSets"],
                Resource: [zone],
                Condition: {
                    "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
                    "ForAllValues:StringLike": {
                        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
                            "_acme-challenge.cloud.ogenki.io",
                            "_acme-challenge.*.cloud.ogenki.io",
                            "_acme-challenge.ogenki.net",
                            "_acme-challenge.*.ogenki.net",
                        ],
                    },
                    Null: {
                        "route53:ChangeResourceRecordSetsRecordTypes": "false",
                        "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false",
                    },
                },
            },
        ]);
    });

    test("is taken by exactly one service account", () => {
        const provider = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-3.amazonaws.com/id/ABC";
        expect(irsaTrust(provider, account).Statement).toEqual([
            {
                Sid: "OneServiceAccount",
                Effect: "Allow",
                Principal: { Federated: provider },
                Action: ["sts:AssumeRoleWithWebIdentity"],
                Condition: {
                    StringEquals: {
                        "oidc.eks.eu-west-3.amazonaws.com/id/ABC:aud": "sts.amazonaws.com",
                        "oidc.eks.eu-west-3.amazonaws.com/id/ABC:sub":
                            "system:serviceaccount:cert-manager:certs-route53",
                    },
                },
            },
        ]);
        expect(podIdentityTrust("blue", account).Statement).toEqual([
            {
                Sid: "OneServiceAccount",
                Effect: "Allow",
                Principal: { Service: "pods.eks.amazonaws.com" },
                Action: ["sts:AssumeRole", "sts:TagSession"],
                Condition: {
                    StringEquals: {
                        "aws:RequestTag/eks-cluster-name": "blue",
                        "aws:RequestTag/kubernetes-namespace": "cert-manager",
                        "aws:RequestTag/kubernetes-service-account": "certs-route53",
                    },
                },
            },
        ]);
    });
});
