/** How many nodes: tables of what is asked, and what holds for every size. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decideSize, quorum, type SizeChoice } from "../../../../components/vault-cluster/size";

const decided = (choice: SizeChoice): unknown => {
    const decision = decideSize(choice);
    return decision.accepted ? decision.size : decision.failures;
};

test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
])("of %i voters %i have to be alive", (voters, least) => {
    expect(quorum(voters)).toBe(least);
});

test.each<[SizeChoice, object]>([
    [{ mode: "ha" }, { nodes: 5, onDemandBase: 0, most: 7 }],
    [
        { mode: "ha", nodes: 3 },
        { nodes: 3, onDemandBase: 0, most: 4 },
    ],
    [
        { mode: "ha", nodes: 7 },
        { nodes: 7, onDemandBase: 0, most: 10 },
    ],
    [
        { mode: "ha", onDemandBase: 3 },
        { nodes: 5, onDemandBase: 3, most: 7 },
    ],
    [
        { mode: "ha", nodes: 7, onDemandBase: 4 },
        { nodes: 7, onDemandBase: 4, most: 10 },
    ],
    [{ mode: "dev" }, { nodes: 1, onDemandBase: 0, most: 2 }],
    [
        { mode: "dev", nodes: 1, onDemandBase: 1 },
        { nodes: 1, onDemandBase: 1, most: 2 },
    ],
])("%j is %j", (choice, size) => {
    expect(decided(choice)).toEqual(size);
});

describe("refused", () => {
    const OFFER = "Give 3, 5 or 7; 5 outlives the loss of any two.";
    const even = (nodes: number): string =>
        `It is ${nodes}. An even number tolerates no more losses than ${nodes - 1} would, and has one node more to lose. ${OFFER}`;
    const other = (nodes: number): string => `It is ${nodes}. Clusters have 3, 5 or 7 nodes. ${OFFER}`;

    test.each<[SizeChoice, string, string]>([
        [{ mode: "ha", nodes: 4 }, "nodes", even(4)],
        [{ mode: "ha", nodes: 2 }, "nodes", even(2)],
        [{ mode: "ha", nodes: 9 }, "nodes", other(9)],
        [{ mode: "ha", nodes: 0 }, "nodes", other(0)],
        [{ mode: "ha", nodes: 2.5 }, "nodes", other(2.5)],
        [{ mode: "ha", nodes: Number.NaN }, "nodes", other(Number.NaN)],
        [
            { mode: "ha", nodes: 1 },
            "nodes",
            `It is 1. A single node outlives no loss, and is for mode "dev". ${OFFER}`,
        ],
        [
            { mode: "dev", nodes: 3 },
            "nodes",
            'It is 3, and mode "dev" has a single node. Leave it out, or set mode "ha".',
        ],
        [
            { mode: "ha", onDemandBase: 4 },
            "onDemandBase",
            "It is 4, and no whole number from 0 to 3, the quorum of 5. Give one of these: nodes beyond the quorum keep nothing alive that the quorum does not.",
        ],
    ])("%j", (choice, property, reason) => {
        expect(decided(choice)).toEqual([{ property, reason }]);
    });

    test.each([-1, 0.5, Number.NaN, 2])("a base of %d in mode dev", (onDemandBase) => {
        expect(decided({ mode: "dev", onDemandBase })).toMatchObject([{ property: "onDemandBase" }]);
    });
});

test("what is accepted outlives a loss, and has room for each replacement to start before the old node ends", () => {
    fc.assert(
        fc.property(fc.integer({ min: -2, max: 12 }), fc.integer({ min: -1, max: 8 }), (nodes, base) => {
            const decision = decideSize({ mode: "ha", nodes, onDemandBase: base });
            if (!decision.accepted) return;
            const { size } = decision;
            expect(size.nodes % 2).toBe(1);
            expect(size.nodes - quorum(size.nodes)).toBeGreaterThanOrEqual(1);
            expect(size.most).toBeGreaterThan(size.nodes);
            expect(size.onDemandBase).toBeLessThanOrEqual(quorum(size.nodes));
        }),
    );
});
