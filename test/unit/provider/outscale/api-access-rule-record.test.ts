/** ApiAccessRuleRecord: none, one or several rules that fit, and nothing changed on the account. */
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { apiAccessRuleRecord, type RecordInputs } from "../../../../provider/outscale/api-access-rule-record";
import { COCKPIT_RULE, WORLD_RULE } from "../../../../provider/outscale/default-rules";
import { UNKNOWN } from "../../../../provider/resource";
import {
    accessOf,
    newAccount,
    nobody,
    NOW,
    putRule,
    rejection,
    startProcess,
} from "../../../support/outscale";

let account: OutscaleAccount;
let world: string;
beforeEach(() => {
    account = newAccount({ defaultRules: "with-cockpit" });
    world = account.rules()[0]?.ApiAccessRuleId ?? "";
});

const none = { clientCertificates: nobody.clientCertificates };
const create = (inputs: Partial<RecordInputs>) =>
    apiAccessRuleRecord.create({ ...none, ...inputs }, startProcess(account).context);

test("check asks for at least one criterion", () => {
    expect(apiAccessRuleRecord.check({}, NOW, {}).failures).toEqual([
        {
            property: "ruleId",
            reason: "Say which rule is meant: give at least one of ruleId, description, caIds, cns, ipRanges.",
        },
    ]);
    for (const given of [{ description: "" }, { caIds: [] }, { ruleId: UNKNOWN }, { ipRanges: UNKNOWN }]) {
        expect(apiAccessRuleRecord.check(given, NOW, {})).toEqual({
            inputs: { ...none, ...given },
            failures: [],
        });
    }
});

describe("create", () => {
    test("records the one rule that fits, whole, and leaves the account as it was", async () => {
        const before = accessOf(account);
        expect(await create(WORLD_RULE)).toEqual({
            id: world,
            state: {
                ...none,
                ...WORLD_RULE,
                found: {
                    ruleId: world,
                    description: "Allows all IPv4 domain",
                    caIds: [],
                    cns: [],
                    ipRanges: ["0.0.0.0/0"],
                },
            },
        });
        expect(accessOf(account)).toEqual(before);
    });

    test("records none where none fits", async () => {
        const inputs = { description: "Default Rule" };
        expect(await create(inputs)).toEqual({ id: "none", state: { ...none, ...inputs } });
    });

    test("refuses several, naming them", async () => {
        const second = putRule(account, { ipRanges: ["0.0.0.0/0"], description: "mine" });
        const before = accessOf(account);
        expect(await rejection(create(WORLD_RULE))).toMatchObject({
            code: "AmbiguousMatch",
            problem: `The criteria fit several access rules: ${world} "Allows all IPv4 domain", ${second} "mine".`,
            remedy: "Name the one that is meant in `ruleId`. Nothing has been changed.",
        });
        expect(accessOf(account)).toEqual(before);
        expect((await create({ ...WORLD_RULE, description: "mine" })).id).toBe(second);
        expect((await create({ ruleId: world })).id).toBe(world);
    });

    test.each<[string, Partial<RecordInputs>, string]>([
        ["the whole list of addresses", { ipRanges: ["192.0.2.0/24"] }, "none"],
        ["addresses in any order, by meaning", { ipRanges: ["198.51.100.7/32", "192.0.2.9/24"] }, "rule"],
        ["the whole list of CNs", { cns: ["alice"] }, "none"],
        ["CNs in any order", { cns: ["bob", "alice"] }, "rule"],
        ["the authorities", { caIds: ["ca-1"] }, "rule"],
        ["no authorities", { caIds: [], cns: ["alice", "bob"] }, "none"],
        ["the exact description", { description: "A rul" }, "none"],
        ["every criterion at once", { description: "A rule", cns: ["alice"] }, "none"],
    ])("compares %s", async (_title, inputs, expected) => {
        const rule = putRule(account, {
            caIds: ["ca-1"],
            cns: ["alice", "bob"],
            ipRanges: ["192.0.2.0/24", "198.51.100.7"],
            description: "A rule",
        });
        expect((await create(inputs)).id).toBe(expected === "rule" ? rule : "none");
    });

    test("finds the Cockpit's rule by its description, whatever its address", async () => {
        expect((await create(COCKPIT_RULE)).state.found?.ipRanges).toEqual(["46.231.144.177/32"]);
    });
});

test("what was recorded stays: no read, no update and no delete asks the account again", async () => {
    const { id, state } = await create(WORLD_RULE);
    const process = startProcess(account);
    expect(await apiAccessRuleRecord.read(id, state, process.context)).toEqual({ id, state });
    const wanted = {
        ...none,
        ...WORLD_RULE,
        clientCertificates: [{ certificatePem: "c", privateKeyPem: "k" }],
    };
    expect(await apiAccessRuleRecord.update(id, state, wanted, process.context)).toEqual({
        ...wanted,
        found: state.found,
    });
    const nothing = { ...none, ...WORLD_RULE };
    expect(await apiAccessRuleRecord.update("none", nothing, wanted, process.context)).toEqual(wanted);
    await apiAccessRuleRecord.delete(id, state, process.context);
    expect(process.calls).toEqual([]);
});

test.each<[string, object, string[], string[]]>([
    ["nothing", {}, [], []],
    ["addresses written otherwise", { ipRanges: ["9.9.9.9/0"] }, [], []],
    ["another criterion", { ipRanges: ["::/0"] }, ["ipRanges"], ["ipRanges"]],
    ["one more", { description: "d" }, ["description"], ["description"]],
    ["one less", { cns: undefined }, ["cns"], ["cns"]],
    ["an id", { ruleId: "aar-1" }, ["ruleId"], ["ruleId"]],
    ["something unknown", { caIds: UNKNOWN }, ["caIds"], ["caIds"]],
    ["the certificates", { clientCertificates: UNKNOWN }, ["clientCertificates"], []],
])("diff: %s", (_title, over, changed, replaces) => {
    const state = { ...none, ...WORLD_RULE };
    expect(apiAccessRuleRecord.diff(state, { ...state, ...over }, NOW)).toEqual({ changed, replaces });
});
