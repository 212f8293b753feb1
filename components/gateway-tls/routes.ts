/** The HTTPRoutes of the component's own: what is refused of them, and the redirects from HTTP. */
import type * as pulumi from "@pulumi/pulumi";
import {
    covers,
    isHostName,
    isLabel,
    isSubdomain,
    isWildcard,
    listenerTakes,
} from "../../provider/kubernetes/names";
import type { CheckFailure } from "../../provider/resource";
import type { ListenerArgs, RouteArgs } from "./args";
import { notHostName, portFailures, repeated, type Listener } from "./listeners";

export type KnownRoute = pulumi.Unwrap<RouteArgs>;

/** An HTTPRoute has no more host names, and no more rules. */
const MOST = 16;

/** What is wrong with one route, attached to one of the listeners. */
export function routeFailures(
    name: string,
    route: KnownRoute,
    gateway: { readonly namespace: string; readonly listeners: readonly Listener[] },
    namesOfSecret: (secretName: string) => readonly string[],
): readonly CheckFailure[] {
    const property = `routes["${name}"]`;
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}${part}`, reason });
    if (!isSubdomain(name)) {
        refuse(
            "",
            'That is no name of a route. Write lower-case letters, digits, hyphens and dots, as "shop".',
        );
    }
    const listener = gateway.listeners.find((one) => one.name === route.listener);
    if (listener === undefined) {
        const known = gateway.listeners.map((one) => one.name).join(", ");
        refuse(".listener", `There is no listener "${route.listener}". Name one of ${known}.`);
    } else {
        const { namespace = gateway.namespace } = route;
        if (!isLabel(namespace))
            refuse(".namespace", "It is no name of a namespace. Write letters, digits and hyphens.");
        if (listener.allowedRoutes === "Same" && namespace !== gateway.namespace) {
            refuse(
                ".namespace",
                `The listener "${listener.name}" admits routes of "${gateway.namespace}" alone, so that this one would not attach. Set allowedRoutes there.`,
            );
        }
        failures.push(...hostFailures(route, listener, namesOfSecret(listener.secretName), property));
    }
    return [...failures, ...ruleFailures(route, property)];
}

function hostFailures(
    { hostnames = [] }: KnownRoute,
    listener: Listener,
    certificateNames: readonly string[],
    property: string,
): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}.hostnames${part}`, reason });
    if (hostnames.length > MOST)
        refuse("", `There are ${hostnames.length}, and a route has at most ${MOST}. Make a second route.`);
    const [twice] = repeated(hostnames);
    if (twice !== undefined) refuse("", `"${twice}" stands there twice. Give it once.`);
    for (const [index, hostname] of hostnames.entries()) {
        if (!isHostName(hostname)) {
            refuse(`[${index}]`, notHostName(hostname));
        } else if (!listenerTakes(listener.hostname, hostname)) {
            refuse(
                `[${index}]`,
                `"${hostname}" is not within "${listener.hostname}" of the listener "${listener.name}", so that it would never be served. Name another listener.`,
            );
        } else if (!certificateNames.some((name) => covers(name, hostname))) {
            refuse(
                `[${index}]`,
                `The listener "${listener.name}" takes "${hostname}", and its certificate is not good for it: "*" stands for exactly one label there. Give it a listener of its own${isWildcard(hostname) ? "" : ", or add it to dnsNames"}.`,
            );
        }
    }
    return failures;
}

function ruleFailures({ rules }: KnownRoute, property: string): readonly CheckFailure[] {
    if (rules.length < 1 || rules.length > MOST) {
        return [
            { property: `${property}.rules`, reason: `There are ${rules.length}. Give from 1 to ${MOST}.` },
        ];
    }
    const [twice] = repeated(rules.map(({ pathPrefix = "/" }) => pathPrefix));
    return [
        ...(twice === undefined
            ? []
            : [
                  {
                      property: `${property}.rules`,
                      reason: `Two are for "${twice}", and only one of them would serve. Keep one.`,
                  },
              ]),
        ...rules.flatMap(({ pathPrefix = "/", service, port }, index) => {
            const failures = portFailures(`${property}.rules[${index}].port`, port);
            if (!isLabel(service)) {
                failures.push({
                    property: `${property}.rules[${index}].service`,
                    reason: "It is no name of a service. Write its name alone; it is in the route's namespace.",
                });
            }
            if (
                !/^\/[A-Za-z0-9/\-._~!$&'()*+,;=:@%]*$/.test(pathPrefix) ||
                /\/\/|\/\.{1,2}(\/|$)|%2f/i.test(pathPrefix)
            ) {
                failures.push({
                    property: `${property}.rules[${index}].pathPrefix`,
                    reason: `${JSON.stringify(pathPrefix.slice(0, 255))} is no path. Begin with "/", without "//", "." and "..", as "/api".`,
                });
            }
            return failures;
        }),
    ];
}

/** The listeners that one redirecting route is for: those of one port, no more than it has host names. */
export interface RedirectGroup {
    readonly port: number;
    /** 1, 2, … within the port. */
    readonly part: number;
    /** Indices of the listeners. */
    readonly listeners: readonly number[];
}

/** The routes that redirect; ports are known before any host name is. */
export function redirectGroups(listeners: readonly Pick<ListenerArgs, "port">[]): readonly RedirectGroup[] {
    const ports = [...new Set(listeners.map(({ port = 443 }) => port))];
    return ports.flatMap((port) => {
        const indices = [...listeners.keys()].filter((index) => (listeners[index]?.port ?? 443) === port);
        return Array.from({ length: Math.ceil(indices.length / MOST) }, (_, part) => ({
            port,
            part: part + 1,
            listeners: indices.slice(part * MOST, (part + 1) * MOST),
        }));
    });
}
