/** CertIssuers and GatewayTls on the real engine and a real Kubernetes API server: made, unchanged, drifted, refused, gone. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Provider } from "@pulumi/kubernetes";
import { after, before, describe, it } from "mocha";
import { CertIssuers, GatewayTls, type GatewayTlsArgs } from "../../sdk/kubernetes";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack } from "../../tools/pulumi/engine";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";
import type { KubernetesClient } from "../../tools/pulumi/plugins/kubernetes/client";
import { asProperties, type Properties } from "../../tools/pulumi/plugins/values";
import { certificateDefinitions } from "../support/certificate-crds";
import { changesOf, OPENING, skipWherePlain } from "../support/deployment";
import { BUILDING, openKubernetes, TEST, type KubernetesGround } from "../support/kubernetes";
import { failureOf } from "../support/secrets";
import { tlsFiles } from "../support/vault-cluster";

const WORK_DIR = resolve(__dirname, "..", "..");
const NAMESPACES = ["cert-manager", "infrastructure", "shop"];

describe("certificates at a Gateway", function () {
    this.timeout(240_000);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-gateway-"));
    let running: KubernetesGround | undefined;
    let client: KubernetesClient;
    let stack: EngineStack;
    let authorities: string;

    const program =
        (changes: Partial<GatewayTlsArgs> = {}) =>
        () => {
            const provider = new Provider("cluster", { kubeconfig: running?.kubeconfig ?? "" });
            const { issuers } = new CertIssuers(
                "certs",
                {
                    certManager: { existingVersion: "v1.21.2" },
                    letsEncrypt: {
                        email: "platform@ogenki.io",
                        zones: ["cloud.ogenki.io"],
                        hostedZoneId: "Z0123456789ABCDEFGHIJ",
                        region: "eu-west-3",
                        identity: { type: "irsa", roleArn: "arn:aws:iam::123456789012:role/dns" },
                    },
                    vault: {
                        vault: {
                            server: "https://vault.cloud.ogenki.io:8200",
                            path: "pki_private_issuer/sign/server",
                            caBundle: authorities,
                            auth: { kubernetes: { role: "cert-manager", serviceAccount: "vault-issuer" } },
                            limits: {
                                domains: ["priv.cloud.ogenki.io"],
                                allowWildcards: false,
                                leafLifetime: "90d",
                            },
                        },
                    },
                },
                { provider },
            );
            const issuer = issuers.vault;
            assert(issuer);
            const gateway = new GatewayTls(
                "platform",
                {
                    namespace: "infrastructure",
                    gatewayClassName: "cilium",
                    issuer,
                    listeners: [
                        { name: "harbor", hostname: "harbor.priv.cloud.ogenki.io", allowedRoutes: "All" },
                    ],
                    certificates: { "private-gateway-tls": {} },
                    routes: {
                        harbor: {
                            listener: "harbor",
                            namespace: "shop",
                            rules: [{ service: "harbor", port: 8080 }],
                        },
                    },
                    redirectHttp: true,
                    ...changes,
                },
                { provider },
            );
            return Promise.resolve({ issuers, gateway: gateway.gatewayName });
        };

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING + BUILDING);
        const folder = join(directory, "kubernetes");
        running = await openKubernetes(this, folder, [await certificateDefinitions()], NAMESPACES);
        client = running.client;
        authorities = (await tlsFiles()).authorities;
        const cli = await findPulumi();
        const plugins = await choosePlugins(["kubernetes"], { cli, workDir: WORK_DIR });
        const notice = standInNotice(plugins);
        if (notice !== undefined) console.log(`    ${notice}`);
        stack = await openStack({
            project: "gates",
            stack: "test",
            program: program(),
            directory: join(directory, "stack"),
            workDir: WORK_DIR,
            cli,
            plugins,
        });
    });

    after(async () => {
        await running?.end();
        rmSync(directory, { recursive: true, force: true });
    });

    const gateway = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", name: "platform" };
    const certificate = {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        namespace: "infrastructure",
    };
    const spec = async (name: Parameters<KubernetesClient["read"]>[0]): Promise<Properties> =>
        asProperties((await client.read(name))?.spec);

    it("is refused before anything is there, where the issuer would not issue", async () => {
        const listeners = [{ name: "all", hostname: "*.priv.cloud.ogenki.io" }];
        const error = await failureOf(stack.preview({ program: program({ listeners, routes: {} }) }));
        assert.match(error.message, /listeners\[0\]\.hostname: .* is a wildcard/);
        assert.equal(await client.read({ ...gateway, namespace: "infrastructure" }), undefined);
    });

    it("previews from nothing, and every object is taken by the server", async () => {
        const preview = await stack.preview();
        const up = await stack.up();
        assert.deepEqual(changesOf(up), changesOf(preview));
        const { listeners } = await spec({ ...gateway, namespace: "infrastructure" });
        assert.deepEqual(
            (listeners as readonly Properties[]).map(({ name, protocol }) => [name, protocol]),
            [
                ["http", "HTTP"],
                ["harbor", "HTTPS"],
            ],
        );
    });

    it("has the certificate of the Gateway's own host name, by the issuer of the same program", async () => {
        const { secretName, dnsNames, duration, renewBefore, issuerRef } = await spec({
            ...certificate,
            name: "private-gateway-tls",
        });
        assert.deepEqual(
            [secretName, dnsNames, duration, renewBefore],
            ["private-gateway-tls", ["harbor.priv.cloud.ogenki.io"], "2160h", "360h"],
        );
        assert.deepEqual(issuerRef, { name: "vault", kind: "ClusterIssuer", group: "cert-manager.io" });
        const issuer = await spec({ ...certificate, kind: "ClusterIssuer", name: "vault" });
        assert.equal(asProperties(issuer.vault).path, "pki_private_issuer/sign/server");
    });

    it("changes nothing when it is run again, also after a refresh", async () => {
        assert.deepEqual(changesOf(await stack.preview()), {});
        await stack.refresh();
        assert.deepEqual(changesOf(await stack.up()), {});
    });

    it("shows what somebody else changed", async () => {
        const issuer = { ...certificate, kind: "ClusterIssuer", name: "vault" };
        const { metadata: _metadata, status: _status, ...found } = asProperties(await client.read(issuer));
        const changed = asProperties(structuredClone(found.spec));
        const elsewhere = { ...asProperties(changed.vault), server: "https://elsewhere.example.org" };
        await client.apply(
            { ...found, metadata: { name: "vault" }, spec: { vault: elsewhere } },
            { ...TEST, force: true },
        );
        await stack.refresh();
        assert.equal(changesOf(await stack.preview()).update, 1);
        await client.apply({ ...found, metadata: { name: "vault" } }, { ...TEST, force: true });
        await stack.refresh();
        assert.deepEqual(changesOf(await stack.preview()), {});
    });

    it("is gone after destroy", async () => {
        await stack.destroy();
        assert.equal(await client.read({ ...gateway, namespace: "infrastructure" }), undefined);
        assert.equal(await client.read({ ...certificate, kind: "ClusterIssuer", name: "vault" }), undefined);
    });
});
