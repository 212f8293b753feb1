/** VaultCluster on the real engine: what it plans and makes, what it refuses at preview, what it protects, what it hides. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { after, before, describe, it } from "mocha";
import { VaultCluster, type VaultClusterArgs } from "../../sdk/vault";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack, type RunResult, type UpResult } from "../../tools/pulumi/engine";
import type { Recorded } from "../../tools/pulumi/plugins/aws/provider";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";
import { OPENING, skipWherePlain } from "../support/deployment";
import {
    assertHidden,
    decodedUserData,
    failureOf,
    filesBelow,
    linesOf,
    recordedIn,
    toldBy,
} from "../support/secrets";
import { CLUSTER, clusterArgs, SERVER_NAME, tlsFiles, type TlsFixture } from "../support/vault-cluster";

const workDir = resolve(__dirname, "..", "..");
/** The component, its 23 resources, and the stack. */
const WHOLE = 25;
/** Those of them that are not AWS's: the component, the stack, and the check of the TLS files. */
const OURS = 3;

/** As much of an exported state as is read here. */
interface Exported {
    readonly resources: readonly { readonly urn: string; readonly protect?: boolean }[];
}

describe("VaultCluster on the real engine", function () {
    this.timeout(180_000);

    const opened: string[] = [];
    let directory: string;
    let stack: EngineStack;
    let tls: TlsFixture;
    let planned: RunResult;
    let first: UpResult;

    /** A program like the reference's, but for the changes. */
    const program =
        (changes: Partial<VaultClusterArgs> = {}) =>
        () => {
            const args = clusterArgs({ ...tls, privateKey: pulumi.secret(tls.privateKey) });
            const cluster = new VaultCluster(CLUSTER, { ...args, ...changes });
            const { url, loadBalancerDnsName, autoScalingGroupName, kmsKeyArn } = cluster;
            const { tlsSecretArn, nodeRoleArn, nodeSecurityGroupId, initialization } = cluster;
            return Promise.resolve({
                ...{ url, loadBalancerDnsName, autoScalingGroupName, kmsKeyArn },
                ...{ tlsSecretArn, nodeRoleArn, nodeSecurityGroupId, initialization },
            });
        };

    /** What was asked of AWS. */
    const record = (): readonly Recorded[] => recordedIn(join(directory, "aws.record"));

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        directory = mkdtempSync(join(tmpdir(), "portcullis-vault-cluster-"));
        opened.push(directory);
        tls = await tlsFiles();
        const cli = await findPulumi();
        const plugins = await choosePlugins(["aws"], { cli, workDir });
        console.log(`    ${standInNotice(plugins) ?? ""}`);
        stack = await openStack({
            ...{ project: "ogenki", stack: "test", program: program(), directory, workDir, cli, plugins },
            config: { "aws:region": "eu-west-3" },
            environment: { PORTCULLIS_AWS_RECORD: join(directory, "aws.record") },
        });
        planned = await stack.preview();
        assert.deepEqual(record(), [], "a preview makes nothing");
        first = await stack.up();
    });

    after(() => {
        for (const folder of opened) rmSync(folder, { recursive: true, force: true });
    });

    it("plans, makes, and then changes nothing", async () => {
        assert.deepEqual(planned.changes, { create: WHOLE });
        assert.deepEqual(first.changes, { create: WHOLE });
        assert.equal(record().length, WHOLE - OURS);
        assert.deepEqual((await stack.preview()).changes, { same: WHOLE });
    });

    it("gives out where the cluster is, and nothing secret", () => {
        const plain = Object.fromEntries(
            Object.entries(first.outputs).map(([name, { value, secret }]) => {
                assert.equal(secret, false, `${name} is no secret`);
                return [name, String(value)];
            }),
        );
        assert.equal(plain.url, `https://${SERVER_NAME}:8200`);
        assert.equal(plain.autoScalingGroupName, CLUSTER);
        assert.match(plain.loadBalancerDnsName ?? "", /^ogenki-vault-lb-.*\.elb\.eu-west-3\.amazonaws\.com$/);
        assert.match(plain.kmsKeyArn ?? "", /^arn:aws:kms:eu-west-3:123456789012:key\//);
        assert.match(plain.tlsSecretArn ?? "", /^arn:aws:secretsmanager:eu-west-3:123456789012:secret:/);
        assert.match(plain.nodeRoleArn ?? "", /^arn:aws:iam::123456789012:role\/ogenki-vault-role-/);
        assert.match(plain.nodeSecurityGroupId ?? "", /^sg-/);
    });

    it("starts instances last, and the hook that only they need after them", () => {
        const names = record().map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
        assert.deepEqual(names.slice(-2), [`${CLUSTER}-group`, `${CLUSTER}-leave`]);
    });

    it("tells nodes the real ARNs, in user data that is encoded once and fits", () => {
        const { inputs } = record().find(({ urn }) => urn.endsWith("-template")) ?? {};
        const raw = Buffer.from(String(inputs?.userData), "base64").toString("utf8");
        assert.match(raw, /^#cloud-config\n/);
        assert.ok(Buffer.byteLength(raw) <= 16_384, `${Buffer.byteLength(raw)} bytes`);
        const told = decodedUserData(record());
        assert.ok(told.includes(String(first.outputs.tlsSecretArn?.value)));
        assert.ok(told.includes(String(first.outputs.kmsKeyArn?.value)));
    });

    it("replaces nothing where nodes change, but gives the group a new version to start from", async () => {
        const image = { owner: "123456789012", name: "hardened-ubuntu-26.04-*" };
        const { changes } = await stack.preview({ program: program({ image }) });
        assert.deepEqual(changes, { update: 2, same: WHOLE - 2 });
    });

    it("hides the private key, in whatever it keeps, shows or tells", async () => {
        const diff = await stack.preview({ program: program({ volumeSize: 30 }), diff: true });
        const renewed = await tlsFiles();
        const failure = await failureOf(
            stack.preview({
                program: program({
                    tls: {
                        ...tls,
                        certificate: renewed.certificate,
                        privateKey: pulumi.secret(tls.privateKey),
                    },
                }),
                diff: true,
            }),
        );
        assert.match(
            failure.message,
            /'ogenki-vault-tls-check' has a problem: privateKey: The private key is another certificate's\. Give the key/,
        );
        const { outputs: _outputs, ...up } = first;
        assertHidden(
            ["PRIVATE KEY-----", ...linesOf(tls.privateKey)],
            [
                ["the preview", toldBy(planned)],
                ["the update", toldBy(up)],
                ["the outputs", JSON.stringify(first.outputs)],
                ["the preview of a change", toldBy(diff)],
                ["the failure", toldBy(failure)],
                ["the exported state", JSON.stringify(await stack.exportState())],
                ["the user data, decoded", decodedUserData(record())],
                ...filesBelow(directory),
            ],
        );
    });

    describe("refuses at preview, with the remedy", () => {
        const refusals: readonly (readonly [string, () => Partial<VaultClusterArgs>, RegExp])[] = [
            ["an even number of nodes", () => ({ nodes: 4 }), /nodes: It is 4\. .* Give 3, 5 or 7/],
            [
                "two zones",
                () => ({ subnets: clusterArgs(tls).subnets.slice(0, 2) }),
                /subnets: They lie in eu-west-3a and eu-west-3b; .* Give a subnet in each of 3 zones or more\./,
            ],
            [
                "two types",
                () => ({ instanceTypes: ["m6i.large", "m5.large"] }),
                /instanceTypes: There are 2; .* Give 3 or more, better ten\./,
            ],
            [
                "clients from everywhere",
                () => ({ clients: { cidrs: ["0.0.0.0/0"] } }),
                /clients\.cidrs\[0\]: It is every address there is.* Give the private network/,
            ],
            [
                "autopilot that removes living nodes",
                () => ({ autopilot: { deadServerLastContactThreshold: "10s" } }),
                /autopilot\.deadServerLastContactThreshold: After less than a minute .* Give 2m to 15m/,
            ],
            [
                "a server certificate of another name",
                () => ({ serverName: "vault.example.org" }),
                /certificate: It is not valid for vault\.example\.org, .* Issue it with that name/,
            ],
        ];
        for (const [title, changes, said] of refusals) {
            it(title, async () => {
                const before = record().length;
                const { message } = await failureOf(stack.preview({ program: program(changes()) }));
                assert.match(message, said);
                assert.match(message, /VaultCluster "ogenki-vault" is refused|'ogenki-vault-tls-check' has/);
                assert.equal(record().length, before);
            });
        }

        it("several of them at once", async () => {
            const changes = { nodes: 6, instanceTypes: ["m5.large"], clients: { cidrs: ["::/0"] } };
            const { message } = await failureOf(stack.preview({ program: program(changes) }));
            for (const said of [
                /for 3 reasons:/,
                /- nodes: /,
                /- instanceTypes: /,
                /- clients\.cidrs\[0\]: /,
            ])
                assert.match(message, said);
        });
    });

    describe("protects the key and the data", () => {
        it("refuses to destroy them, says why and how to, and has touched nothing", async () => {
            const before = record().length;
            const { message } = await failureOf(stack.destroy());
            // The engine names the last of the chain; all that they depend on stays with them.
            for (const last of ["leave", "listener"]) {
                const refusal = new RegExp(
                    `ogenki-vault-${last}" cannot be deleted\\s+because it is protected`,
                );
                assert.match(message, refusal);
            }
            const { resources } = (await stack.exportState()).deployment as Exported;
            const kept = resources.filter(({ protect }) => protect === true).map(({ urn }) => urn);
            assert.deepEqual(
                kept.map((urn) => urn.slice(urn.lastIndexOf("::") + 2 + CLUSTER.length + 1)).sort(),
                ["group", "key", "lb", "leave", "listener"],
            );
            assert.equal(record().length, before);
            assert.deepEqual((await stack.preview()).changes, { same: WHOLE });
        });

        it("refuses another cluster name, which would be another cluster, without the data", async () => {
            const { message } = await failureOf(
                stack.preview({ program: program({ clusterName: "other" }) }),
            );
            assert.match(message, /ogenki-vault-group.*protect/s);
        });

        it("lets go of them where the program says so: instances first", async () => {
            const free = program({ deletionProtection: false });
            await stack.up({ program: free });
            const from = record().length;
            assert.deepEqual((await stack.destroy()).changes, { delete: WHOLE });
            const deleted = record()
                .slice(from)
                .map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
            assert.equal(deleted.length, WHOLE - OURS);
            assert.deepEqual(deleted.slice(0, 2), [`${CLUSTER}-leave`, `${CLUSTER}-group`]);
        });
    });
});
