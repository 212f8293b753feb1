/** A deliberately wrong order is caught by the same watch: rules retired with nothing proven and nobody protected. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Graph } from "../support/graph";
import { explore, GateFell, prepare } from "./run";
import { account, scenarios } from "./scenarios";

/** The graph with the retirements cut loose from the proof, and with every guard off. */
function cutLoose(graph: Graph): Graph {
    return graph.map((node) => {
        const { proof: _proof, protect: _protect, ...inputs } = node.inputs;
        const { clientCertificates: _certificates, ...alone } = inputs;
        return node.token === "outscale:RetiredApiAccessRule"
            ? {
                  ...node,
                  inputs: alone,
                  dependencies: node.dependencies.filter((name) => name.endsWith("-record")),
              }
            : { ...node, inputs };
    });
}

describe("a deliberately wrong order", function () {
    this.timeout(120_000);

    it("is caught: the gate falls in some order", async () => {
        const [first] = await scenarios();
        assert.ok(first);
        const target = cutLoose(await account());
        // What is expected at the end does not matter here, so it is taken from the right order.
        const point = { ...(await prepare(first)), scenario: { ...first, name: "the wrong order", target } };
        const fallen: number[] = [];
        for (let seed = 1; seed <= 30; seed += 1) {
            try {
                await explore(point, { seed, crashes: [], parallel: 1, refreshAfterCrash: false });
            } catch (error) {
                if (error instanceof GateFell) fallen.push(seed);
            }
        }
        assert.notEqual(fallen.length, 0, "thirty wrong orders went unnoticed");
        console.log(`        caught in ${fallen.length} of 30 orders`);
    });
});
