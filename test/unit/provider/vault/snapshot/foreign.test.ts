import { expect, test } from "@jest/globals";
import type { VaultServer } from "../../../../../provider/vault/client";
import { VaultRefusal } from "../../../../../provider/vault/errors";
import { refuseForeign } from "../../../../../provider/vault/snapshot/foreign";

/** A server of the cluster "here", with so many nodes; or one that does not say how many. */
function serverOf(nodes: number | "hidden"): VaultServer {
    const answers = (path: string): unknown => {
        if (path === "sys/health") return { cluster_id: "here" };
        if (nodes === "hidden") throw new VaultRefusal(`GET ${path}`, 403, []);
        return { data: { config: { servers: Array.from({ length: nodes }, () => ({ node_id: "node" })) } } };
    };
    return {
        // A promise that rejects, as the client's does.
        call: async (_method, path, schema) =>
            Promise.resolve().then(() => ({ status: 200, data: schema.parse(answers(path)) })),
        patient: () => serverOf(nodes),
        close: () => undefined,
    };
}
const OWN = { clusterId: "here", id: "one" };
const FOREIGN = { clusterId: "elsewhere", id: "one" };

test.each<readonly [string, typeof OWN, number | "hidden"]>([
    ["its own into several nodes", OWN, 3],
    ["its own where nodes cannot be seen", OWN, "hidden"],
    ["another's into one node", FOREIGN, 1],
])("a cluster takes a snapshot of %s", async (_title, manifest, nodes) => {
    await expect(refuseForeign(serverOf(nodes), "token", manifest)).resolves.toBeUndefined();
});

test.each([2, 3, 5])("another cluster's snapshot is kept from %d nodes", async (nodes) => {
    await expect(refuseForeign(serverOf(nodes), "token", FOREIGN)).rejects.toThrow(
        `this one has ${nodes} nodes`,
    );
});

test("another cluster's snapshot is kept from nodes that nobody can count", async () => {
    await expect(refuseForeign(serverOf("hidden"), "token", FOREIGN)).rejects.toThrow(
        "may not see how many nodes this one has",
    );
});
