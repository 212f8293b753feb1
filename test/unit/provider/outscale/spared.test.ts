/** Whom the deletion of a rule spares. */
import { beforeAll, expect, test } from "@jest/globals";
import type { Declaration } from "../../../../provider/declarations";
import { spared } from "../../../../provider/outscale/spared";
import type { ProtectedIdentity } from "../../../../provider/outscale/protection";
import { makeHolders, type Holders } from "../../../support/holders";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

type Who = "alice" | "bob" | "aliceOfB";
const as = (who: Who, of: readonly ("a" | "b")[] = ["a", "b"], name = "alice"): ProtectedIdentity => ({
    name,
    certificatePem: holders[who].certificatePem,
    authorityPems: of.map((authority) => holders.authorities[authority].certificatePem),
});
const office = { name: "office", sourceIp: "192.0.2.7", authorityPems: [] };
const proof = (
    now: readonly ProtectedIdentity[],
    before: readonly ProtectedIdentity[],
    protectPrevious = true,
): Declaration => ({
    inputs: { rules: [], protect: now, protectPrevious, clientCertificates: [] },
    last: { rules: [], protect: before, protectPrevious },
});
/** Whether the identity that a deleted rule remembers still counts. */
const counts = (
    identity: ProtectedIdentity,
    proofs: readonly Declaration[],
    plans: readonly Declaration[] = [],
): boolean =>
    spared("aar-1", [identity], { proofs, plans, rules: [] }).some(
        ({ certificatePem }) => certificatePem === identity.certificatePem,
    );
const nothing: Declaration = { inputs: proof([], []).inputs, last: {} };

test("everyone, where the program declares no proof", () => {
    const everyone = [as("alice"), office];
    expect(spared("aar-1", everyone, { proofs: [], plans: [], rules: [] })).toEqual(everyone);
});

test("those whose certificate a proof knows, now or since the last deployment", () => {
    expect(counts(as("alice"), [proof([as("alice")], [as("aliceOfB")])])).toBe(true);
    expect(counts(as("alice"), [proof([as("aliceOfB")], [as("alice")])])).toBe(true);
});

test("nobody with a certificate that the proofs know by another one only, of the same authorities", () => {
    expect(counts(as("alice"), [proof([as("aliceOfB")], [as("aliceOfB")])])).toBe(false);
    const proofs = [proof([as("aliceOfB"), office], [as("aliceOfB")])];
    expect(spared("aar-1", [as("alice"), office], { proofs, plans: [], rules: [] })).toEqual([office]);
});

test.each<[string, () => Declaration[]]>([
    ["is new", () => [{ ...nothing, inputs: proof([as("aliceOfB")], []).inputs }]],
    ["knew nobody of that name", () => [proof([as("aliceOfB")], [as("aliceOfB", ["a", "b"], "bob")])]],
    ["protects none but the present ones", () => [proof([as("aliceOfB")], [as("aliceOfB")], false)]],
    ["cannot be read", () => [{ inputs: { protect: "nonsense" }, last: { protect: 1 } }]],
])("everyone, where the only proof %s: it may be called otherwise than before", (_title, proofs) => {
    expect(counts(as("alice"), proofs())).toBe(true);
    // A plan remembers what was begun, and that may have been finished.
    expect(counts(as("alice"), proofs(), [proof([], [as("alice")])])).toBe(true);
});

test.each<[string, () => ProtectedIdentity, () => ProtectedIdentity]>([
    ["of other authorities", () => as("alice", ["a"]), () => as("aliceOfB", ["b"])],
    ["without an authority", () => ({ ...as("alice"), authorityPems: [] }), () => as("aliceOfB")],
    ["that needs no certificate", () => office, () => office],
])("one %s is another identity: it counts", (_title, remembered, known) => {
    expect(counts(remembered(), [proof([known()], [known()])])).toBe(true);
});

test("of other authorities it does not count, where a deployment was begun with it and not finished", () => {
    const [remembered, known] = [as("alice", ["a"]), as("aliceOfB", ["b"])];
    const finished = proof([known], [known]);
    expect(counts(remembered, [finished], [proof([], [remembered])])).toBe(false);
    expect(counts(remembered, [finished, proof([known], [remembered], false)])).toBe(false);
    expect(counts(remembered, [finished], [proof([remembered], [])])).toBe(true);
});

test("of other authorities it does not count, where the rule stood in a proof that was not the last", () => {
    const [remembered, known] = [as("alice", ["a"]), as("aliceOfB", ["b"])];
    const naming = (ruleId: string, protectPrevious: boolean): Declaration => {
        const { inputs, last } = proof([known], [known], protectPrevious);
        return { inputs, last: { ...last, rules: [{ ruleId }] } };
    };
    expect(counts(remembered, [naming("aar-1", false), naming("aar-2", true)])).toBe(false);
    expect(counts(remembered, [naming("aar-1", false), naming("aar-1", true)])).toBe(true);
    expect(counts(remembered, [naming("aar-2", false), naming("aar-2", true)])).toBe(true);
});

test("whom the program still protects by that name is spared from the address of now, with the remembered certificate", () => {
    const moved = { ...office, sourceIp: "192.0.2.99" };
    const rule = (protect: readonly ProtectedIdentity[]): Declaration => ({ inputs: { protect }, last: {} });
    // Said twice, it is spared once.
    const rules = [rule([moved]), rule([moved, as("bob", ["a"], "bob")])];
    expect(spared("aar-1", [office], { proofs: [], plans: [], rules })).toEqual([moved]);
    const away = { ...as("aliceOfB"), sourceIp: "192.0.2.99" };
    expect(spared("aar-1", [as("alice")], { proofs: [], plans: [], rules: [rule([away])] })).toEqual([
        away,
        { ...away, certificatePem: holders.alice.certificatePem },
    ]);
});
