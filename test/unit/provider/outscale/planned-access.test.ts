/** The guard at preview: which planned rules are refused, in which words, and what waits for the deployment. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { apiAccessProof, type ProofInputs } from "../../../../provider/outscale/api-access-proof";
import { plannedRefusals, type LastAccess } from "../../../../provider/outscale/planned-access";
import { UNKNOWN, type CheckFailure, type PlannedInputs } from "../../../../provider/resource";
import { daysFromNow, makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
let pemA: string;
let pemB: string;

beforeAll(async () => {
    holders = await makeHolders();
    pemA = holders.authorities.a.certificatePem;
    pemB = holders.authorities.b.certificatePem;
});

type Rule = PlannedInputs<ProofInputs["rules"][number]>;
type Protect = PlannedInputs<ProofInputs["protect"][number]>;

const certificate = (over: Partial<Rule> = {}): Rule => ({
    name: "certificate",
    ruleId: UNKNOWN,
    authorityPems: [pemA],
    cns: [],
    ipRanges: [],
    ...over,
});
const office = (over: Partial<Rule> = {}): Rule => ({
    name: "office",
    ruleId: "aar-1",
    authorityPems: [],
    cns: [],
    ipRanges: ["192.0.2.0/24"],
    ...over,
});
const alice = (over: Partial<Protect> = {}): Protect => ({
    name: "alice",
    certificatePem: holders.alice.certificatePem,
    authorityPems: [pemA],
    ...over,
});
const clerk: Protect = { name: "clerk", sourceIp: "192.0.2.7", authorityPems: [] };

function refusals(
    rules: PlannedInputs<ProofInputs>["rules"],
    protect: PlannedInputs<ProofInputs>["protect"],
    last: LastAccess = {},
    now = NOW,
): readonly CheckFailure[] {
    return plannedRefusals({ rules, protect }, last, now, "Nothing has been changed.");
}
/** The names of those refused; what the sentence begins with tells the wanted from the held. */
const refused = (...args: Parameters<typeof refusals>): string[] =>
    refusals(...args).map(({ reason }) => {
        const held = reason.startsWith(
            "Lock-out refused: with the certificate that it holds now, the protected",
        );
        return `${held ? "held " : ""}${/identity "([^"]+)"/.exec(reason)?.[1] ?? "nobody"}`;
    });

test("a refusal names the property, the identity, the reasons, the rules as planned and the remedy", () => {
    expect(refusals([office()], [alice({ sourceIp: "203.0.113.9" })])).toEqual([
        {
            property: "rules",
            reason:
                'Lock-out refused: the protected identity "alice" (from 203.0.113.9, with its client certificate) would ' +
                'no longer be admitted ("office": 203.0.113.9 is outside 192.0.2.0/24). Rules as planned: "office" [IP ' +
                '192.0.2.0/24]. Declare a rule that admits "alice" and keep it, wait with this change until its holder ' +
                "uses the new certificate, or, if it may lose its access, take it out of `protect`. Nothing has been changed.",
        },
    ]);
    const [none] = refusals([], [clerk]);
    expect(none?.reason).toContain(
        '"clerk" (from 192.0.2.7, without client certificate) would no longer be admitted.',
    );
    expect(none?.reason).toContain("Rules as planned: none.");
    const [named] = refusals([certificate({ cns: ["bob"] })], [alice()]);
    expect(named?.reason).toContain('("certificate": the certificate\'s CN alice is not among bob)');
    expect(named?.reason).toContain('"certificate" [CA authority 1, CN bob]');
});

describe("judges what is wanted", () => {
    test.each<[string, () => Rule[], () => Protect[], string[]]>([
        ["everyone admitted", () => [certificate(), office()], () => [alice(), clerk], []],
        ["no rule for the certificate", () => [office()], () => [alice(), clerk], ["alice"]],
        ["no rule for the address", () => [certificate()], () => [alice(), clerk], ["clerk"]],
        ["no rule at all", () => [], () => [alice(), clerk], ["alice", "clerk"]],
        ["nobody protected", () => [], () => [], []],
        [
            "an authority that does not match",
            () => [certificate({ authorityPems: [pemB] })],
            () => [alice()],
            ["alice"],
        ],
        ["one authority of two", () => [certificate({ authorityPems: [pemB, pemA] })], () => [alice()], []],
        [
            "a certificate for servers",
            () => [certificate()],
            () => [alice({ certificatePem: holders.server.certificatePem })],
            ["alice"],
        ],
        ["a narrowed address", () => [office({ ipRanges: ["192.0.2.8/29"] })], () => [clerk], ["clerk"]],
        ["an empty rule", () => [office({ ipRanges: [] })], () => [clerk], ["clerk"]],
        ["no id needed", () => [office({ ruleId: UNKNOWN })], () => [clerk], []],
    ])("%s", (_title, rules, protect, expected) => {
        expect(refused(rules(), protect())).toEqual(expected);
    });

    test("an expired certificate, at the moment of the preview", () => {
        expect(refused([certificate()], [alice()], {}, daysFromNow(99))).toEqual([]);
        expect(refused([certificate()], [alice()], {}, daysFromNow(100))).toEqual(["alice"]);
    });
});

describe("waits for the deployment with what is unknown", () => {
    test.each<[string, () => Parameters<typeof refusals>]>([
        ["all rules", () => [UNKNOWN, [alice()]]],
        ["everyone protected", () => [[], UNKNOWN]],
        ["a whole rule", () => [[UNKNOWN], [alice(), clerk]]],
        ["an authority", () => [[certificate({ authorityPems: [UNKNOWN] })], [alice()]]],
        ["every authority", () => [[certificate({ authorityPems: UNKNOWN })], [alice()]]],
        ["a rule's addresses", () => [[office({ ipRanges: UNKNOWN })], [clerk]]],
        ["one of a rule's addresses", () => [[office({ ipRanges: [UNKNOWN] })], [clerk]]],
        ["a rule's common names", () => [[certificate({ cns: UNKNOWN })], [alice()]]],
        ["a rule's name", () => [[office({ name: UNKNOWN })], [clerk]]],
        ["a whole identity", () => [[], [UNKNOWN]]],
        ["an identity's certificate", () => [[], [alice({ certificatePem: UNKNOWN })]]],
        ["an identity's address", () => [[], [{ ...clerk, sourceIp: UNKNOWN }]]],
        ["an identity's authorities", () => [[], [alice({ authorityPems: [UNKNOWN] })]]],
    ])("%s", (_title, args) => {
        expect(refused(...args())).toEqual([]);
    });

    test("but judges the others", () => {
        expect(
            refused([office()], [alice({ certificatePem: UNKNOWN }), clerk, alice({ name: "bob" })]),
        ).toEqual(["bob"]);
        expect(refused([office(), UNKNOWN], [clerk, alice()])).toEqual([]);
    });
});

describe("spares the certificate that is held since the last deployment", () => {
    const last = (rules: readonly Rule[], who = alice()): LastAccess => ({
        // A finished deployment leaves nothing unknown but what the decision does not read.
        rules: rules as unknown as ProofInputs["rules"],
        protect: [who] as unknown as ProofInputs["protect"],
    });
    const renewed = (): Protect =>
        alice({ certificatePem: holders.aliceOfB.certificatePem, authorityPems: [pemA, pemB] });

    test("refuses where the new one gets in and the held one no longer", () => {
        expect(refused([certificate({ authorityPems: [pemB] })], [renewed()], last([certificate()]))).toEqual(
            ["held alice"],
        );
        expect(
            refusals([certificate({ authorityPems: [pemB] })], [renewed()], last([certificate()]))[0]?.reason,
        ).toContain(
            'was not issued by the authority "Authority B": it names another issuer.). Rules as planned: "certificate" [CA authority 1].',
        );
    });

    test("lets both generations stand side by side", () => {
        expect(
            refused([certificate({ authorityPems: [pemB, pemA] })], [renewed()], last([certificate()])),
        ).toEqual([]);
    });

    test("says it once where the new one is refused as well", () => {
        expect(refused([office()], [renewed()], last([certificate()]))).toEqual(["alice"]);
    });

    test("asks for nothing that the held one did not have", () => {
        const rules = [certificate({ authorityPems: [pemB] })];
        // From the office's addresses she got in without any certificate.
        expect(refused(rules, [renewed()], last([office()]))).toEqual(["held alice"]);
        expect(refused(rules, [renewed()], last([office({ ipRanges: ["::/0"] })]))).toEqual([]);
        expect(refused(rules, [renewed()], {})).toEqual([]);
        const bob = alice({ name: "bob" });
        expect(refused(rules, [renewed()], last([certificate()], bob))).toEqual([]);
        const expired = alice({ certificatePem: holders.expired.certificatePem });
        expect(refused(rules, [renewed()], last([certificate()], expired))).toEqual([]);
    });

    test("refuses by it though the new one is not known yet, and names nobody whose address is not known", () => {
        const later = alice({ certificatePem: UNKNOWN });
        const rules = [certificate({ authorityPems: [pemB] })];
        expect(refused(rules, [later], last([certificate()]))).toEqual(["held alice"]);
        expect(
            refused([certificate({ authorityPems: [pemB, pemA] })], [later], last([certificate()])),
        ).toEqual([]);
        expect(
            refused([certificate({ authorityPems: [pemB, UNKNOWN] })], [later], last([certificate()])),
        ).toEqual([]);
        expect(refused([certificate({ authorityPems: UNKNOWN })], [later], last([certificate()]))).toEqual(
            [],
        );
        expect(refused(rules, [{ ...later, sourceIp: UNKNOWN }], last([certificate()]))).toEqual([]);
        expect(refused(rules, [later], last([certificate()], alice({ name: "bob" })))).toEqual([]);
        expect(refused(rules, [later], last([certificate()], clerk))).toEqual([]);
        // With the address that it has now.
        const moved = { ...later, sourceIp: "192.0.2.7" };
        expect(refused([office()], [moved], last([certificate()]))).toEqual([]);
        expect(refused([office()], [{ ...moved, sourceIp: "203.0.113.9" }], last([certificate()]))).toEqual([
            "held alice",
        ]);
    });

    test("is what the proof's check does with the last inputs", () => {
        const before = {
            rules: [certificate({ ruleId: "aar-2" })],
            protect: [alice()],
            clientCertificates: [],
        };
        const planned = { rules: [certificate({ authorityPems: [pemB] })], protect: [renewed()] };
        expect(apiAccessProof.check(planned, NOW, before).failures.map(({ property }) => property)).toEqual([
            "rules",
        ]);
        expect(apiAccessProof.check(planned, NOW, {}).failures).toEqual([]);
        expect(apiAccessProof.check(planned, NOW, { rules: "nonsense" }).failures).toEqual([]);
        expect(apiAccessProof.check(planned, NOW, undefined).failures).toEqual([]);
        const forgetful = { ...planned, protectPrevious: false };
        expect(apiAccessProof.check(forgetful, NOW, before).failures).toEqual([]);
        const undecided = { ...planned, protectPrevious: UNKNOWN };
        expect(apiAccessProof.check(undecided, NOW, before).failures).toHaveLength(1);
    });
});
