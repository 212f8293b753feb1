/** The issuers of CertIssuers, held against cert-manager's definitions; and how a program ends whose arguments are refused. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, describe, it } from "mocha";
import { acmeObject, type AcmeParts } from "../../components/cert-issuers/acme";
import type { KnownArgs } from "../../components/cert-issuers/plan";
import { checkIssuers } from "../../components/cert-issuers/plan";
import { vaultObject } from "../../components/cert-issuers/vault";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import { certificateValidator } from "../support/certificate-crds";
import type { Validate } from "../support/operator-crds";
import { tlsFiles } from "../support/vault-cluster";
import { acme, appRole, aws, IRSA, kubernetes, vault } from "../unit/components/cert-issuers/fixture";
import { foundOrSkip } from "../support/skip";

const TOKEN = { serviceAccount: "certs-route53", roleArn: IRSA.roleArn };

/** The issuers of arguments that are accepted. */
function objectsOf(args: KnownArgs, token?: AcmeParts["token"]): readonly KubernetesObject[] {
    const { letsEncrypt, vault: issuers = {} } = checkIssuers("certs", args, new Date());
    return [
        ...Object.entries(issuers).map(([name, one]) => vaultObject(name, one)),
        ...(letsEncrypt === undefined ? [] : [acmeObject(letsEncrypt, { environment: "staging", token })]),
    ];
}

describe("the objects of CertIssuers", function () {
    this.timeout(150_000);
    let validate: Validate;
    let authorities: string;
    const faults = (object: KubernetesObject): readonly string[] => validate({ ...object });

    before(async function () {
        const found = foundOrSkip(this, await certificateValidator());
        validate = found.validate;
        authorities = (await tlsFiles()).authorities;
    });

    it("are taken, of every kind", () => {
        const account = { serviceAccount: "vault-issuer" };
        const objects = [
            ...objectsOf(acme({})),
            ...objectsOf(acme({ identity: IRSA, namespace: "shop" }), TOKEN),
            ...objectsOf(vault({})),
            ...objectsOf(vault({ namespace: "shop", serverName: "vault.internal", vaultNamespace: "team" })),
            ...objectsOf(vault({ caBundle: authorities, caBundleSecretRef: undefined })),
            ...objectsOf(appRole({ mount: "approle/eu" })),
            ...objectsOf(kubernetes({ ...account, mount: "k8s", audiences: ["vault"] })),
            ...objectsOf(aws({ region: "eu-west-3", headerValue: "v" })),
            ...objectsOf(aws({ irsa: { ...account, roleArn: IRSA.roleArn } }, { namespace: "shop" })),
        ];
        assert.deepEqual(
            objects.map(({ kind }) => kind),
            [
                "ClusterIssuer",
                "Issuer",
                "ClusterIssuer",
                "Issuer",
                "ClusterIssuer",
                "ClusterIssuer",
                "ClusterIssuer",
                "ClusterIssuer",
                "Issuer",
            ],
        );
        for (const object of objects) assert.deepEqual(faults(object), []);
    });

    it("would not be taken with a field too many, too few, or of another form", () => {
        const [object] = objectsOf(vault({}));
        assert.ok(object);
        const changed = (more: object): readonly string[] =>
            faults({ ...object, spec: { vault: { ...(object.spec.vault as object), ...more } } });
        assert.deepEqual(changed({ caBundel: "x" }), [
            "/spec/vault: must NOT have additional properties (caBundel)",
        ]);
        assert.deepEqual(changed({ path: undefined, auth: { kubernetes: { mountPath: "/v1/auth/k" } } }), [
            "/spec/vault: must have required property 'path'",
            "/spec/vault/auth/kubernetes: must have required property 'role'",
        ]);
    });
});

describe("a program whose issuer is known to outputs alone", () => {
    it("ends with the refusal, before anything is registered", function () {
        this.timeout(60_000);
        const program = `
            const pulumi = require("@pulumi/pulumi");
            const { GatewayTls } = require("./components/gateway-tls/gateway-tls.ts");
            void pulumi.runtime.setMocks({
                newResource: ({ type, name, inputs }) => {
                    console.log(type);
                    return { id: name, state: inputs };
                },
                call: () => ({}),
            }, "project", "stack", true);
            new GatewayTls("edge", {
                namespace: "infra",
                gatewayClassName: "cilium",
                issuer: { name: pulumi.output("vault"), kind: "ClusterIssuer", limits: { allowWildcards: false } },
                listeners: [{ name: "all", hostname: "*.priv.example.org" }],
            });`;
        const args = ["--import", "tsx", "--input-type=commonjs", "-e", program];
        const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
        assert.notEqual(status, 0);
        assert.match(
            stderr,
            /GatewayTls "edge" is refused:\n {2}- listeners\[0\]\.hostname: "\*\.priv\.example\.org" is a wildcard/,
        );
        assert.deepEqual(stdout.trim().split("\n"), ["portcullis:index:GatewayTls"]);
    });
});
