/** The access decision against a second, naive formulation, which tries every address of small ranges bit by bit. */
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decideAccess, type AccessRule, type Verdict } from "../../../../provider/outscale/access";
import type { AddressRange } from "../../../../provider/outscale/ranges";
import { daysFromNow, makeHolders, type Holders } from "../../../support/holders";

/** What a naive reader knows of each certificate: who issued it, its name, when it holds, whether it is for clients. */
interface Facts {
    readonly issuer: "a" | "b" | "impostor";
    readonly cn: string;
    /** In days from now, the end excluded. */
    readonly days: readonly [number, number];
    readonly forClients: boolean;
}

const FACTS = {
    alice: { issuer: "a", cn: "alice", days: [-10, 100], forClients: true },
    bob: { issuer: "a", cn: "bob", days: [-10, 100], forClients: true },
    aliceOfB: { issuer: "b", cn: "alice", days: [-10, 100], forClients: true },
    aliceOfImpostor: { issuer: "impostor", cn: "alice", days: [-10, 100], forClients: true },
    expired: { issuer: "a", cn: "alice", days: [-10, -1], forClients: true },
    early: { issuer: "a", cn: "alice", days: [1, 100], forClients: true },
    server: { issuer: "a", cn: "alice", days: [-10, 100], forClients: false },
} as const satisfies Record<string, Facts>;
type Who = keyof typeof FACTS;

/** A rule as the naive reader writes it down. */
interface PlainRule {
    readonly authorities: readonly {
        readonly name: Facts["issuer"];
        readonly known: "yes" | "no" | "gone";
    }[];
    readonly cns: readonly string[];
    readonly ranges: readonly { readonly base: number; readonly prefix: number }[];
    readonly pending: boolean;
}

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

/** 10.0.0.0 to 10.0.0.31 is the whole world of these tests; a few ranges are wider. */
const BASE = 10 * 2 ** 24;
const range = fc.record({
    base: fc.integer({ min: BASE, max: BASE + 31 }),
    prefix: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 27, max: 32 }) },
        { weight: 1, arbitrary: fc.constantFrom(0, 1, 8) },
    ),
});
const authority = fc.record({
    name: fc.constantFrom<Facts["issuer"]>("a", "b", "impostor"),
    known: fc.constantFrom("yes" as const, "yes" as const, "no" as const, "gone" as const),
});
const plainRule: fc.Arbitrary<PlainRule> = fc.record({
    authorities: fc.array(authority, { maxLength: 2 }),
    cns: fc.oneof(
        fc.constant<string[]>([]),
        fc.array(fc.constantFrom("alice", "bob", "Alice"), { maxLength: 2 }),
    ),
    ranges: fc.array(range, { maxLength: 3 }),
    pending: fc.oneof(
        { weight: 12, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
    ),
});

const universe = Array.from({ length: 34 }, (_, offset) => BASE - 1 + offset);
const dotted = (value: number): string =>
    [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

function inRange(address: number, { base, prefix }: { base: number; prefix: number }): boolean {
    for (let bit = 0; bit < prefix; bit += 1) {
        const place = 2 ** (31 - bit);
        if (Math.floor(address / place) % 2 !== Math.floor(base / place) % 2) return false;
    }
    return true;
}

/** Whether one rule admits one address; `hoping` takes everything unknown for the best. */
function admits(
    rule: PlainRule,
    address: number,
    who: Who | undefined,
    day: number,
    hoping: boolean,
): boolean {
    if (rule.pending) return hoping;
    if (rule.authorities.length === 0 && rule.ranges.length === 0) return false;
    if (rule.ranges.length > 0 && !rule.ranges.some((each) => inRange(address, each))) return false;
    if (rule.authorities.length === 0) return true;
    if (who === undefined) return false;
    const facts: Facts = FACTS[who];
    if (rule.cns.length > 0 && !rule.cns.includes(facts.cn)) return false;
    return rule.authorities.some(({ name, known }) => {
        if (known === "gone") return false;
        if (known === "no") return hoping;
        const [start, end] = facts.days;
        return name === facts.issuer && start <= day && day < end && facts.forClients;
    });
}

function naive(
    rules: readonly PlainRule[],
    addresses: readonly number[],
    who: Who | undefined,
    day: number,
): Verdict {
    const all = (hoping: boolean): boolean =>
        addresses.every((address) => rules.some((rule) => admits(rule, address, who, day, hoping)));
    return all(false) ? "admitted" : all(true) ? "undetermined" : "refused";
}

function asRule({ authorities, cns, ranges, pending }: PlainRule, index: number): AccessRule {
    return {
        id: `rule-${index}`,
        cns,
        pending,
        ipRanges: ranges.map(({ base, prefix }) => `${dotted(base)}/${prefix}`),
        authorities: authorities.map(({ name, known }) => ({
            id: `ca-${name}`,
            ...(known === "no" ? {} : { certificatePem: holders.authorities[name].certificatePem }),
            ...(known === "gone" ? { gone: true } : {}),
        })),
    };
}

test("agrees with it on the verdict, and on the rules that admit", () => {
    const seen = new Map<Verdict, number>();
    fc.assert(
        fc.property(
            fc.array(plainRule, { maxLength: 5 }),
            fc.option(fc.constantFrom(...(Object.keys(FACTS) as Who[])), { nil: undefined }),
            fc.record({
                base: fc.integer({ min: BASE, max: BASE + 31 }),
                prefix: fc.integer({ min: 27, max: 32 }),
            }),
            fc.constantFrom(-20, -5, 0, 5, 50, 150),
            (plain, who, source, day) => {
                const identity = {
                    name: "somebody",
                    sourceIp: `${dotted(source.base)}/${source.prefix}`,
                    ...(who === undefined ? {} : { certificatePem: holders[who].certificatePem }),
                };
                const addresses = Array.from({ length: 32 }, (_, offset) => BASE + offset).filter((address) =>
                    inRange(address, source),
                );
                const decision = decideAccess(plain.map(asRule), identity, daysFromNow(day));
                const expected = naive(plain, addresses, who, day);
                expect(decision.verdict).toBe(expected);
                // A rule stands in `by` where it admits at least one of the addresses by itself.
                expect(decision.by).toEqual(
                    plain.flatMap((rule, index) =>
                        addresses.some((address) => admits(rule, address, who, day, false))
                            ? [`rule-${index}`]
                            : [],
                    ),
                );
                // The addresses that it names are those that are admitted one by one, within the identity's own.
                const held = (ranges: readonly AddressRange[]): number[] =>
                    universe.filter((address) =>
                        ranges.some(({ first, last }) => first <= BigInt(address) && BigInt(address) <= last),
                    );
                for (const [ranges, hoping] of [
                    [decision.admitted, false],
                    [decision.possible, true],
                ] as const) {
                    expect(held(ranges)).toEqual(
                        addresses.filter((address) =>
                            plain.some((rule) => admits(rule, address, who, day, hoping)),
                        ),
                    );
                }
                expect(decision.rules.map(({ ruleId }) => ruleId)).toEqual(
                    plain.map((_, index) => `rule-${index}`),
                );
                seen.set(expected, (seen.get(expected) ?? 0) + 1);
            },
        ),
        { numRuns: 1_000 },
    );
    // Each verdict occurs often enough for the agreement to mean something.
    for (const verdict of ["admitted", "refused", "undetermined"] as const) {
        expect(seen.get(verdict) ?? 0).toBeGreaterThan(40);
    }
});

test("one more rule never takes access away, and one less never gives any", () => {
    const rank = { refused: 0, undetermined: 1, admitted: 2 } as const;
    fc.assert(
        fc.property(fc.array(plainRule, { maxLength: 4 }), plainRule, range, (plain, more, source) => {
            const identity = {
                name: "alice",
                sourceIp: `${dotted(source.base)}/${Math.max(source.prefix, 24)}`,
                certificatePem: holders.alice.certificatePem,
            };
            const verdict = (rules: readonly PlainRule[]): Verdict =>
                decideAccess(rules.map(asRule), identity, daysFromNow(0)).verdict;
            expect(rank[verdict([...plain, more])]).toBeGreaterThanOrEqual(rank[verdict(plain)]);
            expect(verdict([more, ...plain])).toBe(verdict([...plain, more]));
        }),
        { numRuns: 200 },
    );
});
