/** What GatewayTls refuses when it is declared: of certificates and routes. */
import { describe, expect, test } from "@jest/globals";
import { PLAIN, RULE, WILD, certificate, many, one, reference, refusals, route } from "./fixture";

describe("refused, with what to do", () => {
    test.each<readonly [string, object, ...string[]]>([
        [
            "a certificate without name",
            { certificates: { "": {} } },
            'certificates[""]: That is no name of a secret. Write lower-case letters, digits, hyphens and dots, as "shop-tls".',
        ],
        [
            "a certificate that nobody uses",
            { ...reference({}), certificates: { "shop-tls": {}, other: {} } },
            'certificates["other"]: No listener uses it. Name it in a listener\'s tls.certificateRefs, or leave it out.',
        ],
        [
            "a secret that nobody writes",
            { ...reference({ name: "lost" }), ...certificate({}) },
            'listeners[0].tls.certificateRefs: No certificate is issued into "lost", which the listener "shop" uses. Name one of those in certificates: shop-tls.',
            'certificates["shop-tls"]: No listener uses it. Name it in a listener\'s tls.certificateRefs, or leave it out.',
        ],
        [
            "no certificate at all",
            { certificates: {} },
            'listeners[0].tls.certificateRefs: No certificate is issued into "platform-tls", which the listener "shop" uses. Name one of those in certificates: there is none.',
        ],
        [
            "a certificate's issuer of another namespace",
            certificate({ issuer: { name: "shop", kind: "Issuer", namespace: "shop" } }),
            'certificates["shop-tls"].issuer.namespace: The Issuer "shop" of the namespace "shop" issues there alone, and the Gateway is in "infra". Use a ClusterIssuer, or an Issuer there.',
        ],
        [
            "names without the listener's",
            certificate({ dnsNames: ["web.priv.example.org"] }),
            'certificates["shop-tls"].dnsNames: None of them is good for "shop.priv.example.org", which the listener "shop" serves with this certificate ("*" stands for exactly one label). Add it, or leave dnsNames out.',
        ],
        [
            "a wildcard two labels below",
            {
                ...one({ hostname: "a.b.example.org" }),
                issuer: PLAIN,
                ...certificate({ dnsNames: ["*.example.org"] }),
            },
            'certificates["shop-tls"].dnsNames: None of them is good for "a.b.example.org", which the listener "shop" serves with this certificate ("*" stands for exactly one label). Add it, or leave dnsNames out.',
        ],
        [
            "a name twice",
            certificate({ dnsNames: ["shop.priv.example.org", "shop.priv.example.org"] }),
            'certificates["shop-tls"].dnsNames: "shop.priv.example.org" stands there twice. Give it once.',
        ],
        [
            "a name that is none",
            certificate({ dnsNames: ["shop.priv.example.org", "a b"] }),
            'certificates["shop-tls"].dnsNames[1]: "a b" is no host name. Write two labels or more of letters, digits and hyphens, as "shop.example.org".',
        ],
        [
            "a name of somebody else",
            certificate({ dnsNames: ["shop.priv.example.org", "example.com"] }),
            'certificates["shop-tls"].dnsNames[1]: "example.com" is in none of the domains of the ClusterIssuer "vault": priv.example.org. Name another issuer, or a host name in one of them.',
        ],
        [
            "a wildcard among the names",
            certificate({ dnsNames: ["*.priv.example.org"] }),
            'certificates["shop-tls"].dnsNames[0]: "*.priv.example.org" is a wildcard, which the role of the ClusterIssuer "vault" does not allow. List the host names, or allow wildcards there.',
        ],
        [
            "a common name of 65 bytes",
            certificate({ commonName: "é".repeat(33) }),
            'certificates["shop-tls"].commonName: It has more than 64 bytes. Leave it out: clients read dnsNames alone.',
        ],
        [
            "a common name that is not among the names",
            certificate({ commonName: "web.priv.example.org" }),
            'certificates["shop-tls"].commonName: "web.priv.example.org" is not among dnsNames, and issuers refuse that. Add it there, or leave it out.',
        ],
        [
            "a duration in words",
            certificate({ duration: "90 days" }),
            'certificates["shop-tls"].duration: "90 days" is no duration. Write a whole number with its unit, s, m, h or d, of at most 36500 days: "365d", "8h", "30m" or "90s".',
        ],
        [
            "a duration of minutes",
            certificate({ duration: "59m" }),
            'certificates["shop-tls"].duration: cert-manager refuses less than 1h. Give more.',
        ],
        [
            "longer than the issuer's",
            certificate({ duration: "91d" }),
            'certificates["shop-tls"].duration: It is longer than 90d, which the ClusterIssuer "vault" issues at most. Give less, or leave it out.',
        ],
        [
            "renewed four minutes before",
            certificate({ renewBefore: "4m" }),
            'certificates["shop-tls"].renewBefore: cert-manager refuses less than 5m. Give more.',
        ],
        [
            "renewed as soon as issued",
            certificate({ duration: "24h", renewBefore: "1d" }),
            'certificates["shop-tls"].renewBefore: It is not shorter than the duration, so that renewing would never end. Give less.',
        ],
        [
            "a key of its own kind",
            certificate({ keyAlgorithm: "RSA-1024" }),
            'certificates["shop-tls"].keyAlgorithm: "RSA-1024" is no algorithm here. Write one of RSA-2048, RSA-3072, RSA-4096, EC-P256, EC-P384.',
        ],
        [
            "a route's name",
            { routes: { Shop: { listener: "shop", rules: [{ service: "shop", port: 80 }] } } },
            'routes["Shop"]: That is no name of a route. Write lower-case letters, digits, hyphens and dots, as "shop".',
        ],
        [
            "a route to no listener",
            route({ listener: "web" }),
            'routes["shop"].listener: There is no listener "web". Name one of shop.',
        ],
        [
            "a route of another namespace",
            route({ namespace: "shop" }),
            'routes["shop"].namespace: The listener "shop" admits routes of "infra" alone, so that this one would not attach. Set allowedRoutes there.',
        ],
        [
            "a route of no namespace",
            { ...one({ allowedRoutes: "All" }), ...route({ namespace: "Shop" }) },
            'routes["shop"].namespace: It is no name of a namespace. Write letters, digits and hyphens.',
        ],
        [
            "17 host names of a route",
            { ...WILD, ...route({ listener: "all", hostnames: many(17).map(({ hostname }) => hostname) }) },
            'routes["shop"].hostnames: There are 17, and a route has at most 16. Make a second route.',
        ],
        [
            "a route's host name twice",
            route({ hostnames: ["shop.priv.example.org", "shop.priv.example.org"] }),
            'routes["shop"].hostnames: "shop.priv.example.org" stands there twice. Give it once.',
        ],
        [
            "a route's host name that is none",
            route({ hostnames: ["shop_1.priv.example.org"] }),
            'routes["shop"].hostnames[0]: "shop_1.priv.example.org" is no host name. Write two labels or more of letters, digits and hyphens, as "shop.example.org".',
        ],
        [
            "a route's host name elsewhere",
            route({ hostnames: ["web.priv.example.org"] }),
            'routes["shop"].hostnames[0]: "web.priv.example.org" is not within "shop.priv.example.org" of the listener "shop", so that it would never be served. Name another listener.',
        ],
        [
            "a route's host name that the certificate is not good for",
            { ...WILD, ...route({ listener: "all", hostnames: ["a.b.example.org"] }) },
            'routes["shop"].hostnames[0]: The listener "all" takes "a.b.example.org", and its certificate is not good for it: "*" stands for exactly one label there. Give it a listener of its own, or add it to dnsNames.',
        ],
        [
            "a route's wildcard that the certificate is not good for",
            { ...WILD, ...route({ listener: "all", hostnames: ["*.b.example.org"] }) },
            'routes["shop"].hostnames[0]: The listener "all" takes "*.b.example.org", and its certificate is not good for it: "*" stands for exactly one label there. Give it a listener of its own.',
        ],
        ["no rule", route({ rules: [] }), 'routes["shop"].rules: There are 0. Give from 1 to 16.'],
        [
            "two rules for one path",
            route({ rules: [RULE, { ...RULE, pathPrefix: "/" }] }),
            'routes["shop"].rules: Two are for "/", and only one of them would serve. Keep one.',
        ],
        [
            "a service in another namespace",
            route({ rules: [{ ...RULE, service: "shop.other" }] }),
            'routes["shop"].rules[0].service: It is no name of a service. Write its name alone; it is in the route\'s namespace.',
        ],
        [
            "a service without port",
            route({ rules: [{ ...RULE, port: 0 }] }),
            'routes["shop"].rules[0].port: 0 is no port. Give a whole number from 1 to 65535.',
        ],
        [
            "a path that leads elsewhere",
            route({ rules: [{ ...RULE, pathPrefix: "/a/../b" }] }),
            'routes["shop"].rules[0].pathPrefix: "/a/../b" is no path. Begin with "/", without "//", "." and "..", as "/api".',
        ],
        [
            "a path without slash",
            route({ rules: [{ ...RULE, pathPrefix: "api" }] }),
            'routes["shop"].rules[0].pathPrefix: "api" is no path. Begin with "/", without "//", "." and "..", as "/api".',
        ],
    ])("%s", (_what, changes, ...expected) => {
        expect(refusals(changes)).toEqual(expected);
    });
});
