/** GatewayTls in programs without types: what is left out is named, and nothing fails somewhere within. */
import { describe, expect, test } from "@jest/globals";
import type { GatewayTlsArgs } from "../../../../components/gateway-tls/args";
import { GatewayTls } from "../../../../components/gateway-tls/gateway-tls";
import { planGateway, type KnownArgs } from "../../../../components/gateway-tls/plan";
import { refuseMissing } from "../../../../components/gateway-tls/required";
import { refusedProperties, withoutEach } from "../../../support/left-out";
import { LEAST, RULE } from "./fixture";

/** As a program without types might call. */
const properties = (args: unknown): readonly string[] =>
    refusedProperties(() => {
        refuseMissing("edge", args as GatewayTlsArgs);
        planGateway("edge", args as KnownArgs);
    });

describe("GatewayTls without", () => {
    test("anything but a name", () => {
        expect(properties(undefined)).toEqual(["args"]);
        expect(properties({})).toEqual(["namespace", "gatewayClassName", "issuer", "listeners"]);
        expect(() => new GatewayTls("edge", {} as GatewayTlsArgs)).toThrow(
            'GatewayTls "edge" is refused for 4 reasons:\n  - namespace: It is missing.',
        );
    });

    test("an issuer, where CertIssuers has none of that name", () => {
        const issuers: Readonly<Record<string, GatewayTlsArgs["issuer"]>> = {};
        const issuer = issuers["letsencrypt-prod"] as unknown as GatewayTlsArgs["issuer"];
        expect(() => new GatewayTls("edge", { ...LEAST, issuer, listeners: [...LEAST.listeners] })).toThrow(
            "- issuer: It is missing. Say who issues: one of CertIssuers' issuers by its name, or { name, kind }.",
        );
    });

    test.each<readonly [string, object, readonly string[]]>([
        [
            "parts of listeners",
            { listeners: [{}, undefined, "web"] },
            ["listeners[0].name", "listeners[1]", "listeners[2]"],
        ],
        ["a host name", { listeners: [{ name: "web" }] }, ["listeners[0].hostname"]],
        ["a list of listeners", { listeners: LEAST.listeners[0] }, ["listeners"]],
        [
            "parts of routes",
            { routes: { shop: {}, web: null } },
            ['routes["shop"].listener', 'routes["shop"].rules', 'routes["web"]'],
        ],
        [
            "parts of certificates",
            { certificates: { a: undefined, b: { issuer: {} } } },
            ['certificates["a"]', 'certificates["b"].issuer.name', 'certificates["b"].issuer.kind'],
        ],
        ["a text for a table", { certificates: "shop-tls" }, ["certificates"]],
    ])("%s", (_, changes, named) => {
        expect(properties({ ...LEAST, ...changes })).toEqual(named);
    });

    test("any one part: it is named, or it has a default", () => {
        const { limits: _limits, ...issuer } = LEAST.issuer;
        const whole = {
            ...LEAST,
            issuer,
            certificates: { "shop-tls": { issuer } },
            routes: { shop: { listener: "shop", rules: [RULE] } },
        };
        expect(properties(whole)).toEqual([]);
        const named = withoutEach(whole).map(([path, args]) => [path, properties(args)]);
        const none: readonly string[] = [];
        expect(Object.fromEntries(named)).toEqual({
            namespace: ["namespace"],
            gatewayName: none,
            gatewayClassName: ["gatewayClassName"],
            issuer: ["issuer"],
            "issuer.name": ["issuer.name"],
            "issuer.kind": ["issuer.kind"],
            listeners: ["listeners"],
            certificates: none,
            // The listener's secret would be written by nobody.
            "certificates.shop-tls": ["listeners[0].tls.certificateRefs"],
            "certificates.shop-tls.issuer": none,
            "certificates.shop-tls.issuer.name": ['certificates["shop-tls"].issuer.name'],
            "certificates.shop-tls.issuer.kind": ['certificates["shop-tls"].issuer.kind'],
            routes: none,
            "routes.shop": none,
            "routes.shop.listener": ['routes["shop"].listener'],
            "routes.shop.rules": ['routes["shop"].rules'],
        });
    });
});
