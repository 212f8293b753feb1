/** The access decision against the emulated service's own enforcement, which shares no code with it. */
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { decideAccess } from "../../../../provider/outscale/access";
import { accountAccess } from "../../../../provider/outscale/account";
import { derOf } from "../../../../provider/pki/pem";
import { daysFromNow, makeHolders, type Holders } from "../../../support/holders";
import { newAccount, OUTSIDE } from "../../../support/outscale";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

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
const criteria = fc.record({
    cas: fc.subarray([0, 1, 2, 3], { maxLength: 2 }),
    cns: fc.oneof(
        fc.constant<string[]>([]),
        fc.subarray(["alice", "bob", "Alice", "Authority A"], { minLength: 1 }),
    ),
    ranges: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.array(range, { maxLength: 3 }) },
    ),
});

interface World {
    readonly account: OutscaleAccount;
    readonly rules: readonly { cas: number[]; cns: string[]; ranges: string[] }[];
}

/** An account with the four authorities and those rules that the service accepts; then some authorities are deleted. */
function build(rules: World["rules"], deleted: readonly number[], at: Date): OutscaleAccount {
    const account = newAccount({ clock: () => at });
    const call = (name: string, request: unknown): void =>
        void account.execute(name, request, { sourceAddress: OUTSIDE });
    for (const each of AUTHORITIES)
        call("CreateCa", { CaPem: holders.authorities[each].certificatePem, Description: each });
    const ids = account.cas().map((ca) => ca.CaId);
    const [first] = account.rules();
    for (const { cas, cns, ranges } of rules) {
        const CaIds = cas.flatMap((index) => ids[index] ?? []);
        call("CreateApiAccessRule", { CaIds, Cns: cns, IpRanges: ranges });
    }
    for (const index of deleted) call("DeleteCa", { CaId: ids[index] });
    // The rule that admits the whole world would hide all others.
    call("DeleteApiAccessRule", { ApiAccessRuleId: first?.ApiAccessRuleId });
    return account;
}

const scene = [
    fc.array(criteria, { minLength: 1, maxLength: 4 }),
    fc.oneof({ weight: 3, arbitrary: fc.constant<number[]>([]) }, fc.subarray([0, 1, 2, 3])),
    fc.option(fc.constantFrom(...HOLDERS), { nil: undefined, freq: 6 }),
    address,
    fc.constantFrom(-200, -50, -5, 0, 5, 50, 150, 1_500),
] as const;

test("with every authority's certificate known, it decides as the service does", () => {
    const seen = { admitted: 0, refused: 0 };
    fc.assert(
        fc.property(...scene, (rules, deleted, who, sourceAddress, day) => {
            const at = daysFromNow(day);
            const account = build(rules, deleted, at);
            const pems = AUTHORITIES.map((each) => holders.authorities[each].certificatePem);
            const access = accountAccess(
                account.rules().map((rule) => ({
                    ...rule,
                    CaIds: [...rule.CaIds],
                    Cns: [...rule.Cns],
                    IpRanges: [...rule.IpRanges],
                })),
                account.cas(),
                pems,
            );
            const certificatePem = who && holders[who].certificatePem;
            const identity = { name: "somebody", sourceIp: sourceAddress, certificatePem };
            const { verdict } = decideAccess(access.rules, identity, at);
            const admitted = account.admits({
                sourceAddress,
                certificate: certificatePem === undefined ? undefined : derOf(certificatePem),
            });
            expect(verdict).toBe(admitted ? "admitted" : "refused");
            seen[admitted ? "admitted" : "refused"] += 1;
        }),
        { numRuns: 1_500 },
    );
    expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(150);
});

test("with some certificates not known, it never contradicts the service", () => {
    let undetermined = 0;
    fc.assert(
        fc.property(
            ...scene,
            fc.subarray([...AUTHORITIES]),
            (rules, deleted, who, sourceAddress, day, known) => {
                const at = daysFromNow(day);
                const account = build(rules, deleted, at);
                const pems = known.map((each) => holders.authorities[each].certificatePem);
                const access = accountAccess(
                    account.rules().map((rule) => ({
                        ...rule,
                        CaIds: [...rule.CaIds],
                        Cns: [...rule.Cns],
                        IpRanges: [...rule.IpRanges],
                    })),
                    account.cas(),
                    pems,
                );
                const certificatePem = who && holders[who].certificatePem;
                const identity = { name: "somebody", sourceIp: sourceAddress, certificatePem };
                const { verdict } = decideAccess(access.rules, identity, at);
                const admitted = account.admits({
                    sourceAddress,
                    certificate: certificatePem === undefined ? undefined : derOf(certificatePem),
                });
                if (verdict === "undetermined") undetermined += 1;
                else expect(verdict).toBe(admitted ? "admitted" : "refused");
            },
        ),
        { numRuns: 1_000 },
    );
    expect(undetermined).toBeGreaterThan(30);
});
