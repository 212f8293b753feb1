/** The objects of GatewayTls, exactly, and how they hang together under mocks. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, jest, test } from "@jest/globals";
import type { GatewayTlsArgs } from "../../../../components/gateway-tls/args";
import { GatewayTls } from "../../../../components/gateway-tls/gateway-tls";
import { planGateway, type KnownArgs } from "../../../../components/gateway-tls/plan";
import { redirectGroups } from "../../../../components/gateway-tls/routes";
import { children, settled } from "../../../support/children";
import { LEAST, many, PLAIN, RULE } from "./fixture";

// The SDK is loaded with the first component: on a busy machine that takes seconds.
jest.setTimeout(60_000);

const GATEWAY_API = "gateway.networking.k8s.io";
const terminate = (name: string): object => ({
    mode: "Terminate",
    certificateRefs: [{ group: "", kind: "Secret", name }],
});
const parentRefs = (sectionName: string): object[] => [
    { group: GATEWAY_API, kind: "Gateway", namespace: "infra", name: "platform", sectionName },
];
const plan = (changes: object): ReturnType<typeof planGateway> =>
    planGateway("edge", { ...LEAST, ...changes });
const spec = (changes: object): Readonly<Record<string, unknown>> | undefined =>
    plan({ certificates: { "shop-tls": changes } }).certificates["shop-tls"]?.spec;

test("the least: one listener, whose certificate is issued by the annotation", () => {
    expect(plan({})).toEqual({
        gateway: {
            apiVersion: `${GATEWAY_API}/v1`,
            kind: "Gateway",
            metadata: {
                name: "platform",
                namespace: "infra",
                annotations: { "cert-manager.io/cluster-issuer": "vault" },
            },
            spec: {
                gatewayClassName: "cilium",
                listeners: [
                    {
                        name: "shop",
                        hostname: "shop.priv.example.org",
                        port: 443,
                        protocol: "HTTPS",
                        tls: terminate("platform-tls"),
                        allowedRoutes: { namespaces: { from: "Same" } },
                    },
                ],
            },
        },
        certificates: {},
        routes: {},
        redirects: [],
        secretNames: ["platform-tls"],
        hostNames: ["shop.priv.example.org"],
    });
});

test("an Issuer has an annotation of its own; annotations and labels are kept beside it", () => {
    const made = plan({
        issuer: { name: "vault", kind: "Issuer", namespace: "infra" },
        annotations: { "cert-manager.io/duration": "24h", team: "platform" },
        labels: { team: "platform" },
    });
    expect(made.gateway.metadata).toEqual({
        name: "platform",
        namespace: "infra",
        annotations: {
            "cert-manager.io/duration": "24h",
            team: "platform",
            "cert-manager.io/issuer": "vault",
        },
        labels: { team: "platform" },
    });
});

describe("a certificate that is declared", () => {
    test("has these defaults, and the Gateway no annotation", () => {
        const made = plan({
            gatewayName: undefined,
            certificates: { "shop-tls": {} },
            listeners: [
                ...LEAST.listeners,
                { name: "web", hostname: "web.priv.example.org" },
                { name: "web-too", hostname: "web.priv.example.org", port: 8443 },
            ],
            labels: { team: "platform" },
        });
        expect(made.gateway.metadata).toEqual({
            name: "edge",
            namespace: "infra",
            labels: { team: "platform" },
        });
        expect(made.secretNames).toEqual(["shop-tls"]);
        expect(made.hostNames).toEqual(["shop.priv.example.org", "web.priv.example.org"]);
        expect(made.certificates).toEqual({
            "shop-tls": {
                apiVersion: "cert-manager.io/v1",
                kind: "Certificate",
                metadata: { name: "shop-tls", namespace: "infra", labels: { team: "platform" } },
                spec: {
                    secretName: "shop-tls",
                    duration: "2160h",
                    renewBefore: "360h",
                    dnsNames: ["shop.priv.example.org", "web.priv.example.org"],
                    issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "vault" },
                    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
                    usages: ["digital signature", "server auth"],
                    revisionHistoryLimit: 1,
                },
            },
        });
    });

    test("lasts no longer than its issuer's, and is renewed when a third is left where that is sooner", () => {
        const of = (leafLifetime: string): unknown =>
            spec({ issuer: { ...PLAIN, limits: { leafLifetime } } });
        expect(of("397d")).toMatchObject({ duration: "2160h", renewBefore: "360h" });
        expect(of("47d")).toMatchObject({ duration: "1128h", renewBefore: "360h" });
        expect(of("45d")).toMatchObject({ duration: "1080h", renewBefore: "360h" });
        expect(of("24h")).toMatchObject({ duration: "24h", renewBefore: "8h" });
        expect(of("100m")).toMatchObject({ duration: "100m", renewBefore: "33m" });
        expect(spec({ duration: "6h" })).toMatchObject({ duration: "6h", renewBefore: "2h" });
        expect(spec({ duration: "3601s", renewBefore: "301s" })).toMatchObject({
            duration: "3601s",
            renewBefore: "301s",
        });
    });

    test("takes all of its arguments", () => {
        expect(
            spec({
                issuer: { name: "own", kind: "Issuer", namespace: "infra" },
                dnsNames: ["*.priv.example.org", "priv.example.org"],
                commonName: "priv.example.org",
                duration: "100d",
                renewBefore: "30d",
                keyAlgorithm: "RSA-3072",
            }),
        ).toEqual({
            secretName: "shop-tls",
            duration: "2400h",
            renewBefore: "720h",
            commonName: "priv.example.org",
            dnsNames: ["*.priv.example.org", "priv.example.org"],
            issuerRef: { group: "cert-manager.io", kind: "Issuer", name: "own" },
            privateKey: { algorithm: "RSA", size: 3072, rotationPolicy: "Always" },
            usages: ["digital signature", "server auth"],
            revisionHistoryLimit: 1,
        });
    });
});

test("routes attach to their listener by its name, from the namespaces that it admits", () => {
    const made = plan({
        listeners: [{ ...LEAST.listeners[0], allowedRoutes: { matchLabels: { tls: "platform" } } }],
        routes: {
            shop: { listener: "shop", rules: [RULE] },
            api: {
                listener: "shop",
                namespace: "api",
                hostnames: ["shop.priv.example.org"],
                rules: [{ pathPrefix: "/api", service: "api", port: 8080 }],
            },
        },
    });
    expect(made.gateway.spec.listeners).toMatchObject([
        {
            allowedRoutes: {
                namespaces: { from: "Selector", selector: { matchLabels: { tls: "platform" } } },
            },
        },
    ]);
    const route = (name: string, namespace: string, rest: object): object => ({
        apiVersion: `${GATEWAY_API}/v1`,
        kind: "HTTPRoute",
        metadata: { name, namespace },
        spec: { parentRefs: parentRefs("shop"), ...rest },
    });
    const rule = (value: string, name: string, port: number): object => ({
        matches: [{ path: { type: "PathPrefix", value } }],
        backendRefs: [{ group: "", kind: "Service", name, port, weight: 1 }],
    });
    expect(made.routes).toEqual({
        shop: route("shop", "infra", { rules: [rule("/", "shop", 80)] }),
        api: route("api", "api", {
            hostnames: ["shop.priv.example.org"],
            rules: [rule("/api", "api", 8080)],
        }),
    });
});

describe("the redirect from HTTP", () => {
    test("is a listener of its own, and leads each host name to its port", () => {
        const made = plan({
            redirectHttp: { port: 8080 },
            listeners: [...LEAST.listeners, { name: "web", hostname: "web.priv.example.org", port: 8443 }],
        });
        expect(made.gateway.spec.listeners).toMatchObject([
            {
                name: "http",
                protocol: "HTTP",
                port: 8080,
                allowedRoutes: { namespaces: { from: "Same" } },
            },
            { name: "shop" },
            { name: "web" },
        ]);
        const redirect = (port: number, hostname: string): object => ({
            apiVersion: `${GATEWAY_API}/v1`,
            kind: "HTTPRoute",
            metadata: { name: `platform-https-${port}`, namespace: "infra" },
            spec: {
                parentRefs: parentRefs("http"),
                hostnames: [hostname],
                rules: [
                    {
                        matches: [{ path: { type: "PathPrefix", value: "/" } }],
                        filters: [
                            {
                                type: "RequestRedirect",
                                requestRedirect: { scheme: "https", port, statusCode: 301 },
                            },
                        ],
                    },
                ],
            },
        });
        expect(made.redirects).toEqual([
            redirect(443, "shop.priv.example.org"),
            redirect(8443, "web.priv.example.org"),
        ]);
    });

    test("is on port 80 unless said, and of 16 host names a route", () => {
        const made = plan({ issuer: PLAIN, listeners: many(33), redirectHttp: true });
        expect(made.gateway.spec.listeners).toContainEqual(
            expect.objectContaining({ protocol: "HTTP", port: 80 }),
        );
        expect(
            made.redirects.map(({ metadata, spec: { hostnames } }) => [
                metadata.name,
                (hostnames as unknown[]).length,
            ]),
        ).toEqual([
            ["platform-https-443", 16],
            ["platform-https-443-2", 16],
            ["platform-https-443-3", 1],
        ]);
        expect(redirectGroups([{}, { port: 8443 }, { port: 443 }])).toEqual([
            { port: 443, part: 1, listeners: [0, 2] },
            { port: 8443, part: 1, listeners: [1] },
        ]);
    });
});

describe("the component", () => {
    const ARGS: GatewayTlsArgs = {
        namespace: "infra",
        gatewayName: "platform",
        gatewayClassName: "cilium",
        issuer: { name: "vault", kind: "ClusterIssuer" },
        listeners: [{ name: "shop", hostname: "shop.priv.example.org" }],
        certificates: { "shop-tls": {} },
        routes: { shop: { listener: "shop", rules: [RULE] } },
        redirectHttp: true,
    };

    test.each([
        ["plain", ARGS],
        [
            "outputs",
            {
                ...ARGS,
                namespace: pulumi.output("infra"),
                issuer: { ...ARGS.issuer, name: pulumi.output("vault") },
                listeners: [{ name: "shop", hostname: pulumi.output("shop.priv.example.org") }],
            },
        ],
    ])("of arguments that are %s: these objects, in this order", async (_what, args: GatewayTlsArgs) => {
        let gateway: GatewayTls | undefined;
        const found = await children((opts) => (gateway = new GatewayTls("edge", args, opts)));
        if (gateway === undefined) throw new Error("no gateway");
        const made = planGateway("edge", ARGS as KnownArgs);
        expect(found.map(({ name, type, dependsOn, inputs }) => ({ name, type, dependsOn, inputs }))).toEqual(
            [
                { name: "edge", type: "portcullis:index:GatewayTls", dependsOn: [], inputs: {} },
                {
                    name: "edge-certificate-shop-tls",
                    type: "kubernetes:cert-manager.io/v1:Certificate",
                    dependsOn: [],
                    inputs: made.certificates["shop-tls"],
                },
                {
                    name: "edge-gateway",
                    type: `kubernetes:${GATEWAY_API}/v1:Gateway`,
                    dependsOn: ["edge-certificate-shop-tls"],
                    inputs: made.gateway,
                },
                {
                    name: "edge-route-shop",
                    type: `kubernetes:${GATEWAY_API}/v1:HTTPRoute`,
                    dependsOn: ["edge-gateway"],
                    inputs: made.routes.shop,
                },
                {
                    name: "edge-redirect-443",
                    type: `kubernetes:${GATEWAY_API}/v1:HTTPRoute`,
                    dependsOn: ["edge-gateway"],
                    inputs: made.redirects[0],
                },
            ],
        );
        expect(found.slice(1).map(({ parent }) => parent)).toEqual(["edge", "edge", "edge", "edge"]);
        expect(await settled(gateway.gatewayName)).toBe("platform");
        expect(await settled(gateway.namespace)).toBe("infra");
        expect(await settled(gateway.secretNames)).toEqual(["shop-tls"]);
        expect(await settled(gateway.hostNames)).toEqual(["shop.priv.example.org"]);
    });

    test("refuses plain arguments where it is declared", () => {
        expect(() => new GatewayTls("edge", { ...ARGS, gatewayClassName: "" })).toThrow(
            'GatewayTls "edge" is refused:\n  - gatewayClassName: It is no name of a class.',
        );
    });
});
