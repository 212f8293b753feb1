/** The Gateway's HTTPS listeners: what follows from their arguments, and what is refused of them. */
import type * as pulumi from "@pulumi/pulumi";
import { hostNameRefusal, type Issuer } from "../../provider/kubernetes/issuer";
import { isHostName, isSubdomain } from "../../provider/kubernetes/names";
import type { CheckFailure } from "../../provider/resource";
import type { CertificateRefArgs, GatewayTlsArgs, ListenerArgs } from "./args";

export type KnownListener = pulumi.Unwrap<ListenerArgs>;

/** A listener whose arguments are in order. */
export interface Listener {
    readonly name: string;
    readonly hostname: string;
    readonly port: number;
    readonly secretName: string;
    readonly allowedRoutes: "Same" | "All" | { readonly matchLabels: Readonly<Record<string, string>> };
}

/** A Gateway has no more of them. */
const MOST = 64;

/** The port of the redirecting listener; undefined where there is none. */
export function redirectPort({
    redirectHttp = false,
}: Pick<GatewayTlsArgs, "redirectHttp">): number | undefined {
    if (redirectHttp === false) return undefined;
    return redirectHttp === true ? 80 : redirectHttp.port;
}

/** The listener with its defaults; faults in it are found by `listenerFailures`. */
export function listenerOf(given: KnownListener, defaultSecret: string): Listener {
    return {
        name: given.name,
        hostname: given.hostname,
        port: given.port ?? 443,
        secretName: given.tls?.certificateRefs?.[0]?.name ?? defaultSecret,
        allowedRoutes: given.allowedRoutes ?? "Same",
    };
}

/** What is wrong with the listeners, each by itself and all together. */
export function listenerFailures(
    given: readonly KnownListener[],
    namespace: string,
    redirect: number | undefined,
): readonly CheckFailure[] {
    const failures: CheckFailure[] = given.flatMap((listener, index) =>
        eachFailures(listener, `listeners[${index}]`, namespace),
    );
    const refuse = (property: string, reason: string) => failures.push({ property, reason });
    if (given.length === 0) refuse("listeners", "It is empty. Give at least one listener.");
    const count = given.length + (redirect === undefined ? 0 : 1);
    if (count > MOST) {
        refuse(
            "listeners",
            `With that for redirectHttp there are ${count}, and a Gateway has at most ${MOST}. Make a second Gateway.`,
        );
    }
    const [name] = repeated(given.map((listener) => listener.name));
    if (name !== undefined) {
        refuse(
            "listeners",
            `Two have the name "${name}", so that a route could not say which one it means. Name each differently.`,
        );
    }
    const [place] = repeated(given.map(({ port = 443, hostname }) => `${port} for "${hostname}"`));
    if (place !== undefined) {
        refuse("listeners", `Two are on port ${place}, and only one of them would serve. Keep one.`);
    }
    if (redirect !== undefined) failures.push(...redirectFailures(given, redirect));
    return failures;
}

/** The name of the listener for HTTP. */
export const REDIRECT_LISTENER = "http";

function redirectFailures(given: readonly KnownListener[], port: number): readonly CheckFailure[] {
    const failures: CheckFailure[] = portFailures("redirectHttp.port", port);
    if (given.some((listener) => listener.name === REDIRECT_LISTENER)) {
        failures.push({
            property: "listeners",
            reason: `"${REDIRECT_LISTENER}" is the name of the listener that redirects. Give yours another one.`,
        });
    }
    if (given.some((listener) => (listener.port ?? 443) === port)) {
        failures.push({
            property: "redirectHttp.port",
            reason: `On port ${port} there is a listener for HTTPS already. Give the redirect a port of its own.`,
        });
    }
    return failures;
}

function eachFailures(listener: KnownListener, property: string, namespace: string): readonly CheckFailure[] {
    const { name, hostname, port = 443, allowedRoutes = "Same" } = listener;
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}.${part}`, reason });
    if (!isSubdomain(name)) {
        refuse(
            "name",
            'It is no name of a listener. Write lower-case letters, digits and hyphens, as "https".',
        );
    }
    failures.push(
        ...hostNameFailures(`${property}.hostname`, hostname),
        ...portFailures(`${property}.port`, port),
    );
    failures.push(...tlsFailures(listener, `${property}.tls`, namespace));
    if (typeof allowedRoutes === "object" && Object.keys(allowedRoutes.matchLabels).length === 0) {
        refuse(
            "allowedRoutes.matchLabels",
            'It is empty, which admits every namespace. Write "All" where that is meant.',
        );
    }
    return failures;
}

function hostNameFailures(property: string, hostname: string | undefined): readonly CheckFailure[] {
    if (hostname === undefined || hostname === "") {
        return [
            {
                property,
                reason: 'There is none, and cert-manager skips such a listener without an error. Give the name that clients ask for, as "shop.example.org".',
            },
        ];
    }
    return isHostName(hostname) ? [] : [{ property, reason: notHostName(hostname) }];
}

/** What is said of a text that is no host name. */
export function notHostName(text: string): string {
    const shown = JSON.stringify(text.slice(0, 255));
    if (/^[0-9.]+$/.test(text) || text.includes(":")) {
        return `${shown} is an address, and Gateway API takes names alone. Write a host name, without port.`;
    }
    if (text !== text.toLowerCase()) {
        return `${shown} has capital letters, which Gateway API refuses. Write ${JSON.stringify(text.toLowerCase().slice(0, 255))}.`;
    }
    if (text.includes("*")) {
        return `${shown} is no wildcard that Gateway API takes. Write "*" as the whole first label above two others, as "*.example.org".`;
    }
    return `${shown} is no host name. Write two labels or more of letters, digits and hyphens, as "shop.example.org".`;
}

export function portFailures(property: string, port: number): CheckFailure[] {
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return [];
    return [{ property, reason: `${port} is no port. Give a whole number from 1 to 65535.` }];
}

function tlsFailures(
    { tls = {} }: KnownListener,
    property: string,
    namespace: string,
): readonly CheckFailure[] {
    const { mode = "Terminate", certificateRefs } = tls;
    const failures: CheckFailure[] = [];
    if (mode !== "Terminate") {
        failures.push({
            property: `${property}.mode`,
            reason:
                mode === "Passthrough"
                    ? "With Passthrough the Gateway uses no certificate, and cert-manager issues none, without an error. Leave it out, or serve such a listener by another Gateway."
                    : `${JSON.stringify(mode)} is no mode of a listener for HTTPS. Leave it out, or write "Terminate".`,
        });
    }
    if (certificateRefs !== undefined && certificateRefs.length !== 1) {
        failures.push({
            property: `${property}.certificateRefs`,
            reason: `There are ${certificateRefs.length}, and every Gateway takes exactly one. Name one secret, or leave it out for the default.`,
        });
    }
    for (const [index, reference] of (certificateRefs ?? []).entries()) {
        failures.push(...referenceFailures(reference, `${property}.certificateRefs[${index}]`, namespace));
    }
    return failures;
}

function referenceFailures(
    reference: pulumi.Unwrap<CertificateRefArgs>,
    property: string,
    namespace: string,
): readonly CheckFailure[] {
    const { kind = "Secret", group = "", namespace: other = namespace } = reference;
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}.${part}`, reason });
    if (!isSubdomain(reference.name)) {
        refuse(
            "name",
            'It is no name of a secret. Write lower-case letters, digits, hyphens and dots, as "shop-tls".',
        );
    }
    if (other !== namespace) {
        refuse(
            "namespace",
            `It is ${JSON.stringify(other)}, and the Gateway is in ${JSON.stringify(namespace)}: cert-manager skips the listener without an error. Leave it out.`,
        );
    }
    if (kind !== "Secret") {
        refuse("kind", `It is ${JSON.stringify(kind)}, and cert-manager writes secrets alone. Leave it out.`);
    }
    if (group !== "") {
        refuse(
            "group",
            `It is ${JSON.stringify(group)}, and secrets are of the core group, which is "". Leave it out.`,
        );
    }
    return failures;
}

/** What the issuer would not issue for the listeners. */
export function issuedFailures(
    listeners: readonly Listener[],
    issuerOfSecret: (secretName: string) => Issuer | undefined,
): readonly CheckFailure[] {
    return listeners.flatMap(({ hostname, secretName }, index) => {
        const issuer = issuerOfSecret(secretName);
        const reason = issuer && hostNameRefusal(issuer, hostname);
        return reason === undefined ? [] : [{ property: `listeners[${index}].hostname`, reason }];
    });
}

/** Those that stand there more than once. */
export function repeated(texts: readonly string[]): readonly string[] {
    return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}
