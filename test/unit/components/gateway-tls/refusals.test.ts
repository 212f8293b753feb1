/** What GatewayTls refuses when it is declared: of its place, issuer, listeners and annotations. */
import { describe, expect, test } from "@jest/globals";
import { planGateway } from "../../../../components/gateway-tls/plan";
import { LEAST, PLAIN, certificate, many, one, reference, refusals } from "./fixture";

describe("refused, with what to do", () => {
    test.each<readonly [string, object, ...string[]]>([
        [
            "no namespace's name",
            { namespace: "Infra" },
            "namespace: It is no name of a namespace. Write letters, digits and hyphens.",
        ],
        [
            "no Gateway's name",
            { gatewayName: "platform.public" },
            "gatewayName: It is no name of a Gateway here. Write 1 to 63 lower-case letters, digits and hyphens.",
        ],
        [
            "no class",
            { gatewayClassName: "" },
            'gatewayClassName: It is no name of a class. Write that of a GatewayClass in the cluster, as "cilium".',
        ],
        [
            "an issuer without name",
            { issuer: { name: "", kind: "ClusterIssuer" } },
            "issuer.name: It is no name of an issuer. Give that of an Issuer or ClusterIssuer.",
        ],
        [
            "another kind of issuer",
            { issuer: { name: "vault", kind: "VaultIssuer" } },
            'issuer.kind: "VaultIssuer" is no kind of cert-manager\'s own issuers. Write "ClusterIssuer" or "Issuer".',
        ],
        [
            "an Issuer of another namespace",
            { issuer: { name: "vault", kind: "Issuer", namespace: "shop" } },
            'issuer.namespace: The Issuer "vault" of the namespace "shop" issues there alone, and the Gateway is in "infra". Use a ClusterIssuer, or an Issuer there.',
        ],
        [
            "a ClusterIssuer in a namespace",
            { issuer: { name: "vault", kind: "ClusterIssuer", namespace: "infra" } },
            "issuer.namespace: A ClusterIssuer is in no namespace. Leave it out.",
        ],
        [
            "an issuer of no lifetime",
            { issuer: { name: "vault", kind: "Issuer", limits: { leafLifetime: "90 days" } } },
            'issuer.limits.leafLifetime: It is no duration. Write it as "90d".',
        ],
        ["no listener", { listeners: [] }, "listeners: It is empty. Give at least one listener."],
        [
            "65 listeners",
            { issuer: PLAIN, listeners: many(64), redirectHttp: true },
            "listeners: With that for redirectHttp there are 65, and a Gateway has at most 64. Make a second Gateway.",
        ],
        [
            "two of one name",
            { listeners: [...LEAST.listeners, { name: "shop", hostname: "web.priv.example.org" }] },
            'listeners: Two have the name "shop", so that a route could not say which one it means. Name each differently.',
        ],
        [
            "two of one place",
            {
                listeners: [
                    ...LEAST.listeners,
                    { name: "web", hostname: "shop.priv.example.org", port: 443 },
                ],
            },
            'listeners: Two are on port 443 for "shop.priv.example.org", and only one of them would serve. Keep one.',
        ],
        [
            "a name with a capital letter",
            one({ name: "Shop" }),
            'listeners[0].name: It is no name of a listener. Write lower-case letters, digits and hyphens, as "https".',
        ],
        [
            "no host name",
            one({ hostname: "" }),
            'listeners[0].hostname: There is none, and cert-manager skips such a listener without an error. Give the name that clients ask for, as "shop.example.org".',
        ],
        [
            "an address",
            one({ hostname: "10.0.0.1" }),
            'listeners[0].hostname: "10.0.0.1" is an address, and Gateway API takes names alone. Write a host name, without port.',
        ],
        [
            "a port in the host name",
            one({ hostname: "shop.priv.example.org:443" }),
            'listeners[0].hostname: "shop.priv.example.org:443" is an address, and Gateway API takes names alone. Write a host name, without port.',
        ],
        [
            "capital letters",
            one({ hostname: "Shop.priv.example.org" }),
            'listeners[0].hostname: "Shop.priv.example.org" has capital letters, which Gateway API refuses. Write "shop.priv.example.org".',
        ],
        [
            "a wildcard in the middle",
            one({ hostname: "shop.*.example.org" }),
            'listeners[0].hostname: "shop.*.example.org" is no wildcard that Gateway API takes. Write "*" as the whole first label above two others, as "*.example.org".',
        ],
        [
            "a wildcard as part of a label",
            one({ hostname: "*shop.example.org" }),
            'listeners[0].hostname: "*shop.example.org" is no wildcard that Gateway API takes. Write "*" as the whole first label above two others, as "*.example.org".',
        ],
        [
            "a wildcard of a top-level domain",
            one({ hostname: "*.org" }),
            'listeners[0].hostname: "*.org" is no wildcard that Gateway API takes. Write "*" as the whole first label above two others, as "*.example.org".',
        ],
        [
            "everything",
            one({ hostname: "*" }),
            'listeners[0].hostname: "*" is no wildcard that Gateway API takes. Write "*" as the whole first label above two others, as "*.example.org".',
        ],
        [
            "one label",
            one({ hostname: "shop" }),
            'listeners[0].hostname: "shop" is no host name. Write two labels or more of letters, digits and hyphens, as "shop.example.org".',
        ],
        [
            "a trailing dot",
            one({ hostname: "shop.priv.example.org." }),
            'listeners[0].hostname: "shop.priv.example.org." is no host name. Write two labels or more of letters, digits and hyphens, as "shop.example.org".',
        ],
        ["port 0", one({ port: 0 }), "listeners[0].port: 0 is no port. Give a whole number from 1 to 65535."],
        [
            "half a port",
            one({ port: 443.5 }),
            "listeners[0].port: 443.5 is no port. Give a whole number from 1 to 65535.",
        ],
        [
            "port 65536",
            one({ port: 65_536 }),
            "listeners[0].port: 65536 is no port. Give a whole number from 1 to 65535.",
        ],
        [
            "Passthrough",
            one({ tls: { mode: "Passthrough" } }),
            "listeners[0].tls.mode: With Passthrough the Gateway uses no certificate, and cert-manager issues none, without an error. Leave it out, or serve such a listener by another Gateway.",
        ],
        [
            "a mode of its own",
            one({ tls: { mode: "terminate" } }),
            'listeners[0].tls.mode: "terminate" is no mode of a listener for HTTPS. Leave it out, or write "Terminate".',
        ],
        [
            "labels of everybody",
            one({ allowedRoutes: { matchLabels: {} } }),
            'listeners[0].allowedRoutes.matchLabels: It is empty, which admits every namespace. Write "All" where that is meant.',
        ],
        [
            "no secret",
            one({ tls: { certificateRefs: [] } }),
            "listeners[0].tls.certificateRefs: There are 0, and every Gateway takes exactly one. Name one secret, or leave it out for the default.",
        ],
        [
            "two secrets",
            one({ tls: { certificateRefs: [{ name: "a" }, { name: "b" }] } }),
            "listeners[0].tls.certificateRefs: There are 2, and every Gateway takes exactly one. Name one secret, or leave it out for the default.",
        ],
        [
            "a secret without name",
            reference({ name: "" }),
            'listeners[0].tls.certificateRefs[0].name: It is no name of a secret. Write lower-case letters, digits, hyphens and dots, as "shop-tls".',
        ],
        [
            "a secret of another namespace",
            reference({ namespace: "shop" }),
            'listeners[0].tls.certificateRefs[0].namespace: It is "shop", and the Gateway is in "infra": cert-manager skips the listener without an error. Leave it out.',
        ],
        [
            "another kind than a secret",
            reference({ kind: "ConfigMap" }),
            'listeners[0].tls.certificateRefs[0].kind: It is "ConfigMap", and cert-manager writes secrets alone. Leave it out.',
        ],
        [
            "another group",
            reference({ group: "example.org" }),
            'listeners[0].tls.certificateRefs[0].group: It is "example.org", and secrets are of the core group, which is "". Leave it out.',
        ],
        [
            "a redirect on the port of HTTPS",
            { redirectHttp: { port: 443 } },
            "redirectHttp.port: On port 443 there is a listener for HTTPS already. Give the redirect a port of its own.",
        ],
        [
            "a redirect on no port",
            { redirectHttp: { port: -1 } },
            "redirectHttp.port: -1 is no port. Give a whole number from 1 to 65535.",
        ],
        [
            "a listener with the name of the redirect",
            { ...one({ name: "http" }), redirectHttp: true },
            'listeners: "http" is the name of the listener that redirects. Give yours another one.',
        ],
        [
            "a domain of somebody else",
            one({ hostname: "shop.example.com" }),
            'listeners[0].hostname: "shop.example.com" is in none of the domains of the ClusterIssuer "vault": priv.example.org. Name another issuer, or a host name in one of them.',
        ],
        [
            "a domain that only ends alike",
            one({ hostname: "shop.evilpriv.example.org" }),
            'listeners[0].hostname: "shop.evilpriv.example.org" is in none of the domains of the ClusterIssuer "vault": priv.example.org. Name another issuer, or a host name in one of them.',
        ],
        [
            "the bare domain",
            one({ hostname: "priv.example.org" }),
            'listeners[0].hostname: "priv.example.org" is itself a domain of the ClusterIssuer "vault", which issues below it alone. Name a host below it, or allow bare domains there.',
        ],
        [
            "a wildcard that the role does not allow",
            one({ hostname: "*.priv.example.org" }),
            'listeners[0].hostname: "*.priv.example.org" is a wildcard, which the role of the ClusterIssuer "vault" does not allow. List the host names, or allow wildcards there.',
        ],
        [
            "a route of the redirect's name",
            {
                gatewayName: "gw",
                redirectHttp: true,
                routes: { "gw-https-443": { listener: "shop", rules: [{ service: "shop", port: 80 }] } },
            },
            'routes["gw-https-443"]: The route that redirects from HTTP has this name, and one would take the other\'s place. Give this one another.',
        ],
        [
            "two issuers' annotations",
            { annotations: { "cert-manager.io/issuer": "other" } },
            'annotations["cert-manager.io/issuer"]: The component names the issuer, and with two such annotations cert-manager issues nothing. Set `issuer` instead.',
        ],
        [
            "an issuer's annotation beside certificates",
            { ...certificate({}), annotations: { "cert-manager.io/cluster-issuer": "vault" } },
            'annotations["cert-manager.io/cluster-issuer"]: With it, cert-manager would make certificates of its own for the secrets of `certificates`. Leave it out.',
        ],
        [
            "an annotation that is not read beside certificates",
            { ...certificate({}), annotations: { "cert-manager.io/duration": "24h" } },
            'annotations["cert-manager.io/duration"]: cert-manager does not read it where `certificates` are given. Set it there instead.',
        ],
        [
            "a misspelt annotation",
            { annotations: { "cert-manager.io/renewbefore": "24h" } },
            'annotations["cert-manager.io/renewbefore"]: cert-manager reads no such annotation at a Gateway, and says nothing of it. Those of certificates are cert-manager.io/alt-names, cert-manager.io/common-name, cert-manager.io/duration, cert-manager.io/email-sans, cert-manager.io/ip-sans, cert-manager.io/private-key-algorithm, cert-manager.io/private-key-encoding, cert-manager.io/private-key-rotation-policy, cert-manager.io/private-key-size, cert-manager.io/renew-before, cert-manager.io/renew-before-percentage, cert-manager.io/revision-history-limit, cert-manager.io/secret-template, cert-manager.io/subject-countries, cert-manager.io/subject-localities, cert-manager.io/subject-organizations, cert-manager.io/subject-organizationalunits, cert-manager.io/subject-postalcodes, cert-manager.io/subject-provinces, cert-manager.io/subject-serialnumber, cert-manager.io/subject-streetaddresses, cert-manager.io/usages.',
        ],
        [
            "listeners ignored",
            { annotations: { "cert-manager.io/ignore-tls-listeners": "shop" } },
            'annotations["cert-manager.io/ignore-tls-listeners"]: A listener that cert-manager ignores has no certificate. Leave the listener out instead.',
        ],
        [
            "an annotation in days",
            { annotations: { "cert-manager.io/duration": "90d" } },
            'annotations["cert-manager.io/duration"]: "90d" is no duration that cert-manager takes. Write a whole number of hours, minutes or seconds, as "2160h".',
        ],
        [
            "an annotation of minutes",
            { annotations: { "cert-manager.io/duration": "30m" } },
            'annotations["cert-manager.io/duration"]: cert-manager refuses less than 1h. Give more.',
        ],
        [
            "an annotation longer than the issuer's",
            { annotations: { "cert-manager.io/duration": "4000h" } },
            'annotations["cert-manager.io/duration"]: It is longer than 90d, which the ClusterIssuer "vault" issues at most. Give less, or leave it out.',
        ],
        [
            "an annotation to renew at once",
            { annotations: { "cert-manager.io/renew-before": "2160h" } },
            'annotations["cert-manager.io/renew-before"]: It is not shorter than the duration, so that renewing would never end. Give less.',
        ],
        [
            "an annotation of a long common name",
            { annotations: { "cert-manager.io/common-name": "x".repeat(65) } },
            'annotations["cert-manager.io/common-name"]: It has more than 64 bytes. Leave it out: clients read the other names alone.',
        ],
    ])("%s", (_what, changes, ...expected) => {
        expect(refusals(changes)).toEqual(expected);
    });
});

test("all faults are said at once, with the component's name", () => {
    expect(() => planGateway("edge", { ...LEAST, ...one({ port: 0 }), namespace: "Infra" })).toThrow(
        'GatewayTls "edge" is refused for 2 reasons:\n  - namespace: It is no name of a namespace. Write letters, digits and hyphens.\n  - listeners[0].port: 0 is no port. Give a whole number from 1 to 65535.\n',
    );
});

test("one fault names its property", () => {
    const refused = (): unknown => planGateway("edge", { ...LEAST, ...one({ port: 0 }) });
    expect(refused).toThrow(
        expect.objectContaining({
            code: "InvalidInput",
            property: "listeners[0].port",
            remedy: "Correct the program, and run it again.",
        }),
    );
});
