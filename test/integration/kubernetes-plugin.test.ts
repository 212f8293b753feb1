/** The kubernetes stand-in against a real API server: what it applies is there, what it does not know is refused, what others change is seen. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { KubernetesClient, objectName } from "../../tools/pulumi/plugins/kubernetes/client";
import { clusterOf } from "../../tools/pulumi/plugins/kubernetes/kubeconfig";
import { check, create, diff, read, remove, update } from "../../tools/pulumi/plugins/kubernetes/provider";
import { asProperties, secret, unwrap, type Properties } from "../../tools/pulumi/plugins/values";
import { findKubernetes, startKubernetes, type RunningKubernetes } from "../../tools/services/kubernetes";
import { foundOrSkip } from "../support/skip";

const urn = (type: string): string => `urn:pulumi:s::p::kubernetes:${type}::thing`;
const CONFIG_MAP = urn("core/v1:ConfigMap");
const OTHER = { fieldManager: "somebody-else" };

const configMap = (name: string, data: Properties): Properties => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default" },
    data,
});

const DEFINITION: Properties = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "gates.portcullis.example" },
    spec: {
        group: "portcullis.example",
        scope: "Namespaced",
        names: { plural: "gates", singular: "gate", kind: "Gate", listKind: "GateList" },
        versions: [
            {
                name: "v1",
                served: true,
                storage: true,
                schema: {
                    openAPIV3Schema: {
                        type: "object",
                        properties: {
                            spec: {
                                type: "object",
                                properties: { bars: { type: "integer", minimum: 1 } },
                                "x-kubernetes-validations": [
                                    { rule: "self.bars % 2 == 1", message: "bars are odd in number" },
                                ],
                            },
                        },
                    },
                },
            },
        ],
    },
};

describe("the kubernetes stand-in on a real API server", function () {
    this.timeout(60_000);
    let running: RunningKubernetes | undefined;
    let client: KubernetesClient;
    const directory = mkdtempSync(join(tmpdir(), "portcullis-kubernetes-"));

    before(async function () {
        this.timeout(45 * 60_000);
        const found = foundOrSkip(this, await findKubernetes(), "no real Kubernetes API server: ");
        running = await startKubernetes(found, directory);
        client = new KubernetesClient(clusterOf(running.kubeconfig));
    });

    after(async () => {
        await running?.end();
        rmSync(directory, { recursive: true, force: true });
    });

    it("creates, finds unchanged, sees drift, mends it, and deletes", async () => {
        const inputs = configMap("whole", { bars: "3" });
        const { id, outs } = await create(client, CONFIG_MAP, inputs);
        assert.equal(id, "default/whole");
        assert.deepEqual(asProperties(outs.data), { bars: "3" });

        const same = await read(client, CONFIG_MAP, id, outs, inputs);
        assert.deepEqual(same?.inputs, inputs);
        assert.deepEqual(diff(CONFIG_MAP, outs, inputs, inputs), {
            changes: false,
            changed: [],
            replaces: [],
        });

        await client.apply(configMap("whole", { bars: "4" }), { ...OTHER, force: true });
        const drifted = await read(client, CONFIG_MAP, id, outs, inputs);
        assert.deepEqual(drifted?.inputs, configMap("whole", { bars: "4" }));
        assert.deepEqual(diff(CONFIG_MAP, outs, drifted.inputs, inputs).changed, ["data"]);

        await assert.rejects(
            update(client, CONFIG_MAP, id, outs, inputs),
            /conflict with "somebody-else": \.data\.bars/,
        );
        const { data: _data, ...empty } = configMap("whole", {});
        await client.apply(empty, OTHER);
        const mended = await update(client, CONFIG_MAP, id, outs, inputs);
        assert.deepEqual(asProperties(mended.data), { bars: "3" });

        await remove(client, CONFIG_MAP, mended);
        assert.equal(await read(client, CONFIG_MAP, id, mended, inputs), undefined);
        await remove(client, CONFIG_MAP, mended);
    });

    it("sees that a field was taken away", async () => {
        const inputs = configMap("emptied", { bars: "3" });
        const { id, outs } = await create(client, CONFIG_MAP, inputs);
        await client.apply(configMap("emptied", {}), { fieldManager: "pulumi-kubernetes" });
        const found = await read(client, CONFIG_MAP, id, outs, inputs);
        assert.deepEqual(diff(CONFIG_MAP, outs, found?.inputs ?? {}, inputs).changed, ["data"]);
    });

    it("applies the same twice without a new version of the object", async () => {
        const inputs = configMap("twice", { bars: "3" });
        const { id, outs } = await create(client, CONFIG_MAP, inputs);
        const again = await update(client, CONFIG_MAP, id, outs, inputs);
        assert.deepEqual(again.metadata, outs.metadata);
    });

    it("refuses what the server does not know, and leaves nothing of it", async () => {
        const inputs = { ...configMap("unknown", {}), dataa: { bars: "3" } };
        await assert.rejects(create(client, CONFIG_MAP, inputs), /\.dataa: field not declared in schema/);
        assert.equal(await client.read(objectName(inputs)), undefined);
    });

    it("takes over nothing that is there already", async () => {
        const inputs = configMap("taken", {});
        await client.apply(inputs, OTHER);
        await assert.rejects(create(client, CONFIG_MAP, inputs), {
            message: "ConfigMap default/taken exists already. Import it, or give yours another name.",
        });
    });

    it("keeps what a Secret holds secret in the state", async () => {
        const inputs = {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "hidden", namespace: "default" },
            stringData: secret({ word: "sesame" }),
        };
        const { id, outs } = await create(client, urn("core/v1:Secret"), inputs);
        assert.deepEqual(outs.data, secret({ word: Buffer.from("sesame").toString("base64") }));
        assert.doesNotMatch(JSON.stringify({ ...outs, data: undefined }), /sesame|c2VzYW1l/);
        const found = await read(client, urn("core/v1:Secret"), id, outs, inputs);
        assert.deepEqual(unwrap(found?.inputs), unwrap(inputs));
    });

    it("makes objects of a kind that was defined a moment ago, by the definition's own rules", async () => {
        await create(client, urn("apiextensions.k8s.io/v1:CustomResourceDefinition"), DEFINITION);
        const gate = (bars: number): Properties => ({
            apiVersion: "portcullis.example/v1",
            kind: "Gate",
            metadata: { name: "north", namespace: "default" },
            spec: { bars },
        });
        const token = urn("portcullis.example/v1:Gate");
        await assert.rejects(create(client, token, gate(4)), /bars are odd in number/);
        const { id, outs } = await create(client, token, gate(3));
        assert.equal(id, "default/north");
        assert.deepEqual(
            diff(token, outs, gate(3), { ...gate(3), apiVersion: "other.example/v1" }).replaces,
            ["apiVersion"],
        );
    });

    it("names what the program does not name, the same each time", () => {
        const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "default" } };
        const [one, other] = [check(CONFIG_MAP, inputs), check(CONFIG_MAP, inputs)];
        assert.match(String(asProperties(one.inputs.metadata).name), /^thing-[0-9a-f]{8}$/);
        assert.deepEqual(one, other);
    });
});
