/**
 * Issuers by ACME at work: an account, an order and its proofs by DNS with the object that CertIssuers renders, on Pebble,
 * with cert-manager's own code for Route 53 and the component's role. moto holds calls to actions and hosted zones, and
 * looks at no condition of theirs: a simulator of IAM does that.
 */
import { axios, Client, crypto as acme } from "acme-client";
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { after, before, describe, it } from "mocha";
import { acmeObject } from "../../components/cert-issuers/acme";
import { checkIssuers } from "../../components/cert-issuers/plan";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import {
    findCertManager,
    presentProof,
    type CertManager,
    type Proof,
} from "../../tools/services/cert-manager";
import { findSimulator, simulate, type Simulator } from "../oracles/iam-simulate";
import { accountToken, acmeGround, type AcmeGround } from "../support/acme-ground";
import { foundOrSkip } from "../support/skip";

const DOMAIN = "cloud.ogenki.io";
const ACCOUNT = { namespace: "cert-manager", name: "certs-route53" };
const EMAIL = "ops@ogenki.io";
const TOKEN = accountToken(ACCOUNT.namespace, ACCOUNT.name, "sts.amazonaws.com");

interface AcmeSpec {
    readonly server: string;
    readonly email: string;
    readonly caBundle: string;
    readonly privateKeySecretRef: { readonly name: string };
    readonly solvers: readonly {
        readonly selector: { readonly dnsZones: readonly string[] };
        readonly dns01: { readonly route53: Readonly<Record<string, unknown>> };
    }[];
}

describe("issuers by ACME", function () {
    this.timeout(120_000);
    let at: AcmeGround;
    let certManager: CertManager;
    let issuer: KubernetesObject;
    let spec: AcmeSpec;
    /** The secret that the object names: cert-manager makes it once, and it is the account from then on. */
    const accountKeys = new Map<string, Buffer>();
    let client: Client;

    before(async function () {
        this.timeout(1_500_000);
        certManager = foundOrSkip(this, await findCertManager());
        at = foundOrSkip(this, await acmeGround(DOMAIN, ACCOUNT));
        const { letsEncrypt } = checkIssuers(
            "certs",
            {
                letsEncrypt: {
                    ...{ email: EMAIL, zones: [DOMAIN], environments: ["production"] },
                    ...{ hostedZoneId: at.hostedZoneId, region: "eu-west-3" },
                    identity: { type: "irsa", roleArn: at.roleArn },
                    servers: { production: at.pebble.directoryUrl },
                    caBundle: at.authority,
                },
            },
            new Date(),
        );
        assert(letsEncrypt);
        issuer = acmeObject(letsEncrypt, {
            environment: "production",
            token: { serviceAccount: ACCOUNT.name, roleArn: at.roleArn },
        });
        // Its form is pinned by the first test below.
        spec = issuer.spec.acme as AcmeSpec;
    });

    after(async () => {
        await (at as AcmeGround | undefined)?.close();
    });

    /** A client as cert-manager has it by the object: its server, verified by its bundle, and its account's key. */
    async function signedIn(): Promise<Client> {
        // All clients share it.
        axios.defaults.httpsAgent = new Agent({ ca: Buffer.from(spec.caBundle, "base64").toString("utf8") });
        const { name } = spec.privateKeySecretRef;
        const accountKey = accountKeys.get(name) ?? (await acme.createPrivateRsaKey(2048));
        accountKeys.set(name, accountKey);
        const own = new Client({ directoryUrl: spec.server, accountKey, backoffMin: 100, backoffMax: 1_000 });
        await own.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${spec.email}`] });
        return own;
    }

    const proof = (domain: string, value: string): Proof => ({
        ...{ issuer, token: TOKEN, domain, value, record: `_acme-challenge.${domain}` },
    });
    /** What Route 53 has, at the DNS server that Pebble asks. */
    async function publish(): Promise<void> {
        for (const [name, values] of Object.entries(await at.records())) await at.pebble.setTxt(name, values);
    }
    const change = (HostedZoneId: string, Name: string, Type: string, Value: string) => ({
        ...{ service: "route53", operation: "change_resource_record_sets" },
        parameters: {
            HostedZoneId,
            ChangeBatch: {
                Changes: [
                    {
                        Action: "UPSERT",
                        ResourceRecordSet: { Name, Type, TTL: 10, ResourceRecords: [{ Value }] },
                    },
                ],
            },
        },
    });

    it("say all that cert-manager needs", () => {
        assert.deepEqual(issuer, {
            apiVersion: "cert-manager.io/v1",
            kind: "ClusterIssuer",
            metadata: { name: "letsencrypt-production" },
            spec: {
                acme: {
                    server: at.pebble.directoryUrl,
                    caBundle: Buffer.from(at.authority).toString("base64"),
                    email: EMAIL,
                    privateKeySecretRef: { name: "letsencrypt-production-account-key" },
                    solvers: [
                        {
                            selector: { dnsZones: [DOMAIN] },
                            dns01: {
                                route53: {
                                    ...{ hostedZoneID: at.hostedZoneId, region: "eu-west-3" },
                                    role: at.roleArn,
                                    auth: { kubernetes: { serviceAccountRef: { name: ACCOUNT.name } } },
                                },
                            },
                        },
                    ],
                },
            },
        });
    });

    it("have one account, by the key that the object names", async () => {
        client = await signedIn();
        const url = client.getAccountUrl();
        assert.match(url, new RegExp(`^${new URL(spec.server).origin}/my-account/`));
        assert.equal((await signedIn()).getAccountUrl(), url);
        assert.deepEqual((await client.updateAccount()).contact, [`mailto:${EMAIL}`]);
    });

    it("would not reach the server without the bundle", async () => {
        await assert.rejects(fetch(spec.server), (error: Error) => {
            assert.equal((error.cause as NodeJS.ErrnoException).code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
            return true;
        });
    });

    it("come by a certificate for a wildcard and for names, by proofs that the role writes and removes", async () => {
        const names = [DOMAIN, `*.${DOMAIN}`, `shop.${DOMAIN}`];
        const order = await client.createOrder({
            identifiers: names.map((value) => ({ type: "dns", value })),
        });
        const authorizations = await client.getAuthorizations(order);
        const pending = await Promise.all(
            authorizations.map(async ({ identifier, challenges }) => {
                const challenge = challenges.find(({ type }) => type === "dns-01");
                assert(challenge);
                const value = await client.getChallengeKeyAuthorization(challenge);
                // SHA-256 in base64url, without padding (RFC 8555, 8.4).
                assert.match(value, /^[A-Za-z0-9_-]{43}$/);
                return { challenge, written: proof(identifier.value, value) };
            }),
        );
        for (const { written } of pending)
            assert.equal(await presentProof(certManager, at.moto.url, written), undefined);

        const records = await at.records();
        const valuesOf = (domain: string): readonly string[] =>
            pending.filter(({ written }) => written.domain === domain).map(({ written }) => written.value);
        assert.deepEqual(Object.keys(records).sort(), [
            `_acme-challenge.${DOMAIN}`,
            `_acme-challenge.shop.${DOMAIN}`,
        ]);
        // The wildcard and the name itself are proved at one name, side by side.
        assert.deepEqual(records[`_acme-challenge.${DOMAIN}`]?.toSorted(), valuesOf(DOMAIN).toSorted());
        assert.equal(valuesOf(DOMAIN).length, 2);
        await publish();
        for (const { challenge } of pending) {
            await client.completeChallenge(challenge);
            await client.waitForValidStatus(challenge);
        }

        const [key, request] = await acme.createCsr({ altNames: names }, await acme.createPrivateEcdsaKey());
        const chain = await client.getCertificate(await client.finalizeOrder(order, request));
        const [leaf, issuing] = acme.splitPemChain(chain).map((each) => new X509Certificate(each));
        const root = new X509Certificate(await at.pebble.root());
        assert(leaf && issuing);
        assert.deepEqual(
            leaf.subjectAltName?.split(", ").toSorted(),
            names.map((name) => `DNS:${name}`).toSorted(),
        );
        assert(leaf.checkHost(`any.${DOMAIN}`));
        assert(leaf.checkPrivateKey(createPrivateKey(key)));
        assert(leaf.verify(issuing.publicKey) && issuing.verify(root.publicKey) && root.ca);

        for (const { written } of pending)
            assert.equal(await presentProof(certManager, at.moto.url, written, { remove: true }), undefined);
        assert.deepEqual(await at.records(), {});
    });

    it("come by none where DNS has no proof, or another's", async () => {
        for (const [values, said] of [
            [[], /^Error: No TXT records found for DNS challenge$/],
            [["0".repeat(43)], /^Error: Correct value not found for DNS challenge$/],
        ] as const) {
            const order = await client.createOrder({
                identifiers: [{ type: "dns", value: `blog.${DOMAIN}` }],
            });
            const [authorization] = await client.getAuthorizations(order);
            const challenge = authorization?.challenges.find(({ type }) => type === "dns-01");
            assert(challenge);
            await at.pebble.setTxt(`_acme-challenge.blog.${DOMAIN}`, values);
            await client.completeChallenge(challenge);
            await assert.rejects(client.waitForValidStatus(challenge), said);
        }
    });

    describe("whose role, enforced,", () => {
        const VALUE = "v".repeat(43);

        it("is taken by the token of their service account for AWS, and by no other", async () => {
            const { namespace, name } = ACCOUNT;
            for (const token of [
                accountToken("shop", name, "sts.amazonaws.com"),
                accountToken(namespace, "default", "sts.amazonaws.com"),
                accountToken(namespace, name, "vault"),
            ]) {
                const failure = await presentProof(certManager, at.moto.url, {
                    ...proof(DOMAIN, VALUE),
                    token,
                });
                assert.match(failure ?? "", /unable to assume role with web identity.*403/s);
            }
            assert.deepEqual(await at.records(), {});
        });

        it("has no right too many: without either, a proof fails", async () => {
            const actions = at.policy.Statement.flatMap(({ Action }) => Action);
            assert.deepEqual(actions, ["route53:GetChange", "route53:ChangeResourceRecordSets"]);
            const failure = await at.without("route53:ChangeResourceRecordSets", () =>
                presentProof(certManager, at.moto.url, proof(DOMAIN, VALUE)),
            );
            assert.match(
                failure ?? "",
                /failed to change Route 53 record set.*ChangeResourceRecordSets.*403/s,
            );
            assert.deepEqual(await at.records(), {});
            const waiting = await at.without("route53:GetChange", () =>
                presentProof(certManager, at.moto.url, proof(DOMAIN, VALUE), { limit: 5_000 }),
            );
            assert.equal(waiting, "it still waits for the change to be done");
            assert.equal(
                await presentProof(certManager, at.moto.url, proof(DOMAIN, VALUE), { remove: true }),
                undefined,
            );
        });

        it("can write to no other hosted zone, and neither list, make nor delete them", async () => {
            const calls = [
                change(at.otherZoneId, "_acme-challenge.ogenki.net.", "TXT", `"${VALUE}"`),
                ...["list_hosted_zones", "list_hosted_zones_by_name"].map((operation) => ({
                    ...{ service: "route53", operation },
                })),
                ...["get_hosted_zone", "delete_hosted_zone"].map((operation) => ({
                    ...{ service: "route53", operation, parameters: { Id: at.hostedZoneId } },
                })),
                {
                    ...{ service: "route53", operation: "list_resource_record_sets" },
                    parameters: { HostedZoneId: at.hostedZoneId },
                },
                {
                    ...{ service: "route53", operation: "create_hosted_zone" },
                    parameters: { Name: "evil.test", CallerReference: "x" },
                },
            ];
            assert.deepEqual(
                (await at.asRole(...calls)).map(({ code }) => code),
                calls.map(() => "AccessDenied"),
            );
            const own = change(at.hostedZoneId, `_acme-challenge.${DOMAIN}.`, "TXT", `"${VALUE}"`);
            assert.deepEqual(
                (await at.asRole(own)).map(({ code }) => code),
                ["ok"],
            );
        });
    });

    describe("whose role, by its conditions,", () => {
        let simulator: Simulator;

        before(async function () {
            simulator = foundOrSkip(this, await findSimulator());
        });

        for (const [what, names, types, verdict] of [
            ["a proof for the zone itself", [""], ["TXT"], "Allowed"],
            ["proofs for several names", [".", ".a.b."], ["TXT"], "Allowed"],
            ["an address of that name", ["."], ["A"], "ImplicitlyDenied"],
            ["a proof, and an address beside it", ["."], ["TXT", "A"], "ImplicitlyDenied"],
            ["a text at the zone's own name", [DOMAIN], ["TXT"], "ImplicitlyDenied"],
            ["a proof, and another text beside it", [".", `_dmarc.${DOMAIN}`], ["TXT"], "ImplicitlyDenied"],
            ["a proof for another zone", ["_acme-challenge.ogenki.io"], ["TXT"], "ImplicitlyDenied"],
            [
                "a proof for a zone whose name ends alike",
                ["_acme-challenge.mycloud.ogenki.io"],
                ["TXT"],
                "ImplicitlyDenied",
            ],
            ["no record", [], [], "ImplicitlyDenied"],
        ] as const) {
            it(`${verdict === "Allowed" ? "may" : "may not"} write ${what}`, async () => {
                const records = {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": names.map((name) =>
                        name === "" || name.startsWith(".") ? `_acme-challenge${name || "."}${DOMAIN}` : name,
                    ),
                    "route53:ChangeResourceRecordSetsRecordTypes": types,
                };
                const context = names.length === 0 ? {} : records;
                const attempt = {
                    principal: at.roleArn,
                    action: "route53:ChangeResourceRecordSets",
                    resource: `arn:aws:route53:::hostedzone/${at.hostedZoneId}`,
                    identityPolicy: at.policy,
                    context,
                };
                assert.deepEqual(await simulate(simulator, [attempt]), [verdict]);
            });
        }
    });
});
