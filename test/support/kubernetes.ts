/** A real Kubernetes API server with definitions and namespaces, for tests whose objects it has to take. */
import type { Context } from "mocha";
import { parse } from "yaml";
import { KubernetesClient } from "../../tools/pulumi/plugins/kubernetes/client";
import { clusterOf } from "../../tools/pulumi/plugins/kubernetes/kubeconfig";
import { asProperties } from "../../tools/pulumi/plugins/values";
import { findKubernetes, startKubernetes, type RunningKubernetes } from "../../tools/services/kubernetes";
import type { Definitions } from "./certificate-crds";
import { foundOrSkip } from "./skip";

export interface KubernetesGround extends RunningKubernetes {
    readonly client: KubernetesClient;
}

/** Milliseconds that mocha gives what opens one: a new machine builds the server first. */
export const BUILDING = 45 * 60_000;

/** Whose fields those objects are that a test applies. */
export const TEST = { fieldManager: "test" };

/** Starts it in the folder; where a part is missing, what the hook is for is skipped. */
export async function openKubernetes(
    hook: Context,
    directory: string,
    definitions: readonly Definitions[],
    namespaces: readonly string[],
): Promise<KubernetesGround> {
    const what = "no real Kubernetes API server with these kinds: ";
    const found = foundOrSkip(hook, await findKubernetes(), what);
    const texts = definitions.flatMap((each) => foundOrSkip(hook, each, what).texts);
    const running = await startKubernetes(found, directory);
    const client = new KubernetesClient(clusterOf(running.kubeconfig));
    try {
        await prepare(client, texts, namespaces);
    } catch (error) {
        await running.end();
        throw error;
    }
    return { ...running, client };
}

async function prepare(
    client: KubernetesClient,
    texts: readonly string[],
    namespaces: readonly string[],
): Promise<void> {
    for (const text of texts) {
        // Some definitions are longer than an annotation may be, so that only server-side apply takes them.
        const { status: _status, ...definition } = asProperties(parse(text));
        await client.apply(definition, TEST);
    }
    for (const name of namespaces) {
        await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, TEST);
    }
}
