/** Serves the `vault` stand-in as a plugin, for runs in which the real provider cannot be installed. */
import { serve } from "../serving";
import { clientFor, type VaultClient } from "./client";
import { check, create, diff, planned, read, remove, update } from "./provider";

let configured: Promise<VaultClient> | undefined;

/** Connects where it is needed first: a preview may configure what it never calls. */
function client(): Promise<VaultClient> {
    if (configured === undefined) throw new Error("The vault provider is not configured.");
    return configured;
}

serve({
    version: "7.8.0",
    configure: (settings) => {
        configured = clientFor(settings, process.env);
        // The call that needs it gets the error; nobody may be left who waits for this promise.
        configured.catch(() => undefined);
    },
    check,
    diff,
    planned,
    create: async (urn, inputs) => create(await client(), urn, inputs),
    read: async (urn, id, state, inputs) => read(await client(), urn, id, state, inputs),
    update: async (urn, id, olds, news) => update(await client(), urn, id, olds, news),
    remove: async (urn, id, state) => remove(await client(), urn, id, state),
});
