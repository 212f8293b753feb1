/** A rotation that breaks on its way and is given up: gone on from, or taken back, nobody is out. */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Graph } from "../support/graph";
import { exploreGivenUp, type Outcome } from "./given-up";
import { addHandMadeKeys } from "../support/hand-made-keys";
import { countCalls, prepare, type Prepared, type Shape } from "./run";
import {
    account,
    closedAccount,
    mendedAccount,
    OFFICE,
    ownKeyRemoved,
    scenarios,
    type Scenario,
} from "./scenarios";
import type { CrashMode } from "./world";

const MODES: readonly CrashMode[] = ["before", "after"];
type Counts = Readonly<Record<Outcome, number>>;

const EC = { keyAlgorithm: "EC-P256" } as const;

/** Every call of the point's target stopped before and after it; what came of `instead` in how many cases. */
async function everywhere(
    point: Prepared,
    instead: Graph,
    expected: Shape,
    seen: (shape: Shape) => Shape = rulesIn,
): Promise<Counts> {
    const counts = { deployed: 0, "refused, then deployed": 0, "refused, then refused": 0 };
    const calls = await countCalls(point);
    for (let at = 1; at <= calls; at += 1) {
        for (const mode of MODES) {
            const { outcome, shape } = await exploreGivenUp(point, instead, { at, mode });
            counts[outcome] += 1;
            if (outcome !== "refused, then refused") assert.deepEqual(seen(shape), seen(expected));
        }
    }
    console.log(`        ${JSON.stringify(counts)}`);
    return counts;
}

/** Without the authorities: one that was made when the engine was killed is in no state, and nobody's to delete. */
function rulesIn(shape: Shape): Shape {
    return shape.filter((entry) => entry.startsWith("{"));
}

/**
 * Without the dates of keys as well: one that was set when the engine was killed is in no state, so nobody takes it
 * back, and the key works until then.
 */
function withoutDates(shape: Shape): Shape {
    return rulesIn(shape)
        .map((entry) => entry.replace(/,"ExpirationDate":(null|\d+)/, ""))
        .sort();
}

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

    it("for the next rotation: that waits until the first has been finished", async () => {
        const third = await account({ authority: { ...EC, generation: 3 } });
        const counts = await everywhere(rotation, third, second.expected);
        assert.equal(counts.deployed + counts["refused, then refused"], 0);
        assert.notEqual(counts["refused, then deployed"], 0);
    });

    it("for the one before: it is taken back until its certificates were handed out, and then finished", async () => {
        const counts = await everywhere(rotation, await account(), rotation.before);
        assert.equal(counts["refused, then deployed"], 0);
        // Where the answer to the new rule's creation was lost, no state knows the rule, which names the authority.
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

    it("for the next change of common names: that waits until the first has been finished", async () => {
        const named = (commonName: string, cns: string[]): Promise<Graph> =>
            account({
                clients: { operator: { ...EC, commonName }, ci: EC },
                rules: { certificate: { cns: [...cns, "ci"] } },
            });
        const before = await named("first", ["first"]);
        const target = await named("second", ["first", "second"]);
        const third = await named("third", ["second", "third"]);
        const scenario = { name: "another common name", daysLater: 0, addresses: [OFFICE] };
        const point = await prepare({ ...scenario, before: [before], target });
        const { expected } = await prepare({ ...scenario, before: [before, target], target: third });
        const counts = await everywhere(point, third, expected);
        assert.equal(counts.deployed + counts["refused, then refused"], 0);
        assert.notEqual(counts["refused, then deployed"], 0);
    });
});

describe("rules retired and an authority dropped at once", function () {
    this.timeout(120_000);

    it("is refused before anybody is out, and can be taken back", async () => {
        const kept = await account({ keepDefaultRule: true });
        const bold = await account({ authority: { ...EC, generation: 2, keepPrevious: false } });
        const scenario = { name: "too much at once", before: [kept], daysLater: 0, addresses: [OFFICE] };
        const point = await prepare({ ...scenario, target: undefined });
        const tooMuch = { ...point, scenario: { ...point.scenario, target: bold } };
        for (let seed = 1; seed <= 10; seed += 1) {
            const never = { at: 1_000 + seed, mode: "before" } as const;
            const { outcome, shape } = await exploreGivenUp(tooMuch, kept, never);
            assert.equal(outcome, "deployed");
            assert.deepEqual(shape, point.before);
        }
    });
});

describe("a trusted session that is given up", function () {
    this.timeout(300_000);
    let scenario: Omit<Scenario, "target">;
    let closed: Graph;

    before(async () => {
        closed = await closedAccount();
        const base = { daysLater: 0, addresses: [], found: addHandMadeKeys };
        scenario = { ...base, name: "a trusted session", before: [closed] };
    });

    it("on its way: rules, keys and policy are as before", async () => {
        const point = await prepare({ ...scenario, target: await mendedAccount() });
        const counts = await everywhere(point, closed, point.before, withoutDates);
        assert.equal(counts["refused, then refused"], 0);
        // Where the policy was set and no state knows it, the service keeps the dates until the session is finished.
        assert.equal(counts["refused, then deployed"], 3);
    });

    it("because it would remove the key that makes the calls, which keeps working", async () => {
        const point = await prepare({ ...scenario, target: undefined });
        const target = await ownKeyRemoved();
        const fatal = { ...point, scenario: { ...point.scenario, target } };
        for (let seed = 1; seed <= 10; seed += 1) {
            const never = { at: 1_000 + seed, mode: "before" } as const;
            const { outcome, shape } = await exploreGivenUp(fatal, closed, never);
            assert.equal(outcome, "deployed");
            assert.deepEqual(rulesIn(shape), rulesIn(point.before));
        }
    });
});
