/** What holds of the guard for any rules, any change and anybody. */
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decideAccess, type AccessRule, type Identity } from "../../../../provider/outscale/access";
import { heldAndWanted, lockouts, type ProtectedIdentity } from "../../../../provider/outscale/protection";
import { overlaps, parseRange } from "../../../../provider/outscale/ranges";
import { makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const plain = fc.record({
    authority: fc.constantFrom("none", "none", "a", "b", "unknown", "gone"),
    cns: fc.constantFrom<readonly string[]>([], [], ["alice"], ["bob"]),
    ipRanges: fc.constantFrom<readonly string[]>([], ["192.0.2.0/25"], ["192.0.2.128/25"], ["0.0.0.0/0"]),
});
type Plain = typeof plain extends fc.Arbitrary<infer T> ? T : never;

function rule(id: string, { authority, cns, ipRanges }: Plain): AccessRule {
    const pem =
        authority === "a" || authority === "b" ? holders.authorities[authority].certificatePem : undefined;
    const named = {
        id: `ca-${authority}`,
        ...(pem === undefined ? {} : { certificatePem: pem }),
        ...(authority === "gone" ? { gone: true } : {}),
    };
    return { id, cns, ipRanges, authorities: authority === "none" ? [] : [named] };
}
const ruled = (rules: readonly Plain[], prefix = "r"): AccessRule[] =>
    rules.map((each, index) => rule(`${prefix}${index}`, each));

const who = fc.record({
    sourceIp: fc.constantFrom(undefined, "192.0.2.7", "192.0.2.0/24", "198.51.100.7"),
    holder: fc.constantFrom(
        undefined,
        "alice" as const,
        "bob" as const,
        "aliceOfB" as const,
        "expired" as const,
    ),
});
type Who = typeof who extends fc.Arbitrary<infer T> ? T : never;
const identities = (people: readonly Who[]): Identity[] =>
    people.map(({ sourceIp, holder }, index) => ({
        name: `person ${index}`,
        sourceIp,
        ...(holder === undefined ? {} : { certificatePem: holders[holder].certificatePem }),
    }));

/** A change of rules: some go, some are rewritten, some come. */
const change = fc.record({
    before: fc.array(plain, { maxLength: 4 }),
    kept: fc.array(fc.constantFrom("kept", "kept", "gone", "rewritten"), { minLength: 4, maxLength: 4 }),
    rewritten: fc.array(plain, { minLength: 4, maxLength: 4 }),
    added: fc.array(plain, { maxLength: 2 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function sides({ before, kept, rewritten, added }: Change): { before: AccessRule[]; after: AccessRule[] } {
    const old = ruled(before);
    const after = old.flatMap((each, index) => {
        const other = rewritten[index];
        if (kept[index] === "gone") return [];
        return kept[index] === "rewritten" && other !== undefined ? [rule(each.id, other)] : [{ ...each }];
    });
    return { before: old, after: [...after, ...ruled(added, "new")] };
}

/** One address of each kind that these rules tell apart. */
const SAMPLES = ["192.0.2.7", "192.0.2.200", "198.51.100.7"];
const inSource = (sample: string, { sourceIp }: Identity): boolean =>
    sourceIp === undefined || overlaps(parseRange(sample), parseRange(sourceIp));
/** Each of an identity's addresses by itself. */
const samplesOf = (identity: Identity): Identity[] =>
    SAMPLES.filter((sample) => inSource(sample, identity)).map((sourceIp) => ({ ...identity, sourceIp }));

test("whoever is not reported is admitted after from every address that admitted before", () => {
    fc.assert(
        fc.property(change, fc.array(who, { minLength: 1, maxLength: 3 }), (each, people) => {
            const { before, after } = sides(each);
            const all = identities(people);
            const reported = lockouts(before, after, all, NOW).map(({ identity }) => identity);
            for (const identity of all) {
                if (reported.includes(identity)) continue;
                for (const here of samplesOf(identity)) {
                    if (decideAccess(before, here, NOW).verdict !== "admitted") continue;
                    expect(decideAccess(after, here, NOW).verdict).toBe("admitted");
                }
            }
        }),
        { numRuns: 400 },
    );
});

test("reports exactly those who lose a rule that may admit them, and an address that is not surely admitted after", () => {
    let reports = 0;
    fc.assert(
        fc.property(change, who, (each, person) => {
            const { before, after } = sides(each);
            const [identity] = identities([person]);
            if (identity === undefined) throw new Error("one person is one identity");
            const now = decideAccess(before, identity, NOW);
            const later = decideAccess(after, identity, NOW);
            const opening = before.filter((_, index) => now.rules[index]?.verdict !== "refused");
            const loses = opening.some(
                (old) => !after.some((other) => JSON.stringify(other) === JSON.stringify(old)),
            );
            const shutOut = samplesOf(identity).some(
                (here) =>
                    decideAccess(before, here, NOW).verdict !== "refused" &&
                    decideAccess(after, here, NOW).verdict !== "admitted",
            );
            const expected = loses && shutOut;
            expect(lockouts(before, after, [identity], NOW)).toEqual(
                expected ? [{ identity, after: later }] : [],
            );
            if (expected) reports += 1;
        }),
        { numRuns: 600 },
    );
    expect(reports).toBeGreaterThan(20);
});

test("a change that only adds rules locks nobody out, in whatever order they come", () => {
    fc.assert(
        fc.property(
            fc.array(plain, { maxLength: 4 }),
            fc.array(plain),
            fc.array(who),
            (old, more, people) => {
                const before = ruled(old);
                const after = [...ruled(more, "new"), ...before.map((each) => ({ ...each })).reverse()];
                expect(lockouts(before, after, identities(people), NOW)).toEqual([]);
            },
        ),
        { numRuns: 200 },
    );
});

test("no identities, no lock-outs; and each is judged by itself", () => {
    fc.assert(
        fc.property(change, fc.array(who, { maxLength: 3 }), (each, people) => {
            const { before, after } = sides(each);
            const all = identities(people);
            expect(lockouts(before, after, [], NOW)).toEqual([]);
            expect(lockouts(before, after, all, NOW)).toEqual(
                all.flatMap((identity) => lockouts(before, after, [identity], NOW)),
            );
        }),
        { numRuns: 150 },
    );
});

test("whom to spare: everyone wanted, and nobody who is not wanted by name", () => {
    const person: fc.Arbitrary<ProtectedIdentity> = fc.record({
        name: fc.constantFrom("a", "b", "c"),
        sourceIp: fc.constantFrom(undefined, "192.0.2.7"),
        certificatePem: fc.constantFrom(undefined, "old", "new"),
        authorityPems: fc.constantFrom<readonly string[]>([], ["ca"]),
    });
    const people = fc.uniqueArray(person, { selector: ({ name }) => name });
    fc.assert(
        fc.property(people, people, (last, wanted) => {
            const spared = heldAndWanted(last, wanted);
            expect(spared.slice(0, wanted.length)).toEqual(wanted);
            const held = wanted.filter(({ name, certificatePem }) => {
                const before = last.find((each) => each.name === name)?.certificatePem;
                return before !== undefined && before !== certificatePem;
            });
            expect(spared.slice(wanted.length).map(({ name }) => name)).toEqual(held.map(({ name }) => name));
            expect(heldAndWanted(wanted, wanted)).toEqual(wanted);
        }),
    );
});
