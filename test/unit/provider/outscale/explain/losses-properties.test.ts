/** What holds of the losses that a report names, for any rules and anybody. */
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decideAccess, type AccessRule, type Identity } from "../../../../../provider/outscale/access";
import { losses } from "../../../../../provider/outscale/explain/losses";
import { withoutAuthority, withoutRule } from "../../../../../provider/outscale/account";
import { covers } from "../../../../../provider/outscale/ranges";
import { makeHolders, NOW, type Holders } from "../../../../support/holders";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const CAS = ["ca-a", "ca-b", "ca-unknown", "ca-gone"] as const;
const plainRule = fc.record({
    cas: fc.subarray([...CAS], { maxLength: 2 }),
    cns: fc.constantFrom<readonly string[]>([], [], ["alice"], ["bob"]),
    ipRanges: fc.constantFrom<readonly string[]>([], ["192.0.2.0/25"], ["192.0.2.128/25"], ["0.0.0.0/0"]),
});
const plainIdentity = fc.record({
    sourceIp: fc.constantFrom(undefined, "192.0.2.7", "192.0.2.0/24", "198.51.100.7"),
    holder: fc.constantFrom(undefined, "alice" as const, "bob" as const, "aliceOfB" as const),
});
const world = fc.record({
    rules: fc.array(plainRule, { minLength: 1, maxLength: 4 }),
    people: fc.array(plainIdentity, { minLength: 1, maxLength: 3 }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function build({ rules, people }: World): { rules: AccessRule[]; identities: Identity[] } {
    const pems: Partial<Record<string, string>> = {
        "ca-a": holders.authorities.a.certificatePem,
        "ca-b": holders.authorities.b.certificatePem,
    };
    return {
        rules: rules.map(({ cas, cns, ipRanges }, index) => ({
            id: `r${index}`,
            cns,
            ipRanges,
            authorities: cas.map((id) => {
                const certificatePem = pems[id];
                if (id === "ca-gone") return { id, gone: true };
                return certificatePem === undefined ? { id } : { id, certificatePem };
            }),
        })),
        identities: people.map(({ sourceIp, holder }, index) => ({
            name: `person ${index}`,
            sourceIp,
            certificatePem: holder && holders[holder].certificatePem,
        })),
    };
}

/** Every change that a report speaks of. */
const changes = (rules: readonly AccessRule[]): (readonly AccessRule[])[] => [
    ...rules.map(({ id }) => withoutRule(rules, id)),
    ...CAS.map((id) => withoutAuthority(rules, id)),
];

test("what may go without a loss for somebody leaves them admitted as before", () => {
    fc.assert(
        fc.property(world, (given) => {
            const { rules, identities } = build(given);
            for (const after of changes(rules)) {
                const losing = losses(rules, after, identities, NOW).map(({ identity }) => identity);
                for (const identity of identities.filter(({ name }) => !losing.includes(name))) {
                    const before = decideAccess(rules, identity, NOW);
                    const then = decideAccess(after, identity, NOW);
                    expect(before.admitted.every((part) => covers(then.admitted, part))).toBe(true);
                    if (before.verdict === "admitted") expect(then.verdict).toBe("admitted");
                }
            }
        }),
        { numRuns: 200 },
    );
});

test("each effect is what it says", () => {
    const seen = new Set<string>();
    fc.assert(
        fc.property(world, (given) => {
            const { rules, identities } = build(given);
            for (const after of changes(rules)) {
                for (const { identity: name, effect } of losses(rules, after, identities, NOW)) {
                    seen.add(effect);
                    const identity = identities.find((each) => each.name === name);
                    if (identity === undefined) throw new Error("a loss of nobody");
                    const before = decideAccess(rules, identity, NOW);
                    const then = decideAccess(after, identity, NOW);
                    const isSure = before.admitted.some((part) => !covers(then.possible, part));
                    expect(isSure).toBe(effect !== "uncertain");
                    if (effect === "lockedOut") expect(then.possible).toEqual([]);
                    if (effect === "narrowed") expect(then.possible).not.toEqual([]);
                }
            }
        }),
        { numRuns: 300 },
    );
    expect([...seen].sort()).toEqual(["lockedOut", "narrowed", "uncertain"]);
});

test("nothing else of the rules is changed", () => {
    fc.assert(
        fc.property(world, fc.constantFrom(...CAS), (given, caId) => {
            const { rules } = build(given);
            expect(withoutRule(rules, "r0")).toEqual(rules.slice(1));
            expect(withoutRule(rules, "none")).toEqual(rules);
            const after = withoutAuthority(rules, caId);
            expect(after.map(({ authorities: _authorities, ...rest }) => rest)).toEqual(
                rules.map(({ authorities: _authorities, ...rest }) => rest),
            );
            const others = (all: readonly AccessRule[]): unknown =>
                all.map(({ authorities }) => authorities.filter(({ id }) => id !== caId));
            expect(others(after)).toEqual(others(rules));
            expect(after.flatMap(({ authorities }) => authorities).filter(({ id }) => id === caId)).toEqual(
                rules
                    .flatMap(({ authorities }) => authorities)
                    .filter(({ id }) => id === caId)
                    .map(({ id }) => ({ id, gone: true })),
            );
        }),
    );
});
