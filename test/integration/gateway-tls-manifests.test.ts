/** The objects of GatewayTls, held against the definitions of cert-manager and Gateway API, unknown fields refused. */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { planGateway, type GatewayPlan } from "../../components/gateway-tls/plan";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import { certificateValidator } from "../support/certificate-crds";
import type { Validate } from "../support/operator-crds";
import { LEAST, many, PLAIN, RULE } from "../unit/components/gateway-tls/fixture";
import { foundOrSkip } from "../support/skip";

const plan = (changes: object): GatewayPlan => planGateway("edge", { ...LEAST, ...changes });

function objectsOf({ gateway, certificates, routes, redirects }: GatewayPlan): readonly KubernetesObject[] {
    return [gateway, ...Object.values(certificates), ...Object.values(routes), ...redirects];
}

/** Uses everything that there is. */
const EVERYTHING = {
    labels: { team: "platform" },
    annotations: { team: "platform" },
    listeners: [
        {
            name: "shop",
            hostname: "shop.priv.example.org",
            allowedRoutes: { matchLabels: { tls: "platform" } },
            tls: { mode: "Terminate", certificateRefs: [{ name: "shop-tls" }] },
        },
        {
            name: "web",
            hostname: "web.priv.example.org",
            port: 8443,
            allowedRoutes: "All",
            tls: { certificateRefs: [{ name: "web-tls", kind: "Secret", group: "", namespace: "infra" }] },
        },
    ],
    certificates: {
        "shop-tls": { commonName: "shop.priv.example.org", duration: "30d", renewBefore: "10d" },
        "web-tls": { issuer: { name: "own", kind: "Issuer", namespace: "infra" }, keyAlgorithm: "RSA-4096" },
    },
    routes: {
        shop: {
            listener: "shop",
            namespace: "shop",
            hostnames: ["shop.priv.example.org"],
            rules: [RULE, { ...RULE, pathPrefix: "/api" }],
        },
    },
    redirectHttp: true,
};

describe("the objects of GatewayTls", function () {
    this.timeout(150_000);
    let validate: Validate;
    const faults = (object: KubernetesObject): readonly string[] => validate({ ...object });

    before(async function () {
        const found = foundOrSkip(this, await certificateValidator());
        validate = found.validate;
    });

    for (const [what, changes, count] of [
        ["of the least arguments", {}, 1],
        ["of all arguments", EVERYTHING, 6],
        ["of very many listeners", { issuer: PLAIN, listeners: many(63), redirectHttp: true }, 5],
        ["of wildcards", { issuer: PLAIN, listeners: [{ name: "all", hostname: "*.example.org" }] }, 1],
    ] as const) {
        it(`${what} are taken`, () => {
            const objects = objectsOf(plan(changes));
            assert.equal(objects.length, count);
            for (const object of objects) assert.deepEqual(faults(object), []);
        });
    }

    it("would not be taken with a field too many, too few, or of another form", () => {
        const { gateway, certificates, routes } = plan(EVERYTHING);
        const changed = (object: KubernetesObject | undefined, spec: object): readonly string[] => {
            assert.ok(object);
            return faults({ ...object, spec: { ...object.spec, ...spec } });
        };
        assert.deepEqual(changed(certificates["shop-tls"], { renewBeforee: "1h" }), [
            "/spec: must NOT have additional properties (renewBeforee)",
        ]);
        assert.deepEqual(changed(certificates["shop-tls"], { issuerRef: undefined, usages: ["server"] }), [
            "/spec: must have required property 'issuerRef'",
            "/spec/usages/0: must be equal to one of the allowed values",
        ]);
        assert.deepEqual(changed(routes.shop, { parentRefs: [{ name: "platform", section: "shop" }] }), [
            "/spec/parentRefs/0: must NOT have additional properties (section)",
        ]);
        const listener = { name: "shop", hostname: "shop.*.org", port: 0, protocol: "HTTPS" };
        assert.deepEqual(
            changed(gateway, { listeners: [listener] }).map((fault) => fault.split(":")[0]),
            ["/spec/listeners/0/hostname", "/spec/listeners/0/port"],
        );
        assert.deepEqual(changed(plan({ issuer: PLAIN, listeners: many(64) }).gateway, {}), []);
    });
});
