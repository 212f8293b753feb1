/** Arguments of GatewayTls that tests change, and what is said of them. */
import { planGateway, type KnownArgs } from "../../../../components/gateway-tls/plan";
import { PortcullisError } from "../../../../provider/errors";

/** The least that is accepted, with an issuer of which all is known. */
export const LEAST = {
    namespace: "infra",
    gatewayName: "platform",
    gatewayClassName: "cilium",
    issuer: {
        name: "vault",
        kind: "ClusterIssuer",
        limits: {
            domains: ["priv.example.org"],
            allowWildcards: false,
            allowBareDomains: false,
            leafLifetime: "90d",
        },
    },
    listeners: [{ name: "shop", hostname: "shop.priv.example.org" }],
} as const satisfies KnownArgs;

/** An issuer of which nothing is known. */
export const PLAIN = { name: "plain", kind: "ClusterIssuer" } as const;

export const RULE = { service: "shop", port: 80 } as const;

/** Listeners in great number. */
export function many(count: number): { readonly name: string; readonly hostname: string }[] {
    return Array.from({ length: count }, (_, index) => ({
        name: `host-${index}`,
        hostname: `host-${index}.example.org`,
    }));
}

/** The least with one listener changed. */
export const one = (changes: object): object => ({ listeners: [{ ...LEAST.listeners[0], ...changes }] });
export const reference = (changes: object): object =>
    one({ tls: { certificateRefs: [{ name: "shop-tls", ...changes }] } });
export const certificate = (changes: object): object => ({ certificates: { "shop-tls": changes } });
export const route = (changes: object): object => ({
    routes: { shop: { listener: "shop", rules: [RULE], ...changes } },
});
export const WILD = { issuer: PLAIN, listeners: [{ name: "all", hostname: "*.example.org" }] };

/** What is said of each fault. Programs without types may give anything, so the changes are of no type. */
export function refusals(changes: object): readonly string[] {
    try {
        planGateway("edge", { ...LEAST, ...changes });
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return error.problem.split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice(4)] : []));
    }
    return [];
}
