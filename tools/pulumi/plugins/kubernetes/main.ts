/** Serves the `kubernetes` stand-in as a plugin, for runs in which the real provider cannot be installed. */
import { serve } from "../serving";
import { KubernetesClient } from "./client";
import { clusterOf } from "./kubeconfig";
import { check, create, diff, planned, read, remove, update } from "./provider";

let configured: KubernetesClient | undefined;

/** A preview may have a provider whose cluster is not there yet: only what calls it needs it. */
function client(): KubernetesClient {
    if (configured === undefined) {
        throw new Error("The kubernetes provider has no kubeconfig: give the provider's `kubeconfig`.");
    }
    return configured;
}

serve({
    version: "4.34.2",
    configure: ({ kubeconfig }) => {
        configured = typeof kubeconfig === "string" ? new KubernetesClient(clusterOf(kubeconfig)) : undefined;
    },
    check,
    diff,
    planned,
    create: async (urn, inputs) => create(client(), urn, inputs),
    read: async (urn, id, state, inputs) => read(client(), urn, id, state, inputs),
    update: async (urn, id, olds, news) => update(client(), urn, id, olds, news),
    remove: async (urn, _id, state) => remove(client(), urn, state),
});
