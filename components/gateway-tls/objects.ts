/** The objects of GatewayTls as they are applied, with what the API server would fill in where it matters. */
import { goDuration } from "../../provider/kubernetes/durations";
import type { KubernetesObject, Metadata } from "../../provider/kubernetes/object";
import type { KeyAlgorithm } from "../../provider/pki/keys";
import type { Certificate } from "./certificates";
import { REDIRECT_LISTENER, type Listener } from "./listeners";
import type { KnownRoute, RedirectGroup } from "./routes";

/** What all of them have in common. */
export interface Common {
    readonly namespace: string;
    readonly gatewayName: string;
    readonly labels: Readonly<Record<string, string>>;
}

const GATEWAY_API = "gateway.networking.k8s.io";

function metadata(
    { labels }: Common,
    name: string,
    namespace: string,
    annotations: Readonly<Record<string, string>> = {},
): Metadata {
    return {
        name,
        namespace,
        ...(Object.keys(annotations).length > 0 && { annotations }),
        ...(Object.keys(labels).length > 0 && { labels }),
    };
}

export interface GatewayParts {
    readonly className: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly listeners: readonly Listener[];
    /** Port of the listener for HTTP; undefined where there is none. */
    readonly redirect: number | undefined;
}

export function gatewayObject(common: Common, parts: GatewayParts): KubernetesObject {
    const http = {
        name: REDIRECT_LISTENER,
        protocol: "HTTP",
        port: parts.redirect,
        // Nobody else may answer in clear.
        allowedRoutes: { namespaces: { from: "Same" } },
    };
    return {
        apiVersion: `${GATEWAY_API}/v1`,
        kind: "Gateway",
        metadata: metadata(common, common.gatewayName, common.namespace, parts.annotations),
        spec: {
            gatewayClassName: parts.className,
            listeners: [
                ...(parts.redirect === undefined ? [] : [http]),
                ...parts.listeners.map(listenerObject),
            ],
        },
    };
}

function listenerObject({ name, hostname, port, secretName, allowedRoutes }: Listener): object {
    return {
        name,
        hostname,
        port,
        protocol: "HTTPS",
        tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: secretName }] },
        allowedRoutes: {
            namespaces:
                typeof allowedRoutes === "string"
                    ? { from: allowedRoutes }
                    : { from: "Selector", selector: { matchLabels: allowedRoutes.matchLabels } },
        },
    };
}

const KEYS: Readonly<Record<KeyAlgorithm, { readonly algorithm: string; readonly size: number }>> = {
    "EC-P256": { algorithm: "ECDSA", size: 256 },
    "EC-P384": { algorithm: "ECDSA", size: 384 },
    "RSA-2048": { algorithm: "RSA", size: 2048 },
    "RSA-3072": { algorithm: "RSA", size: 3072 },
    "RSA-4096": { algorithm: "RSA", size: 4096 },
};

export function certificateObject(common: Common, certificate: Certificate): KubernetesObject {
    const { secretName, issuer, dnsNames, commonName, duration, renewBefore, keyAlgorithm } = certificate;
    return {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: metadata(common, secretName, common.namespace),
        spec: {
            secretName,
            duration: goDuration(duration),
            renewBefore: goDuration(renewBefore),
            ...(commonName !== undefined && { commonName }),
            dnsNames,
            issuerRef: { group: "cert-manager.io", kind: issuer.kind, name: issuer.name },
            privateKey: { ...KEYS[keyAlgorithm], rotationPolicy: "Always" },
            // A server's alone: authorities of the public web no longer issue for clients.
            usages: ["digital signature", "server auth"],
            revisionHistoryLimit: 1,
        },
    };
}

function routeTo(
    common: Common,
    place: { readonly name: string; readonly namespace: string; readonly listener: string },
    spec: { readonly hostnames: readonly string[]; readonly rules: readonly object[] },
): KubernetesObject {
    const parent = {
        group: GATEWAY_API,
        kind: "Gateway",
        namespace: common.namespace,
        name: common.gatewayName,
        sectionName: place.listener,
    };
    const { hostnames, rules } = spec;
    return {
        apiVersion: `${GATEWAY_API}/v1`,
        kind: "HTTPRoute",
        metadata: metadata(common, place.name, place.namespace),
        spec: { parentRefs: [parent], ...(hostnames.length > 0 && { hostnames }), rules },
    };
}

export function routeObject(common: Common, name: string, route: KnownRoute): KubernetesObject {
    const { namespace = common.namespace, listener, hostnames = [] } = route;
    return routeTo(
        common,
        { name, namespace, listener },
        {
            hostnames,
            rules: route.rules.map(({ pathPrefix = "/", service, port }) => ({
                matches: [matches(pathPrefix)],
                backendRefs: [{ group: "", kind: "Service", name: service, port, weight: 1 }],
            })),
        },
    );
}

function matches(value: string): object {
    return { path: { type: "PathPrefix", value } };
}

/** The name of the route that redirects to a group of listeners. */
export function redirectName(gatewayName: string, { port, part }: RedirectGroup): string {
    return `${gatewayName}-https-${port}${part > 1 ? `-${part}` : ""}`;
}

/** Redirects to HTTPS at the port of the listeners, for their host names alone. */
export function redirectObject(
    common: Common,
    group: RedirectGroup,
    listeners: readonly Listener[],
): KubernetesObject {
    const { port } = group;
    const hostnames = group.listeners.flatMap((index) => listeners[index]?.hostname ?? []);
    return routeTo(
        common,
        {
            name: redirectName(common.gatewayName, group),
            namespace: common.namespace,
            listener: REDIRECT_LISTENER,
        },
        {
            hostnames: [...new Set(hostnames)],
            rules: [
                {
                    matches: [matches("/")],
                    filters: [
                        {
                            type: "RequestRedirect",
                            requestRedirect: { scheme: "https", port, statusCode: 301 },
                        },
                    ],
                },
            ],
        },
    );
}
