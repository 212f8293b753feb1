/** An account's access out of a state: rules made, found and retired, authorities, and whoever is protected. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { explainAccess } from "../../../../../provider/outscale/explain/explain";
import { readState, type StateAccess } from "../../../../../provider/outscale/explain/read-state";
import { parseExportedState } from "../../../../../provider/exported-state";
import { fingerprintSha1 } from "../../../../../provider/pki/pem";
import { makeHolders, NOW, type Holders } from "../../../../support/holders";

let holders: Holders;
let pemA: string;
beforeAll(async () => {
    holders = await makeHolders();
    pemA = holders.authorities.a.certificatePem;
});

const ENCRYPTED = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "v1:abc",
};

interface Resource {
    readonly type: string;
    readonly name: string;
    readonly outputs: object;
    readonly delete?: boolean;
}
const of = (type: string, name: string, outputs: object, more: Partial<Resource> = {}): Resource => ({
    type: `pulumi-nodejs:dynamic/outscale:${type}`,
    name,
    outputs,
    ...more,
});

function read(resources: readonly Resource[], pending: readonly object[] = []): StateAccess {
    const deployment = {
        resources: resources.map(({ name, type, ...rest }) => ({
            urn: `urn:pulumi:test::gatehouse::${type}::${name}`,
            type,
            custom: true,
            ...rest,
        })),
        pending_operations: pending,
    };
    return readState(parseExportedState(JSON.stringify({ deployment }), "state.json"), "state.json");
}

const criteria = (changes: object = {}): object => ({
    description: "",
    caIds: [],
    cns: [],
    ipRanges: [],
    ...changes,
});
const madeRule = (ruleId: string, changes: object = {}): Resource =>
    of("ApiAccessRule", `rule ${ruleId}`, { ruleId, protect: [], ...criteria(changes) });
const record = (ruleId: string): Resource =>
    of("ApiAccessRuleRecord", `record ${ruleId}`, { found: { ruleId, ...criteria() } });
const authority = (caId: string, caPem: unknown = pemA): Resource =>
    of("Ca", `authority ${caId}`, { caId, caPem, fingerprint: fingerprintSha1(pemA), description: "first" });
const plan = (protect: unknown, name = "plan"): Resource => of("ApiAccessPlan", name, { rules: [], protect });

describe("rules", () => {
    const ids = (resources: readonly Resource[]): string[] =>
        read(resources).picture.rules.map(({ ApiAccessRuleId }) => ApiAccessRuleId);
    const retired = (name: string, outputs: object): Resource =>
        of("RetiredApiAccessRule", name, { criteria: {}, protect: [], restores: [], ...outputs });
    const recorded = (ruleId: string): object => ({ ruleId, ...criteria() });

    test.each<[string, readonly Resource[], readonly string[]]>([
        ["that were made", [madeRule("aar-1"), madeRule("aar-2")], ["aar-1", "aar-2"]],
        ["that were found and kept", [record("aar-1")], ["aar-1"]],
        [
            "that were found and retired are gone",
            [record("aar-1"), retired("r", { restores: [recorded("aar-1")] })],
            [],
        ],
        [
            "that are being retired are gone",
            [record("aar-1"), retired("r", { record: recorded("aar-1") })],
            [],
        ],
        [
            "of which another was retired",
            [record("aar-1"), retired("r", { restores: [recorded("aar-2")] })],
            ["aar-1"],
        ],
        ["that were sought and not found", [of("ApiAccessRuleRecord", "none", {})], []],
        ["of which one is recorded and then adopted", [record("aar-1"), madeRule("aar-1")], ["aar-1"]],
        [
            "that are to be deleted",
            [of("ApiAccessRule", "old", { ruleId: "aar-1", ...criteria() }, { delete: true })],
            ["aar-1"],
        ],
    ])("%s", (_what, resources, expected) => {
        expect(ids(resources)).toEqual(expected);
    });

    test("with all their criteria", () => {
        const wanted = { description: "d", caIds: ["ca-1"], cns: ["alice"], ipRanges: ["192.0.2.0/24"] };
        expect(read([madeRule("aar-1", wanted)]).picture.rules).toEqual([
            {
                ApiAccessRuleId: "aar-1",
                Description: "d",
                CaIds: ["ca-1"],
                Cns: ["alice"],
                IpRanges: ["192.0.2.0/24"],
            },
        ]);
    });

    test("what was adopted counts as the program has it", () => {
        const adopted = [madeRule("aar-1", { description: "new" }), record("aar-1")];
        expect(read(adopted).picture.rules.map(({ Description }) => Description)).toEqual(["new"]);
    });

    test("that are encrypted are refused, for without them every verdict could be wrong", () => {
        expect(() => read([madeRule("aar-1", { ipRanges: ENCRYPTED })])).toThrow(
            "The resource rule aar-1 cannot be read: ipRanges is encrypted in this state. " +
                "Export the state with `pulumi stack export --show-secrets`, and it is.",
        );
    });

    test("that are malformed are refused", () => {
        expect(() => read([madeRule("aar-1", { cns: "alice" })])).toThrow(
            "The resource rule aar-1 cannot be read: cns is missing or malformed.",
        );
    });
});

describe("authorities", () => {
    test("with their certificates", () => {
        const { picture, authorityPems, unread } = read([authority("ca-1")]);
        expect(picture.cas).toEqual([
            { CaId: "ca-1", CaFingerprint: fingerprintSha1(pemA), Description: "first" },
        ]);
        expect([authorityPems, unread]).toEqual([[pemA], []]);
    });

    test("whose certificate is encrypted are known by their fingerprint", () => {
        const { picture, authorityPems, unread } = read([authority("ca-1", ENCRYPTED)]);
        expect(picture.cas.map(({ CaFingerprint }) => CaFingerprint)).toEqual([fingerprintSha1(pemA)]);
        expect(authorityPems).toEqual([]);
        expect(unread).toEqual([
            "The certificate of the authority authority ca-1 is encrypted in this state and was not read. " +
                "Export the state with `pulumi stack export --show-secrets`, and it is.",
        ]);
    });

    test("that others made are not taken for gone", () => {
        const protect = [{ name: "alice", certificatePem: holders.alice.certificatePem, authorityPems: [] }];
        const state = read([madeRule("aar-1", { caIds: ["ca-other"] }), plan(protect)]);
        expect(state.picture.cas).toEqual([{ CaId: "ca-other", CaFingerprint: "", Description: "" }]);
        expect(explainAccess(state.picture, state, NOW).identities[0]?.verdict).toBe("undetermined");
    });
});

describe("identities", () => {
    const office = { name: "office", sourceIp: "198.51.100.7", authorityPems: [] };
    const alice = (changes: object = {}): object => ({
        name: "alice",
        certificatePem: holders.alice.certificatePem,
        authorityPems: [pemA],
        ...changes,
    });

    test("are whoever any resource protects, each once, with every authority that is known", () => {
        const b = holders.authorities.b.certificatePem;
        const state = read([
            plan([alice(), office]),
            plan([office, alice({ authorityPems: [b, pemA] })], "other"),
            of("ApiAccessProof", "proof", { protect: [office] }),
        ]);
        expect(state.identities).toEqual([alice({ authorityPems: [pemA, b] }), office]);
        expect(state.unread).toEqual([]);
    });

    test("of one name with several certificates are told apart", () => {
        const bob = holders.bob.certificatePem;
        const state = read([
            plan([alice(), { ...office, name: "alice (2)" }]),
            plan([alice({ certificatePem: bob })], "other"),
        ]);
        expect(state.identities.map(({ name }) => name)).toEqual(["alice", "alice (2)", "alice (3)"]);
        expect(state.identities[2]?.certificatePem).toBe(bob);
    });

    const SHOW = "Export the state with `pulumi stack export --show-secrets`, and it is.";
    test.each<[string, unknown, string]>([
        ["the list", ENCRYPTED, `\`protect\` of plan is encrypted in this state and was not read. ${SHOW}`],
        [
            "a certificate",
            [office, { name: "alice", certificatePem: ENCRYPTED }],
            `The identity "alice", protected by plan, is encrypted in this state and was not read. ${SHOW}`,
        ],
        [
            "an identity",
            [office, ENCRYPTED],
            `The identity without a readable name, protected by plan, is encrypted in this state and was not read. ${SHOW}`,
        ],
        [
            "nothing, but is malformed",
            [office, { name: "alice" }],
            'The identity "alice", protected by plan, is malformed and was not read.',
        ],
    ])("are left out and told of where %s is encrypted", (_what, protect, note) => {
        const state = read([plan(protect)]);
        expect(state.identities).toEqual(protect === ENCRYPTED ? [] : [office]);
        expect(state.unread).toEqual([note]);
    });

    test("are read from what --show-secrets gives", () => {
        const { ciphertext: _ciphertext, ...signature } = ENCRYPTED;
        const state = read([plan({ ...signature, plaintext: JSON.stringify([alice()]) })]);
        expect([state.identities, state.unread]).toEqual([[alice()], []]);
    });
});

test("keys are those that the program made and that an audit found; the policy is the one declared", () => {
    const audit = {
        found: {
            keys: [
                { accessKeyId: "HAND", state: "ACTIVE", tag: "by hand" },
                { accessKeyId: "OLD", userName: "ci", state: "ACTIVE" },
            ],
            policy: { maxAccessKeyExpirationSeconds: 0, requireTrustedEnv: false },
        },
        dates: { HAND: "2026-09-01T00:00:00.000Z" },
        remove: ["OLD"],
    };
    const key = {
        accessKeyId: "NEW",
        secretKey: ENCRYPTED,
        userName: "ci",
        state: "ACTIVE",
        tag: "p/s key",
        expirationDate: "2026-10-01T00:00:00.000Z",
        previous: { accessKeyId: "BEFORE", retiresAt: "2026-07-01T00:00:00.000Z" },
    };
    const { picture } = read([
        madeRule("aar-1"),
        of("KeyAudit", "keys", audit),
        of("AccessKey", "key", key),
        of("ApiAccessPolicy", "relaxed", { requireTrustedEnv: true, onlyRelax: true }),
        of("ApiAccessPolicy", "policy", { maxAccessKeyExpiration: "90d", requireTrustedEnv: true }),
    ]);
    const owned = { userName: "ci", state: "ACTIVE", tag: "p/s key" };
    expect(picture.keys).toEqual([
        { accessKeyId: "HAND", state: "ACTIVE", tag: "by hand", expirationDate: "2026-09-01T00:00:00.000Z" },
        { accessKeyId: "NEW", ...owned, expirationDate: "2026-10-01T00:00:00.000Z" },
        { accessKeyId: "BEFORE", ...owned },
    ]);
    expect(picture.policy).toEqual({ MaxAccessKeyExpirationSeconds: 7_776_000, RequireTrustedEnv: true });
    const unset = read([of("ApiAccessPolicy", "relaxed", { requireTrustedEnv: true, onlyRelax: true })]);
    expect(unset.picture.policy).toBeUndefined();
});

test("the report names the state, and says what it cannot know", () => {
    const pending = [{ type: "creating", resource: { urn: "urn:pulumi:test::gatehouse::t::new-rule" } }];
    const { picture } = read(
        [madeRule("aar-1"), of("ApiAccessRule", "old", { ruleId: "aar-0", ...criteria() }, { delete: true })],
        pending,
    );
    expect(picture.source).toEqual({ kind: "state", file: "state.json", stack: "gatehouse/test" });
    expect([picture.keys, picture.policy]).toEqual([undefined, undefined]);
    expect(picture.notes.slice(1)).toEqual([
        "old (ApiAccessRule) was replaced and is to be deleted by the next deployment: it counts until then.",
        "A run was interrupted while creating new-rule: the account may have more than this state.",
    ]);
});

test.each([[[]], [[{ type: "aws:iam/user:User", name: "user", outputs: {} }]]])(
    "a state without an OUTSCALE account is refused",
    (resources) => {
        expect(() => read(resources)).toThrow(
            "state.json holds no resource of an OUTSCALE account. Export the stack that declares the account's access rules.",
        );
    },
);
