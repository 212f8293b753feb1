/** A rotation that breaks on its way and is given up: gone on from, or taken back, nobody is out. */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Graph } from "../support/graph";
import { exploreGivenUp, type Outcome } from "./given-up";
import { countCalls, prepare, type Prepared, type Shape } from "./run";
import { account, scenarios } from "./scenarios";
import type { CrashMode } from "./world";

const MODES: readonly CrashMode[] = ["before", "after"];
type Counts = Readonly<Record<Outcome, number>>;

const EC = { keyAlgorithm: "EC-P256" } as const;

describe("a rotation that is interrupted and given up", function () {
    this.timeout(300_000);
    let rotation: Prepared;
    let second: Prepared;

    before(async () => {
        const all = await scenarios();
        const named = (name: string): Promise<Prepared> => {
            const scenario = all.find((each) => each.name.startsWith(name));
            assert.ok(scenario);
            return prepare(scenario);
        };
        rotation = await named("a rotation of the authority");
        second = await named("a second rotation");
    });

    /** Every call of the point's target stopped before and after it; what came of `instead` in how many cases. */
    async function everywhere(point: Prepared, instead: Graph, expected: Shape): Promise<Counts> {
        const counts = { deployed: 0, "refused, then deployed": 0, "refused, then refused": 0 };
        const calls = await countCalls(point);
        for (let at = 1; at <= calls; at += 1) {
            for (const mode of MODES) {
                const { outcome, shape } = await exploreGivenUp(point, instead, { at, mode });
                counts[outcome] += 1;
                if (outcome !== "refused, then refused") assert.deepEqual(shape, expected);
            }
        }
        console.log(`        ${JSON.stringify(counts)}`);
        return counts;
    }

    it("for the next rotation: that waits until the first has been finished", async () => {
        const third = await account({ authority: { ...EC, generation: 3 } });
        const counts = await everywhere(rotation, third, second.expected);
        assert.equal(counts.deployed + counts["refused, then refused"], 0);
        assert.notEqual(counts["refused, then deployed"], 0);
    });

    it("for the one before: it is taken back until its certificates were handed out, and then finished", async () => {
        const counts = await everywhere(rotation, await account(), rotation.before);
        assert.equal(counts["refused, then deployed"], 0);
        // Stopped after its last call, the rotation was as good as finished.
        assert.equal(counts["refused, then refused"], 1);
        assert.notEqual(counts.deployed, 0);
    });

    it("for the one before, where an authority is dropped as well", async () => {
        const counts = await everywhere(
            second,
            await account({ authority: { ...EC, generation: 2 } }),
            second.before,
        );
        assert.equal(counts["refused, then deployed"], 0);
        assert.notEqual(counts.deployed, 0);
    });
});
