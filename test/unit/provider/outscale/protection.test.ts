/** The guard: whom a change would lock out, whom a change has to spare, and what the refusal says. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { PortcullisError } from "../../../../provider/errors";
import { decideAccess, type AccessRule, type Identity } from "../../../../provider/outscale/access";
import {
    describeIdentity,
    describeLockout,
    describeRule,
    heldAndWanted,
    LockoutError,
    lockouts,
    type ProtectedIdentity,
} from "../../../../provider/outscale/protection";
import { daysFromNow, makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
let certificate: AccessRule;
let alice: Identity;

const world: AccessRule = { id: "world", authorities: [], cns: [], ipRanges: ["0.0.0.0/0"] };
const office: AccessRule = { id: "office", authorities: [], cns: [], ipRanges: ["192.0.2.0/24"] };
const clerk: Identity = { name: "clerk", sourceIp: "192.0.2.7" };

beforeAll(async () => {
    holders = await makeHolders();
    const { certificatePem } = holders.authorities.a;
    certificate = { id: "certificate", authorities: [{ id: "ca-a", certificatePem }], cns: [], ipRanges: [] };
    alice = { name: "alice", certificatePem: holders.alice.certificatePem };
});

const names = (
    before: readonly AccessRule[],
    after: readonly AccessRule[],
    who: readonly Identity[],
    at = NOW,
) => lockouts(before, after, who, at).map(({ identity }) => identity.name);

describe("a lock-out is", () => {
    test("each identity that was admitted and no longer is, with the decision over what remains", () => {
        expect(lockouts([world, office, certificate], [certificate], [clerk, alice], NOW)).toEqual([
            { identity: clerk, after: decideAccess([certificate], clerk, NOW) },
        ]);
        expect(names([world, office, certificate], [], [clerk, alice])).toEqual(["clerk", "alice"]);
    });

    test("none where somebody else's rule goes, or another rule admits", () => {
        expect(names([world, office], [office], [clerk])).toEqual([]);
        expect(names([world, certificate], [certificate], [alice])).toEqual([]);
        expect(names([office, certificate], [office], [clerk])).toEqual([]);
        expect(names([], [], [clerk])).toEqual([]);
    });

    test("none for who was refused before already", () => {
        expect(names([certificate], [office], [{ name: "stranger", sourceIp: "203.0.113.9" }])).toEqual([]);
        expect(names([office], [], [clerk])).toEqual(["clerk"]);
    });

    test("a narrowing of the rule that admits: by address, by CN, by authority", () => {
        expect(names([office], [{ ...office, ipRanges: ["192.0.2.0/29"] }], [clerk])).toEqual([]);
        expect(names([office], [{ ...office, ipRanges: ["192.0.2.8/29"] }], [clerk])).toEqual(["clerk"]);
        expect(names([certificate], [{ ...certificate, cns: ["alice"] }], [alice])).toEqual([]);
        expect(names([certificate], [{ ...certificate, cns: ["bob"] }], [alice])).toEqual(["alice"]);
        const other = { id: "ca-b", certificatePem: holders.authorities.b.certificatePem };
        expect(names([certificate], [{ ...certificate, authorities: [other] }], [alice])).toEqual(["alice"]);
        const gone = { id: "ca-a", gone: true };
        expect(names([certificate], [{ ...certificate, authorities: [gone] }], [alice])).toEqual(["alice"]);
    });

    test("a part of an identity's addresses", () => {
        const both: Identity = { name: "offices", sourceIp: "192.0.2.0/24" };
        const halves = [
            { ...office, id: "low", ipRanges: ["192.0.2.0/25"] },
            { ...office, id: "high", ipRanges: ["192.0.2.128/25"] },
        ];
        expect(names(halves, halves.slice(1), [both])).toEqual(["offices"]);
        // Who is admitted from some of the addresses only has those to lose, and no more.
        expect(names(halves.slice(1), [], [both])).toEqual(["offices"]);
        expect(names(halves.slice(1), [{ ...office, ipRanges: ["192.0.2.192/26"] }], [both])).toEqual([
            "offices",
        ]);
        expect(names(halves.slice(1), [{ ...office, ipRanges: ["192.0.2.128/25"] }], [both])).toEqual([]);
        expect(names(halves.slice(1), [office], [both])).toEqual([]);
        const elsewhere = { ...office, id: "elsewhere", ipRanges: ["198.51.100.0/24"] };
        expect(names([...halves.slice(1), elsewhere], halves.slice(1), [both])).toEqual([]);
    });

    test("decided for the moment: an expired holder has nothing to lose", () => {
        expect(names([certificate], [], [alice], daysFromNow(99))).toEqual(["alice"]);
        expect(names([certificate], [], [alice], daysFromNow(100))).toEqual([]);
    });
});

describe("what is not known for sure counts against the change", () => {
    const unknown: AccessRule = { id: "unknown", authorities: [{ id: "ca-x" }], cns: [], ipRanges: [] };

    test("before: whom such a rule may admit may lose by it", () => {
        expect(names([unknown], [], [alice])).toEqual(["alice"]);
        expect(names([unknown], [], [clerk])).toEqual([]);
    });

    test("after: such a rule saves nobody", () => {
        expect(names([world, unknown], [unknown], [alice])).toEqual(["alice"]);
        expect(names([world, unknown], [unknown, certificate], [alice])).toEqual([]);
    });

    test("but a change that leaves every rule that admits, or may admit, takes nothing", () => {
        const abroad: Identity = { ...alice, sourceIp: "203.0.113.9" };
        expect(names([unknown, office], [unknown], [abroad])).toEqual([]);
        expect(names([unknown, office], [office, { ...unknown }], [abroad])).toEqual([]);
        expect(names([unknown], [{ ...unknown, description: "new words" }], [alice])).toEqual([]);
        expect(names([unknown], [{ ...unknown, cns: ["alice"] }], [alice])).toEqual(["alice"]);
        // The office's rule admits from a part of everywhere.
        expect(names([unknown, office], [unknown], [alice])).toEqual(["alice"]);
        expect(names([unknown], [{ ...unknown, id: "another" }], [alice])).toEqual(["alice"]);
        // One of two uncertain rules goes: it may have been the one that admits.
        const second: AccessRule = { ...unknown, id: "second", authorities: [{ id: "ca-y" }] };
        expect(names([unknown, second], [unknown], [alice])).toEqual(["alice"]);
    });
});

describe("whom a change has to spare", () => {
    const held = (over: Partial<ProtectedIdentity>): ProtectedIdentity => ({
        name: "alice",
        authorityPems: [],
        ...over,
    });

    test("the identities wanted, and each with the certificate of the last deployment", () => {
        const last = [held({ sourceIp: "192.0.2.7", certificatePem: "old", authorityPems: ["old CA"] })];
        const wanted = [held({ sourceIp: "192.0.2.8", certificatePem: "new", authorityPems: ["new CA"] })];
        expect(heldAndWanted(last, wanted)).toEqual([
            { name: "alice", sourceIp: "192.0.2.8", certificatePem: "new", authorityPems: ["new CA"] },
            { name: "alice", sourceIp: "192.0.2.8", certificatePem: "old", authorityPems: ["old CA"] },
        ]);
    });

    test.each<[string, ProtectedIdentity[], ProtectedIdentity[], number]>([
        ["the same certificate", [held({ certificatePem: "x" })], [held({ certificatePem: "x" })], 1],
        ["none before", [held({ sourceIp: "192.0.2.7" })], [held({ certificatePem: "x" })], 1],
        ["a new identity", [], [held({ certificatePem: "x" })], 1],
        ["another name", [held({ name: "bob", certificatePem: "x" })], [held({ certificatePem: "y" })], 1],
        ["no longer protected", [held({ certificatePem: "x" })], [], 0],
        ["no certificate any more", [held({ certificatePem: "x" })], [held({ sourceIp: "192.0.2.7" })], 2],
    ])("%s", (_title, last, wanted, count) => {
        const spared = heldAndWanted(last, wanted);
        expect(spared).toHaveLength(count);
        expect(spared.slice(0, wanted.length)).toEqual(wanted);
    });

    test("the wanted come first, in their order, and the held in the same order", () => {
        const last = ["a", "b", "c"].map((name) => held({ name, certificatePem: `${name}-old` }));
        const wanted = ["c", "a"].map((name) => held({ name, certificatePem: `${name}-new` }));
        expect(heldAndWanted(last, wanted).map(({ certificatePem }) => certificatePem)).toEqual([
            "c-new",
            "a-new",
            "c-old",
            "a-old",
        ]);
    });
});

describe("the refusal", () => {
    test("names the identity, why each rule would not admit it, what remains, and what to do", () => {
        const after = [{ ...office, description: "Backup" }, certificate];
        const stranger: Identity = { name: "stranger", sourceIp: "203.0.113.9" };
        const error = new LockoutError(
            "delete the access rule world",
            lockouts([world, ...after], after, [stranger], NOW),
            after,
            NOW,
        );
        expect(error).toBeInstanceOf(PortcullisError);
        expect(error.name).toBe("LockoutError");
        expect(error.code).toBe("Lockout");
        expect(error.remaining).toBe(after);
        expect(error.lockouts.map(({ identity }) => identity)).toEqual([stranger]);
        expect(error.problem).toBe(
            'Refused to delete the access rule world: the protected identity "stranger" (from 203.0.113.9, without ' +
                "client certificate) would no longer be admitted (office: 203.0.113.9 is outside 192.0.2.0/24; " +
                "certificate: it asks for a client certificate). Rules that would remain: " +
                'office "Backup" [IP 192.0.2.0/24]; certificate [CA ca-a] (decided for 2026-06-15T12:00:00.000Z).',
        );
        expect(error.remedy).toBe(
            'Declare a rule that admits "stranger" and keep it, wait with this change until its holder uses the new ' +
                "certificate, or, if it may lose its access, take it out of `protect`. This call was not made.",
        );
        expect(error.message).toBe(`${error.problem} ${error.remedy}`);
    });

    test("names several, says where none remains, and holds no certificate", () => {
        const error = new LockoutError("x", lockouts([world], [], [clerk, alice], NOW), [], NOW);
        expect(error.problem).toBe(
            'Refused to x: the protected identity "clerk" (from 192.0.2.7, without client certificate) would no longer ' +
                'be admitted. the protected identity "alice" (from any IPv4 address, with its client certificate) ' +
                "would no longer be admitted. Rules that would remain: none (decided for 2026-06-15T12:00:00.000Z).",
        );
        expect(error.remedy).toContain('"clerk", "alice"');
        expect(error.message).not.toContain("BEGIN");
    });

    test("tells doubt from certainty", () => {
        const rule: AccessRule = { id: "r", authorities: [{ id: "ca-x" }], cns: [], ipRanges: [] };
        expect(describeLockout({ identity: alice, after: decideAccess([rule], alice, NOW) })).toBe(
            'the protected identity "alice" (from any IPv4 address, with its client certificate) could not be shown to ' +
                "be admitted (r: the certificate of ca-x is not known here).",
        );
    });

    test("describes identities and rules in a few words", () => {
        expect(describeIdentity({ name: "n" })).toBe(
            '"n" (from any IPv4 address, without client certificate)',
        );
        expect(describeRule({ id: "r", authorities: [], cns: [], ipRanges: [] })).toBe("r []");
        expect(
            describeRule({
                id: "r",
                description: "All",
                authorities: [{ id: "ca-1" }, { id: "ca-2" }],
                cns: ["a", "b"],
                ipRanges: ["192.0.2.7", "192.0.2.8"],
            }),
        ).toBe('r "All" [CA ca-1 or ca-2, CN a or b, IP 192.0.2.7 or 192.0.2.8]');
        expect(describeRule({ id: "r", description: "", authorities: [], cns: [], ipRanges: ["::/0"] })).toBe(
            "r [IP ::/0]",
        );
    });
});
