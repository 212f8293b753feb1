/** Which autopilot settings are accepted, with what is made of them, and why others are refused. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CLUSTER_SIZES, decideAutopilot, type ClusterSize } from "../../../../provider/vault/autopilot";

const NET = {
    cleanupDeadServers: true,
    deadServerLastContactThreshold: "5m",
    minQuorum: 3,
    serverStabilizationTime: "10s",
};

describe("defaults", () => {
    test.each([3, 5, 7] as const)("%d nodes remove their dead after 5 minutes, down to 3 voters", (nodes) => {
        expect(decideAutopilot(nodes)).toEqual({ accepted: true, configuration: NET });
    });

    test("a single node removes nobody", () => {
        expect(decideAutopilot(1)).toEqual({
            accepted: true,
            configuration: { ...NET, cleanupDeadServers: false, minQuorum: 0 },
        });
    });
});

describe("threshold", () => {
    test.each(["2m", "120s", "121s", "5m", "14m", "15m", "900s"])(
        "%s is accepted as it is written",
        (text) => {
            expect(decideAutopilot(5, { deadServerLastContactThreshold: text })).toEqual({
                accepted: true,
                configuration: { ...NET, deadServerLastContactThreshold: text },
            });
        },
    );

    const TOO_SOON = /^After less than a minute autopilot removes nodes that are alive/;
    const SOON = /^It is shorter than a node may need/;
    const LATE = /^So long dead voters count against the majority/;
    const TOO_LATE = /^Over an hour dead voters pile up/;
    const NONE = /^It is no duration/;
    test.each([
        ["10s", TOO_SOON],
        ["59s", TOO_SOON],
        ["60s", SOON],
        ["1m", SOON],
        ["119s", SOON],
        ["901s", LATE],
        ["16m", LATE],
        ["30m", LATE],
        ["1h", LATE],
        ["3600s", LATE],
        ["3601s", TOO_LATE],
        ["61m", TOO_LATE],
        ["24h", TOO_LATE],
        ["", NONE],
        ["0s", NONE],
        ["5", NONE],
        ["5 minutes", NONE],
        ["5m0s", NONE],
    ])("%j is refused, with its own reason and the same remedy", (text, why) => {
        for (const nodes of CLUSTER_SIZES) {
            const decision = decideAutopilot(nodes, { deadServerLastContactThreshold: text });
            expect(decision).toEqual({
                accepted: false,
                failures: [
                    { property: "deadServerLastContactThreshold", reason: expect.stringMatching(why) },
                ],
            });
            expect(JSON.stringify(decision)).toContain("Give 2m to 15m, or leave it out, which is 5m.");
        }
    });
});

describe("minimum of voters", () => {
    test.each([
        [3, 3],
        [5, 3],
        [5, 4],
        [5, 5],
        [7, 3],
        [7, 7],
    ] as [ClusterSize, number][])("of %d nodes %d is accepted", (nodes, minQuorum) => {
        expect(decideAutopilot(nodes, { minQuorum })).toEqual({
            accepted: true,
            configuration: { ...NET, minQuorum },
        });
    });

    test.each([
        [5, 2, /^With fewer than 3 voters .* Give a whole number from 3 to 5, or leave it out\.$/],
        [5, 0, /^With fewer than 3 voters /],
        [5, -3, /^With fewer than 3 voters /],
        [3, 2, /^With fewer than 3 voters .* Give 3, or leave it out\.$/],
        [5, 6, /^The cluster has 5 nodes, so that no dead one would ever be removed\. /],
        [3, 5, /^The cluster has 3 nodes.* Give 3, or leave it out\.$/],
        [5, 3.5, /^It is no whole number\. Give a whole number from 3 to 5/],
        [5, NaN, /^It is no whole number\./],
        [1, 3, /^A single node has no other voters to keep\. /],
        [1, 0, /^A single node has no other voters to keep\. /],
    ] as [ClusterSize, number, RegExp][])("of %d nodes %d is refused", (nodes, minQuorum, reason) => {
        expect(decideAutopilot(nodes, { minQuorum })).toEqual({
            accepted: false,
            failures: [{ property: "minQuorum", reason: expect.stringMatching(reason) }],
        });
    });
});

test("both faults are named at once", () => {
    const decision = decideAutopilot(5, { deadServerLastContactThreshold: "10s", minQuorum: 2 });
    expect(decision).toMatchObject({
        accepted: false,
        failures: [{ property: "deadServerLastContactThreshold" }, { property: "minQuorum" }],
    });
});

test("whatever is accepted keeps a majority of 3 or more, and waits 2 to 15 minutes", () => {
    fc.assert(
        fc.property(
            fc.constantFrom(...CLUSTER_SIZES),
            fc.integer({ min: 1, max: 5_000 }),
            fc.constantFrom("s", "m", "h"),
            fc.integer({ min: -2, max: 9 }),
            (nodes, count, unit, minQuorum) => {
                const decision = decideAutopilot(nodes, {
                    deadServerLastContactThreshold: `${count}${unit}`,
                    minQuorum,
                });
                const seconds = count * { s: 1, m: 60, h: 3_600 }[unit];
                expect(decision.accepted).toBe(
                    seconds >= 120 && seconds <= 900 && minQuorum >= 3 && minQuorum <= nodes,
                );
            },
        ),
    );
});
