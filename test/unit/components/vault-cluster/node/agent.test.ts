/** The decisions of the node service: the very Python functions, in tables and against their rule in TypeScript. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";

const FOLDER = join(__dirname, "../../../../../components/vault-cluster/node/agent");

interface LeaveCase {
    readonly voters: readonly string[];
    readonly alive: readonly string[];
    readonly node: string;
    readonly nodes: number;
}

interface LostCase {
    readonly server: "open" | "sealed" | "uninitialised" | "silent";
    readonly joined: boolean;
    readonly members?: readonly string[];
    readonly alive?: readonly string[];
}

interface TurnCase {
    readonly voters: readonly string[];
    readonly node: string;
    /** Seconds since the epoch. */
    readonly now: number;
    readonly length: number;
}

/** Answers many cases at once, each as its function does; a node is not given up without the view of an active one. */
const ASK = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(FOLDER)})
from agent import View, is_lost, led_for, next_turn, refusal
asked = json.load(sys.stdin)
def view(members, alive):
    return View("host", "", "", frozenset(members), frozenset(members), frozenset(alive))
json.dump([
    [refusal(frozenset(c["voters"]), frozenset(c["alive"]), c["node"], c["nodes"]) for c in asked["leave"]],
    [is_lost(c["server"], c["joined"], view(c["members"], c["alive"]) if "members" in c else None, "me") for c in asked["lost"]],
    [next_turn(c["voters"], c["node"], c["now"], c["length"]) for c in asked["turns"]],
    [str(led_for(since, now)) for since, now in asked["leads"]],
], sys.stdout)
`;

function ask(
    leave: readonly LeaveCase[],
    lost: readonly LostCase[],
    turns: readonly TurnCase[] = [],
    leads: readonly (readonly [since: string, now: number])[] = [],
): readonly [readonly string[], readonly boolean[], readonly number[], readonly string[]] {
    const output = execFileSync("python3", ["-c", ASK], {
        input: JSON.stringify({ leave, lost, turns, leads }),
        encoding: "utf8",
        maxBuffer: 1 << 26,
    });
    // The program above prints a list of texts, one of truth values, one of numbers and one of texts.
    return JSON.parse(output) as [string[], boolean[], number[], string[]];
}

const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `i-${index}`);

// Voters, of whom so many are alive with the node among them, of a cluster declared with so many.
const LEAVING: readonly (readonly [voters: number, alive: number, nodes: number, refusal: string])[] = [
    [5, 5, 5, ""],
    [5, 4, 5, ""],
    [5, 3, 5, "2 of the 4 other voters are alive, and 3 are needed"],
    [6, 6, 5, ""],
    [6, 4, 5, ""],
    [6, 3, 5, "2 of the 5 other voters are alive, and 3 are needed"],
    [7, 5, 5, ""],
    [4, 4, 5, ""],
    [3, 3, 5, "2 voters would remain of a cluster of 5"],
    [3, 3, 3, ""],
    [3, 2, 3, "1 of the 2 other voters are alive, and 2 are needed"],
    [2, 2, 3, "1 voters would remain of a cluster of 3"],
    [4, 3, 3, ""],
    [7, 7, 7, ""],
    [7, 4, 7, "3 of the 6 other voters are alive, and 4 are needed"],
    [1, 1, 1, "0 of the 0 other voters are alive, and 1 are needed"],
];

describe("whether a node may leave Raft", () => {
    it("is refused in words where too few would be left", () => {
        const cases = LEAVING.map(([voters, alive, nodes]) => ({
            ...{ voters: ids(voters), alive: ids(alive), node: "i-0", nodes },
        }));
        const [refusals] = ask(cases, []);
        expect(LEAVING.map(([v, a, n], index) => [v, a, n, refusals[index]])).toEqual(LEAVING);
    });

    it("counts a dead or sealed node that leaves as no loss, and one that does not vote as none either", () => {
        const dead = { voters: ids(5), alive: ids(4), node: "i-4", nodes: 5 };
        const deadOfThree = { voters: ids(5), alive: ids(3), node: "i-4", nodes: 5 };
        const joining = { voters: ids(5), alive: [...ids(3), "i-9"], node: "i-9", nodes: 5 };
        expect(ask([dead, deadOfThree, joining], [])[0]).toEqual(["", "", ""]);
    });

    it("is what its rule says, for any voters, and never leaves less than a quorum of live ones", () => {
        const cases = fc.sample(
            fc
                .record({
                    voters: fc.integer({ min: 1, max: 10 }),
                    up: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
                    nodes: fc.constantFrom(1, 3, 5, 7),
                })
                .map(({ voters, up, nodes }) => ({
                    voters: ids(voters),
                    alive: ids(voters).filter((id, index) => id === "i-0" || up[index] === true),
                    node: "i-0",
                    nodes,
                })),
            { numRuns: 3_000, seed: 5 },
        );
        const [refusals] = ask(cases, []);
        const allowed = cases.filter((_, index) => refusals[index] === "");
        expect(allowed.length).toBeGreaterThan(300);
        cases.forEach(({ voters: { length: v }, alive: { length: a }, nodes }, index) => {
            const mayLeave = a - 1 >= Math.floor((v - 1) / 2) + 1 && v - 1 >= Math.floor(nodes / 2) + 1;
            expect([v, a, nodes, refusals[index] === ""]).toEqual([v, a, nodes, mayLeave]);
        });
    });
});

describe("when a node's turn to leave begins", () => {
    const at = (node: string, now: number, voters = ids(5)): TurnCase => ({ voters, node, now, length: 2 });

    it("is its place among the voters, once in a round of all of them", () => {
        const cases = [at("i-0", 1_000), at("i-1", 1_000), at("i-4", 1_000), at("i-0", 1_000.5)];
        expect(ask([], [], [...cases, at("i-2", 1_004, ids(3))])[2]).toEqual([
            ...[1_000, 1_002, 1_008, 1_010],
            // A round of three takes six seconds, and one begins at 1,002.
            1_006,
        ]);
    });

    it("lies ahead within one round, and is never that of another voter, whenever each of them reckons", () => {
        const cases = fc.sample(
            fc
                .record({
                    voters: fc.integer({ min: 2, max: 9 }),
                    nodes: fc.tuple(fc.nat(), fc.nat()),
                    // Of this century, in quarters, which a number of Python holds exactly.
                    times: fc.tuple(fc.integer({ min: 4e9, max: 16e9 }), fc.integer({ min: 0, max: 1_000 })),
                    length: fc.constantFrom(0.5, 1, 2),
                })
                .map(({ voters, nodes: [one, other], times: [now, later], length }) => {
                    const common = { voters: ids(voters), length };
                    const second = (one + 1 + (other % (voters - 1))) % voters;
                    return [
                        { ...common, node: `i-${one % voters}`, now: now / 4 },
                        { ...common, node: `i-${second}`, now: (now + later) / 4 },
                    ] as const;
                }),
            { numRuns: 2_000, seed: 6 },
        );
        const starts = ask([], [], cases.flat())[2];
        cases.forEach(([one, other], index) => {
            const [first = NaN, second = NaN] = starts.slice(2 * index, 2 * index + 2);
            for (const [start, { now, voters, length }] of [
                [first, one],
                [second, other],
            ] as const) {
                expect(start).toBeGreaterThanOrEqual(now);
                expect(start).toBeLessThan(now + voters.length * length);
            }
            expect(one.node).not.toBe(other.node);
            expect(Math.abs(first - second)).toBeGreaterThanOrEqual(one.length);
        });
    });
});

describe("for how long a node has led", () => {
    it("is told by the time at which it became active, in any zone; for ever where it is not told", () => {
        const cases = [
            ["2026-01-01T00:00:00Z", "20.0"],
            ["2026-01-01T00:00:05.123456789Z", "15.0"],
            ["2026-01-01T02:00:10.5+02:00", "10.0"],
            ["2025-12-31T19:00:00-05:00", "20.0"],
            ["", "inf"],
            ["soon", "inf"],
        ] as const;
        const now = Date.UTC(2026, 0, 1, 0, 0, 20) / 1_000;
        const answers = ask(
            ...([[], [], []] as const),
            cases.map(([since]) => [since, now]),
        )[3];
        expect(cases.map(([since], index) => [since, answers[index]])).toEqual(cases);
    });
});

const others = { members: ids(5), alive: ids(5) };
const LOST: readonly (readonly [what: string, lost: LostCase, isLost: boolean])[] = [
    ["removed, and answering as a standby", { server: "open", joined: true, ...others }, true],
    ["removed before this service was started", { server: "open", joined: false, ...others }, true],
    ["removed, and down", { server: "silent", joined: true, ...others }, true],
    ["down, and never seen as a member", { server: "silent", joined: false, ...others }, false],
    ["sealed, though removed", { server: "sealed", joined: true, ...others }, false],
    ["about to join", { server: "uninitialised", joined: false, ...others }, false],
    ["a member", { server: "open", joined: true, members: ["me", ...ids(4)], alive: ids(4) }, false],
    [
        "a member that is down",
        { server: "silent", joined: true, members: ["me", ...ids(4)], alive: ids(4) },
        false,
    ],
    ["no active node in sight", { server: "open", joined: true }, false],
    ["the others just have quorum", { server: "open", joined: true, members: ids(5), alive: ids(3) }, true],
    ["the others have none", { server: "open", joined: true, members: ids(5), alive: ids(2) }, false],
    [
        "half of an even number is none",
        { server: "open", joined: true, members: ids(4), alive: ids(2) },
        false,
    ],
];

describe("whether a node can never come back by itself", () => {
    it("is so only where a cluster with quorum goes on without it, and it has been in it", () => {
        const [, answers] = ask(
            [],
            LOST.map(([, lost]) => lost),
        );
        expect(LOST.map(([what], index) => [what, answers[index]])).toEqual(
            LOST.map(([what, , isLost]) => [what, isLost]),
        );
    });
});
