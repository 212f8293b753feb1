/** Whose certificates may be in use when a rule is deleted that the program no longer declares. */
import { beforeAll, expect, test } from "@jest/globals";
import type { Declaration } from "../../../../provider/declarations";
import { mayBeInUse } from "../../../../provider/outscale/handed-out";
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
const counts = (identity: ProtectedIdentity, ...proofs: readonly Declaration[]): boolean =>
    mayBeInUse("aar-1", [identity], proofs).length === 1;

test("everyone, where the program declares no proof", () => {
    expect(mayBeInUse("aar-1", [as("alice"), office], [])).toEqual([as("alice"), office]);
});

test("those whose certificate a proof knows, now or since the last deployment", () => {
    expect(counts(as("alice"), proof([as("alice")], []))).toBe(true);
    expect(counts(as("alice"), proof([as("aliceOfB")], [as("alice")]))).toBe(true);
});

test("nobody with a certificate that the proofs know by another one only", () => {
    expect(counts(as("alice"), proof([as("aliceOfB")], [as("aliceOfB")]))).toBe(false);
    expect(counts(as("alice"), proof([as("aliceOfB")], []))).toBe(false);
    const proofs = [proof([as("aliceOfB"), office], [])];
    expect(mayBeInUse("aar-1", [as("alice"), office], proofs)).toEqual([office]);
});

test("what a proof that protects none but the present ones remembers was perhaps never handed out", () => {
    expect(counts(as("alice"), proof([as("aliceOfB")], [as("alice")], false))).toBe(false);
    expect(counts(as("alice"), proof([as("alice")], [], false))).toBe(true);
});

test.each<[string, () => ProtectedIdentity, () => ProtectedIdentity]>([
    ["of another name", () => as("alice"), () => as("aliceOfB", ["a", "b"], "bob")],
    ["of other authorities", () => as("alice", ["a"]), () => as("aliceOfB", ["b"])],
    ["without an authority", () => ({ ...as("alice"), authorityPems: [] }), () => as("aliceOfB")],
    ["that needs no certificate", () => office, () => office],
])("one %s is another identity: it counts", (_title, remembered, known) => {
    expect(counts(remembered(), proof([known()], [known()]))).toBe(true);
});

test("of other authorities it does not count, where the rule stood in a proof that was not the last", () => {
    const [remembered, known] = [as("alice", ["a"]), as("aliceOfB", ["b"])];
    const naming = (ruleId: string, protectPrevious: boolean): Declaration => {
        const { inputs, last } = proof([known], [known], protectPrevious);
        return { inputs, last: { ...last, rules: [{ ruleId }] } };
    };
    expect(counts(remembered, naming("aar-1", false), naming("aar-2", true))).toBe(false);
    expect(counts(remembered, naming("aar-1", false), naming("aar-1", true))).toBe(true);
    expect(counts(remembered, naming("aar-2", false), naming("aar-2", true))).toBe(true);
});

test("a proof whose inputs cannot be read tells nothing", () => {
    expect(counts(as("alice"), { inputs: { protect: "nonsense" }, last: { protect: 1 } })).toBe(true);
});
