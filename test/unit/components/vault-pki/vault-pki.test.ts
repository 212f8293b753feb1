import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { VaultPkiArgs } from "../../../../components/vault-pki/args";
import { normalisePem } from "../../../../provider/pki/pem";
import { settled } from "../../../support/children";
import { declare } from "./declared";
import { DOMAIN, LEAST, material, type Material } from "./fixture";

let made: Material;
let signed: Pick<VaultPkiArgs, "signed">;
beforeAll(() => {
    made = material();
    signed = {
        signed: {
            issuer: made.tiers.signIssuer(made.csr),
            intermediate: made.tiers.intermediate,
            root: made.tiers.root,
        },
    };
});

/** What the component warns of. */
let warned: jest.SpiedFunction<typeof console.warn>;
beforeEach(() => {
    warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
    warned.mockRestore();
});

const one = (pem: string): string => normalisePem(pem);

const BASE = "https://vault.example.org:8200/v1/pki_private_issuer";
const backend = "pki_private_issuer";

test("unsigned: everything but the issuer, with these types and inputs", async () => {
    const { all } = await declare(made);
    expect(all.map(({ name, type, inputs }) => [name, type, inputs])).toEqual([
        [
            "pki-mount",
            "vault:index/mount:Mount",
            {
                type: "pki",
                path: backend,
                description: "Ogenki: issuing authority",
                defaultLeaseTtlSeconds: 7_776_000,
                maxLeaseTtlSeconds: 7_776_000,
            },
        ],
        [
            "pki-cluster",
            "vault:pkiSecret/backendConfigCluster:BackendConfigCluster",
            { backend, path: BASE, aiaPath: BASE },
        ],
        [
            "pki-urls",
            "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls",
            {
                backend,
                enableTemplating: true,
                issuingCertificates: ["{{cluster_aia_path}}/issuer/{{issuer_id}}/der"],
                crlDistributionPoints: ["{{cluster_aia_path}}/issuer/{{issuer_id}}/crl/der"],
                ocspServers: ["{{cluster_aia_path}}/ocsp"],
            },
        ],
        [
            "pki-crl",
            "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig",
            {
                backend,
                disable: false,
                expiry: "72h",
                autoRebuild: true,
                autoRebuildGracePeriod: "12h",
                ocspDisable: false,
                ocspExpiry: "12h",
            },
        ],
        [
            "pki-tidy",
            "vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy",
            {
                backend,
                enabled: true,
                intervalDuration: "12h",
                safetyBuffer: "72h",
                issuerSafetyBuffer: "8760h",
                tidyCertStore: true,
                tidyRevokedCerts: true,
                tidyRevokedCertIssuerAssociations: true,
                tidyExpiredIssuers: true,
            },
        ],
        [
            "pki-request-1",
            "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
            {
                backend,
                type: "internal",
                commonName: "Ogenki Vault Issuer",
                organization: "Ogenki",
                country: "FR",
                keyType: "ec",
                keyBits: 384,
                keyName: "generation-1",
                addBasicConstraints: true,
            },
        ],
        [
            "pki-role",
            "vault:pkiSecret/secretBackendRole:SecretBackendRole",
            {
                backend,
                name: "server",
                issuerRef: "default",
                ttl: "7776000",
                maxTtl: "7776000",
                organizations: ["Ogenki"],
                countries: ["FR"],
                allowedDomains: [DOMAIN],
                allowSubdomains: true,
                allowBareDomains: false,
                allowWildcardCertificates: false,
                allowAnyName: false,
                allowGlobDomains: false,
                allowedDomainsTemplate: false,
                allowLocalhost: false,
                allowIpSans: false,
                enforceHostnames: true,
                cnValidations: ["hostname"],
                requireCn: false,
                useCsrCommonName: true,
                useCsrSans: true,
                keyType: "any",
                keyBits: 0,
                keyUsages: ["DigitalSignature"],
                serverFlag: true,
                clientFlag: false,
                codeSigningFlag: false,
                emailProtectionFlag: false,
                noStore: false,
                generateLease: false,
            },
        ],
        [
            "pki-admin-policy",
            "vault:index/policy:Policy",
            {
                name: "pki_private_issuer-admin",
                policy: expect.stringContaining("secret-id-accessor/destroy"),
            },
        ],
        ["pki-auth", "vault:index/authBackend:AuthBackend", { type: "approle", path: "approle" }],
        [
            "pki-cert-manager-policy",
            "vault:index/policy:Policy",
            {
                name: "pki_private_issuer-cert-manager",
                policy: 'path "pki_private_issuer/sign/server" {\n  capabilities = ["update"]\n}\n',
            },
        ],
        [
            "pki-cert-manager",
            "vault:appRole/authBackendRole:AuthBackendRole",
            {
                backend: "approle",
                roleName: "cert-manager",
                bindSecretId: true,
                secretIdBoundCidrs: ["10.0.0.0/16"],
                secretIdTtl: 0,
                secretIdNumUses: 0,
                tokenType: "batch",
                tokenTtl: 600,
                tokenMaxTtl: 600,
                tokenBoundCidrs: ["10.0.0.0/16"],
                tokenPolicies: ["pki_private_issuer-cert-manager"],
                tokenNoDefaultPolicy: true,
            },
        ],
        [
            "pki-cert-manager-secret-id",
            "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
            {
                backend: "approle",
                roleName: "cert-manager",
                wrappingTtl: "86400s",
                withWrappedAccessor: true,
                metadata: '{"generation":"1"}',
            },
        ],
    ]);
    expect(all.map(({ parent }) => parent)).toEqual(all.map(() => "pki"));
    expect(warned.mock.calls).toEqual([
        [
            expect.stringMatching(
                /pki: It issues nothing yet: its issuer is not signed\. .*: portcullis sign csr --tier issuer --csr issuer\.csr --ca intermediate-ca\.pem /,
            ),
        ],
    ]);
});

test("signed: the chain apart, the issuer, its name and settings, and the default, before the role", async () => {
    const { all, pki } = await declare(made, signed);
    const names = all.map(({ name }) => name);
    expect(names.slice(names.indexOf("pki-request-1") + 1, names.indexOf("pki-role"))).toEqual([
        "pki-certificates",
        "pki-chain",
        "pki-signed",
        "pki-issuer",
        "pki-issuers",
    ]);
    const inputs = (name: string) => all.find((child) => child.name === name)?.inputs;
    const { issuer = "", intermediate = "", root = "" } = signed.signed ?? {};
    expect(inputs("pki-certificates")).toMatchObject({
        signed: { issuer: one(issuer), intermediate: one(intermediate), root: one(root) },
        requests: { issuer: [made.csr] },
        issuesFor: { issuer: [DOMAIN] },
    });
    expect(inputs("pki-chain")).toEqual({ backend, certificate: one(intermediate) + one(root) });
    expect(inputs("pki-signed")).toEqual({
        backend,
        certificate: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/),
    });
    expect(inputs("pki-issuer")).toEqual({
        backend,
        issuerRef: "issuer-id",
        issuerName: expect.stringMatching(/^issuer-[0-9a-f]{16}$/),
        leafNotAfterBehavior: "truncate",
        usage: "crl-signing,issuing-certificates,ocsp-signing,read-only",
    });
    expect(inputs("pki-issuers")).toEqual({
        backend,
        default: "issuer-id",
        defaultFollowsLatestIssuer: false,
    });
    expect(await settled(pki.issuerPath)).toBe("pki_private_issuer/issuer/issuer-id");
    expect(warned).not.toHaveBeenCalled();
});

test("what may be chosen reaches the role", async () => {
    const { all } = await declare(made, {
        role: "mesh",
        leafLifetime: "30d",
        leafKeyType: "rsa",
        allowClientAuth: true,
        allowWildcards: true,
        allowBareDomains: true,
        domains: ["A.example.org"],
    });
    expect(all.find(({ name }) => name === "pki-role")?.inputs).toMatchObject({
        name: "mesh",
        ttl: "2592000",
        maxTtl: "2592000",
        keyType: "rsa",
        keyBits: 2048,
        clientFlag: true,
        allowWildcardCertificates: true,
        allowBareDomains: true,
        allowedDomains: ["a.example.org"],
    });
});

test("no id is written down, no key leaves, and the wrapping token is a secret", async () => {
    const { all, pki, options } = await declare(made, {
        ...signed,
        snapshot: LEAST.certManager,
        drill: {},
    });
    const given = all.flatMap(({ inputs }) => Object.keys(inputs));
    expect(given.filter((key) => ["roleId", "secretId", "privateKey", "keyRef"].includes(key))).toEqual([]);
    expect(all.filter(({ inputs }) => "type" in inputs).map(({ inputs }) => inputs.type)).toEqual([
        "pki",
        "internal",
        "approle",
        "kv",
    ]);
    for (const role of ["cert-manager", "snapshot", "drill"]) {
        const name = `pki-${role}-secret-id`;
        expect(options.get(name)?.additionalSecretOutputs).toEqual(
            expect.arrayContaining(["secretId", "wrappingToken"]),
        );
    }
    const { wrappingToken, roleId, secretIdAccessor } = pki.approles.certManager;
    expect(await pulumi.isSecret(wrappingToken)).toBe(true);
    expect(await pulumi.isSecret(roleId)).toBe(false);
    expect(await settled(roleId)).toBe("role-id");
    expect(await settled(secretIdAccessor)).toBe("secret-id-accessor");
});

test("outputs name the paths that clients use", async () => {
    const { pki } = await declare(made, { mount: "team/pki", role: "mesh" });
    expect(await settled(pki.signPath)).toBe("team/pki/sign/mesh");
    expect(await settled(pki.roleName)).toBe("mesh");
    expect(await settled(pki.request)).toBe(made.csr);
    expect(await settled(pki.issuerPath)).toBeUndefined();
    expect(await settled(pki.adminPolicy)).toBe("team-pki-admin");
    expect(pki.approles.snapshot).toBeUndefined();
    expect(pki.approles.drill).toBeUndefined();
});

test("what has certificates issued is declared once the issuer's was given, and at once", async () => {
    const calls: string[] = [];
    const declared = (stage: string) => () => {
        calls.push(stage);
        return stage;
    };
    const { pki: unsigned } = await declare(made);
    expect(unsigned.whenSigned(declared("unsigned"))).toBeUndefined();
    const { pki } = await declare(made, signed);
    expect(pki.whenSigned(declared("signed"))).toBe("signed");
    expect(calls).toEqual(["signed"]);
});

test("its limits are those of the role", async () => {
    const { pki } = await declare(made);
    expect(pki.limits).toEqual({
        domains: [DOMAIN],
        allowWildcards: false,
        allowBareDomains: false,
        leafLifetime: "90d",
    });
    const chosen = { allowWildcards: true, allowBareDomains: true, leafLifetime: "30d" };
    expect((await declare(made, chosen)).pki.limits).toEqual({ domains: [DOMAIN], ...chosen });
});
