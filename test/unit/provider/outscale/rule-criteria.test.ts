/** When one rule admits somebody whom another does not: by tables, and against the access decision itself. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decideAccess, type AccessRule } from "../../../../provider/outscale/access";
import {
    narrowedCriteria,
    widenedCriteria,
    type Criterion,
    type RuleCriteria,
} from "../../../../provider/outscale/rule-criteria";
import { UNKNOWN } from "../../../../provider/resource";
import { daysFromNow, makeHolders, type Holders } from "../../../support/holders";

const rule = (over: Partial<RuleCriteria> = {}): RuleCriteria => ({
    caIds: ["ca-a"],
    cns: ["alice", "bob"],
    ipRanges: ["192.0.2.0/24", "2001:db8::/32"],
    ...over,
});

describe("a rule in place of another", () => {
    test.each<[string, Partial<RuleCriteria>, Partial<RuleCriteria>, Criterion[], Criterion[]]>([
        ["the same", {}, {}, [], []],
        ["in another order", {}, { cns: ["bob", "alice"] }, [], []],
        ["no common names", {}, { cns: [] }, ["cns"], []],
        ["one more common name", {}, { cns: ["alice", "bob", "carol"] }, ["cns"], []],
        ["one less", {}, { cns: ["alice"] }, [], ["cns"]],
        ["another", {}, { cns: ["Alice"] }, ["cns"], ["cns"]],
        ["common names where none were asked for", { cns: [] }, {}, [], ["cns"]],
        ["no authority", {}, { caIds: [], cns: [] }, ["caIds", "cns"], []],
        ["another authority", {}, { caIds: ["ca-b"] }, ["caIds"], ["caIds"]],
        ["one more authority", {}, { caIds: ["ca-a", "ca-b"] }, ["caIds"], []],
        ["no addresses", {}, { ipRanges: [] }, ["ipRanges"], []],
        ["a wider range", {}, { ipRanges: ["192.0.2.0/23", "2001:db8::/32"] }, ["ipRanges"], []],
        ["a part of the range", {}, { ipRanges: ["192.0.2.128/25"] }, [], ["ipRanges"]],
        [
            "the same range in halves",
            {},
            { ipRanges: ["192.0.2.0/25", "192.0.2.128/25", "2001:DB8:0::7/32"] },
            [],
            [],
        ],
        [
            "its two halves as one",
            { ipRanges: ["10.0.0.0/9", "10.128.0.0/9"] },
            { ipRanges: ["10.0.0.0/8"] },
            [],
            [],
        ],
        [
            "every IPv4 address for every address",
            { ipRanges: ["0.0.0.0/0"] },
            { ipRanges: [] },
            ["ipRanges"],
            [],
        ],
        [
            "wider in one, narrower in another",
            {},
            { cns: [], ipRanges: ["192.0.2.7"] },
            ["cns"],
            ["ipRanges"],
        ],
        [
            "anything in place of a rule that admits nobody",
            { caIds: [], cns: [], ipRanges: [] },
            {},
            ["caIds", "cns", "ipRanges"],
            ["caIds", "cns", "ipRanges"],
        ],
    ])("%s", (_title, before, after, widened, narrowed) => {
        expect(widenedCriteria(rule(before), rule(after))).toEqual(widened);
        expect(narrowedCriteria(rule(before), rule(after))).toEqual(narrowed);
    });

    test("what is not known yet may narrow", () => {
        expect(narrowedCriteria(rule(), { ...rule(), caIds: [UNKNOWN], cns: UNKNOWN })).toEqual([
            "caIds",
            "cns",
        ]);
    });
});

describe("against the access decision", () => {
    let holders: Holders;
    beforeAll(async () => {
        holders = await makeHolders();
    });

    const subset = <T>(items: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...items]);
    /** Small ranges that contain, touch and miss each other. */
    const ranges = [
        ...["10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.1", "10.0.0.4/30", "10.0.0.0/29"],
        ...["0.0.0.0/0", "::/0"],
    ];
    const criteria: fc.Arbitrary<RuleCriteria> = fc
        .record({
            caIds: subset(["a", "b"] as const),
            cns: subset(["alice", "bob"]),
            ipRanges: fc.oneof(fc.constant<string[]>([]), subset(ranges)),
        })
        // Common names without an authority are refused, by the inputs and by the service.
        .filter(({ caIds, cns }) => cns.length === 0 || caIds.length > 0);

    const asRule = ({ caIds, cns, ipRanges }: RuleCriteria): AccessRule => ({
        id: "rule",
        cns,
        ipRanges,
        authorities: caIds.map((id) => ({
            id,
            certificatePem: holders.authorities[id === "a" ? "a" : "b"].certificatePem,
        })),
    });
    const addresses = [
        ...Array.from({ length: 9 }, (_, last) => `10.0.0.${last}`),
        "192.0.2.1",
        "2001:db8::1",
    ];
    const admitted = (criteria: RuleCriteria): string[] =>
        [undefined, "alice" as const, "bob" as const, "aliceOfB" as const].flatMap((who) =>
            addresses
                .filter((sourceIp) => {
                    const held = who === undefined ? {} : { certificatePem: holders[who].certificatePem };
                    const identity = { name: who ?? "nobody", sourceIp, ...held };
                    return decideAccess([asRule(criteria)], identity, daysFromNow(0)).verdict === "admitted";
                })
                .map((address) => `${who ?? "nobody"} from ${address}`),
        );

    test("who is admitted by a rule that is not wider was admitted before", () => {
        const seen = { wider: 0, narrower: 0, alike: 0 };
        fc.assert(
            fc.property(criteria, criteria, (before, after) => {
                const isWider = widenedCriteria(before, after).length > 0;
                const isNarrower = narrowedCriteria(before, after).length > 0;
                const [then, now] = [admitted(before), admitted(after)];
                const more = now.filter((who) => !then.includes(who));
                if (!isWider) expect(more).toEqual([]);
                // A rule that names neither an authority nor an address, which the inputs refuse, admits nobody.
                const isShut = after.caIds.length === 0 && after.ipRanges.length === 0;
                if (!isNarrower && !isShut) expect(then.filter((who) => !now.includes(who))).toEqual([]);
                if (isWider && more.length > 0) seen.wider += 1;
                else if (!isWider && isNarrower) seen.narrower += 1;
                else if (!isWider) seen.alike += 1;
            }),
            { numRuns: 400, examples: [[rule(), rule({ cns: [] })]] },
        );
        expect(seen.wider).toBeGreaterThan(40);
        expect(seen.narrower).toBeGreaterThan(10);
    });

    test("one entry more, or a criterion less, is wider", () => {
        fc.assert(
            fc.property(criteria, fc.constantFrom("caIds", "cns", "ipRanges"), (full, criterion) => {
                fc.pre(full[criterion].length > 0);
                const [left] = full[criterion];
                const without = { ...full, [criterion]: [] };
                expect(widenedCriteria(full, without)).toEqual([criterion]);
                // Of ranges, others may hold what one holds.
                if (criterion === "ipRanges") return;
                const less = full[criterion].filter((item) => item !== left);
                if (less.length > 0)
                    expect(widenedCriteria({ ...full, [criterion]: less }, full)).toEqual([criterion]);
            }),
            { numRuns: 200 },
        );
    });
});
