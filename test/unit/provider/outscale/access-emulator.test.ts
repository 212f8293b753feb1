/** The access decision against the emulated service's own enforcement, which shares no code with it. */
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AccountState, OutscaleAccount } from "../../../../emulators/outscale";
import { decideAccess, type Verdict } from "../../../../provider/outscale/access";
import { accountAccess } from "../../../../provider/outscale/account";
import { derOf } from "../../../../provider/pki/pem";
import { daysFromNow, makeHolders, type Holders } from "../../../support/holders";
import { newAccount, OUTSIDE, putCa } from "../../../support/outscale";

let holders: Holders;

const AUTHORITIES = ["a", "b", "impostor", "ended"] as const;
const HOLDERS = [
    "alice",
    "bob",
    "aliceOfB",
    "aliceOfImpostor",
    "aliceOfEnded",
    "expired",
    "early",
    "server",
    "nameless",
] as const;

const address = fc.oneof(
    fc.integer({ min: 0, max: 15 }).map((last) => `192.0.2.${last}`),
    fc.integer({ min: 0, max: 15 }).map((last) => `2001:db8::${last.toString(16)}`),
    fc.integer({ min: 0, max: 15 }).map((last) => `::ffff:192.0.2.${last}`),
    fc.ipV4(),
    fc.ipV6(),
);
const range = fc.oneof(
    fc
        .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }))
        .map(([last, prefix]) => `192.0.2.${last}/${prefix}`),
    fc
        .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 124, max: 128 }))
        .map(([last, prefix]) => `2001:db8::${last.toString(16)}/${prefix}`),
    address.filter((text) => !text.startsWith("::ffff:")),
    fc.constantFrom("0.0.0.0/0", "::/0", "128.0.0.0/1", "192.0.2.255/8"),
);
interface Criteria {
    readonly cas: readonly number[];
    readonly cns: readonly string[];
    readonly ranges: readonly string[];
}
const criteria: fc.Arbitrary<Criteria> = fc.record({
    cas: fc.subarray([0, 1, 2, 3], { maxLength: 2 }),
    cns: fc.oneof(
        fc.constant<string[]>([]),
        fc.subarray(["alice", "bob", "Alice", "Authority A"], { minLength: 1 }),
    ),
    ranges: fc.oneof(fc.constant<string[]>([]), fc.array(range, { maxLength: 3 })),
});

interface Scene {
    readonly rules: readonly Criteria[];
    /** Authorities that are deleted after the rules were made. */
    readonly deleted: readonly number[];
    readonly who: (typeof HOLDERS)[number] | undefined;
    readonly sourceAddress: string;
    readonly day: number;
    /** Authorities whose certificates the decision knows. */
    readonly known: readonly (typeof AUTHORITIES)[number][];
}
const scene: fc.Arbitrary<Scene> = fc.record({
    rules: fc.array(criteria, { minLength: 1, maxLength: 4 }),
    deleted: fc.oneof({ weight: 3, arbitrary: fc.constant<number[]>([]) }, fc.subarray([0, 1, 2, 3])),
    who: fc.option(fc.constantFrom(...HOLDERS), { nil: undefined, freq: 6 }),
    sourceAddress: address,
    day: fc.constantFrom(-200, -50, -5, 0, 0, 5, 50, 150, 1_500),
    known: fc.subarray([...AUTHORITIES]),
});

let present = daysFromNow(0);
let account: OutscaleAccount;
let born: AccountState;
beforeAll(async () => {
    holders = await makeHolders();
    account = newAccount({ clock: () => present });
    for (const each of AUTHORITIES) putCa(account, holders.authorities[each].certificatePem, each);
    born = account.snapshot();
});

/** Puts the account into the scene, and asks the decision and the service. */
function ask({ rules, deleted, who, sourceAddress, day, known }: Scene): {
    verdict: Verdict;
    admitted: boolean;
} {
    present = daysFromNow(day);
    account.restore(born);
    const call = (name: string, request: unknown): void =>
        void account.execute(name, request, { sourceAddress: OUTSIDE });
    const ids = born.cas.map((ca) => ca.CaId);
    // The service refuses some of these; the others stand.
    for (const { cas, cns, ranges } of rules) {
        const CaIds = cas.flatMap((index) => ids[index] ?? []);
        call("CreateApiAccessRule", { CaIds, Cns: cns, IpRanges: ranges });
    }
    for (const index of deleted) call("DeleteCa", { CaId: ids[index] });
    // The rule that admits the whole world would hide all others.
    call("DeleteApiAccessRule", { ApiAccessRuleId: born.rules[0]?.ApiAccessRuleId });
    const access = accountAccess(
        account.rules().map((rule) => ({
            ...rule,
            CaIds: [...rule.CaIds],
            Cns: [...rule.Cns],
            IpRanges: [...rule.IpRanges],
        })),
        account.cas(),
        known.map((each) => holders.authorities[each].certificatePem),
    );
    const certificatePem = who && holders[who].certificatePem;
    const identity = { name: "somebody", sourceIp: sourceAddress, certificatePem };
    return {
        verdict: decideAccess(access.rules, identity, present).verdict,
        admitted: account.admits({
            sourceAddress,
            certificate: certificatePem === undefined ? undefined : derOf(certificatePem),
        }),
    };
}

test("with every authority's certificate known, it decides as the service does", () => {
    const seen = { admitted: 0, refused: 0 };
    fc.assert(
        fc.property(scene, (each) => {
            const { verdict, admitted } = ask({ ...each, known: AUTHORITIES });
            expect(verdict).toBe(admitted ? "admitted" : "refused");
            seen[admitted ? "admitted" : "refused"] += 1;
        }),
        { numRuns: 600 },
    );
    expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(60);
});

test("with some certificates not known, it never contradicts the service", () => {
    let undetermined = 0;
    fc.assert(
        fc.property(scene, (each) => {
            const { verdict, admitted } = ask(each);
            if (verdict === "undetermined") undetermined += 1;
            else expect(verdict).toBe(admitted ? "admitted" : "refused");
        }),
        { numRuns: 400 },
    );
    expect(undetermined).toBeGreaterThan(10);
});
