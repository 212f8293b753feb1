/** ApiAccessRule: an adopted rule admits nobody more unless the program says so, or the preview has shown it. */
import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { apiAccessRule, type ApiAccessRuleInputs } from "../../../../provider/outscale/api-access-rule";
import { makeHolders, type Holders } from "../../../support/holders";
import {
    newAccount,
    NOW,
    putCa,
    putRule,
    rejection,
    setRules,
    startProcess,
    type RuleText,
} from "../../../support/outscale";

let holders: Holders;
let account: OutscaleAccount;
let caId: string;
let hand: string;
let asFound: ApiAccessRuleInputs;

beforeAll(async () => {
    holders = await makeHolders();
});
beforeEach(() => {
    account = newAccount();
    caId = putCa(account, holders.authorities.a.certificatePem);
    const found = {
        caIds: [caId],
        cns: ["alice", "bob"],
        ipRanges: ["192.0.2.0/24"],
        description: "à la main",
    };
    hand = putRule(account, found);
    const { inputs } = apiAccessRule.check({ ...found, adoptId: hand }, NOW, {});
    // Everything is known, and so `check` leaves inputs.
    asFound = inputs as ApiAccessRuleInputs;
});

const criteria = () => {
    const live = account.rules().find(({ ApiAccessRuleId }) => ApiAccessRuleId === hand);
    return [live?.CaIds, live?.Cns, live?.IpRanges];
};
const change = (over: RuleText): void => {
    const { rules, ...rest } = account.snapshot();
    const { cns, ipRanges } = over;
    const changed = rules.map((rule) =>
        rule.ApiAccessRuleId === hand
            ? { ...rule, Cns: cns ?? rule.Cns, IpRanges: ipRanges ?? rule.IpRanges }
            : rule,
    );
    account.restore({ ...rest, rules: changed });
};

test("an adoption that leaves a criterion out is refused, shows both, and changes nothing", async () => {
    const before = account.snapshot();
    const process = startProcess(account);
    expect(await rejection(apiAccessRule.create({ ...asFound, cns: [] }, process.context))).toMatchObject({
        code: "AmbiguousMatch",
        property: "cns",
        problem:
            `Refused to adopt the access rule ${hand}: by \`cns\` it would admit more than it does. ` +
            `As found: ${hand} [CA ${caId}, CN alice or bob, IP 192.0.2.0/24]; as wanted: ${hand} [CA ${caId}, IP 192.0.2.0/24].`,
        remedy:
            'Write what was found into the program (`cns: ["alice","bob"]`), or, if it is to admit more, say `widen: true`. ' +
            "Nothing has been changed.",
    });
    expect(process.changes()).toEqual([]);
    expect(process.context.client.claimed).toEqual(new Set());
    expect(account.snapshot()).toEqual(before);
});

test.each<[string, () => Partial<ApiAccessRuleInputs>, string]>([
    ["addresses alone", () => ({ caIds: [], cns: [] }), "`caIds` and `cns`"],
    ["no addresses", () => ({ ipRanges: [] }), "`ipRanges`"],
    ["a wider range", () => ({ ipRanges: ["192.0.2.0/23"] }), "`ipRanges`"],
    ["one more common name", () => ({ cns: ["alice", "bob", "carol"] }), "`cns`"],
    [
        "one more authority",
        () => ({ caIds: [caId, putCa(account, holders.authorities.b.certificatePem)] }),
        "`caIds`",
    ],
])("so is one with %s, and with `widen` it is done", async (_title, over, by) => {
    const wanted = { ...asFound, ...over() };
    const failure = await rejection(apiAccessRule.create(wanted, startProcess(account).context));
    expect(failure.message).toContain(`by ${by} it would admit more than it does.`);
    const { state } = await apiAccessRule.create({ ...wanted, widen: true }, startProcess(account).context);
    expect(criteria()).toEqual([wanted.caIds, wanted.cns, wanted.ipRanges]);
    expect(state.found).toMatchObject({ caIds: [caId], cns: ["alice", "bob"], ipRanges: ["192.0.2.0/24"] });
});

test.each<[string, Partial<ApiAccessRuleInputs>, string[]]>([
    ["as it is", {}, []],
    [
        "as it is, written otherwise",
        { cns: ["bob", "alice"], ipRanges: ["192.0.2.128/25", "192.0.2.0/25"] },
        ["UpdateApiAccessRule"],
    ],
    ["narrower", { cns: ["alice"], ipRanges: ["192.0.2.7"] }, ["UpdateApiAccessRule"]],
    ["with another description", { description: "p/s rule" }, ["UpdateApiAccessRule"]],
])("one %s is no question", async (_title, over, changes) => {
    const process = startProcess(account);
    const wanted = { ...asFound, ...over };
    await apiAccessRule.create(wanted, process.context);
    expect(process.changes()).toEqual(changes);
    expect(criteria()).toEqual([wanted.caIds, wanted.cns, wanted.ipRanges]);
});

test("a later program that leaves a criterion out shows it, and then does it", async () => {
    const { state } = await apiAccessRule.create(asFound, startProcess(account).context);
    const wider = { ...asFound, cns: [] };
    expect(apiAccessRule.diff(state, wider, NOW)).toEqual({ changed: ["cns"], replaces: [] });
    await apiAccessRule.update(hand, state, wider, startProcess(account).context);
    expect(criteria()).toEqual([[caId], [], ["192.0.2.0/24"]]);
});

test("what somebody has narrowed since the adoption is not undone unseen", async () => {
    const { state } = await apiAccessRule.create(asFound, startProcess(account).context);
    change({ cns: ["alice"] });
    const before = account.snapshot();
    const described = { ...asFound, description: "p/s rule" };
    expect(apiAccessRule.diff(state, described, NOW).changed).toEqual(["description"]);
    const process = startProcess(account);
    expect(await rejection(apiAccessRule.update(hand, state, described, process.context))).toMatchObject({
        code: "AmbiguousMatch",
        property: "cns",
        problem:
            `Refused to change the adopted access rule ${hand}: somebody has changed it, and by \`cns\` it would admit more ` +
            `than it does now. Now: ${hand} [CA ${caId}, CN alice, IP 192.0.2.0/24]; as wanted: ${hand} [CA ${caId}, CN ` +
            "alice or bob, IP 192.0.2.0/24].",
        remedy: "Run `pulumi refresh`: the next preview then shows the difference. This call was not made.",
    });
    expect(process.changes()).toEqual([]);
    expect(account.snapshot()).toEqual(before);

    const refreshed = await apiAccessRule.read(hand, state, startProcess(account).context);
    if (refreshed === undefined) throw new Error("gone");
    expect(apiAccessRule.diff(refreshed.state, described, NOW).changed).toEqual(["cns", "description"]);
    await apiAccessRule.update(hand, refreshed.state, described, startProcess(account).context);
    expect(criteria()).toEqual([[caId], ["alice", "bob"], ["192.0.2.0/24"]]);
});

test("what somebody has widened since is made as the program says, and so is what was seen", async () => {
    const { state } = await apiAccessRule.create(asFound, startProcess(account).context);
    change({ cns: ["alice", "bob", "mallory"] });
    const described = { ...asFound, description: "p/s rule" };
    const next = await apiAccessRule.update(hand, state, described, startProcess(account).context);
    expect(criteria()).toEqual([[caId], ["alice", "bob"], ["192.0.2.0/24"]]);
    change({ cns: ["alice"] });
    // The preview has shown that any common name will do from now on.
    await apiAccessRule.update(hand, next, { ...described, cns: [] }, startProcess(account).context);
    expect(criteria()).toEqual([[caId], [], ["192.0.2.0/24"]]);
});

test("a rule of the program's own is made as it says, whatever somebody has done", async () => {
    const { adoptId: _adoptId, ...own } = { ...asFound, description: "own" };
    const { id, state } = await apiAccessRule.create(own, startProcess(account).context);
    hand = id;
    change({ cns: ["alice"] });
    await apiAccessRule.update(id, state, { ...own, description: "other" }, startProcess(account).context);
    expect(criteria()).toEqual([[caId], ["alice", "bob"], ["192.0.2.0/24"]]);
});

test("an adoption that would shut a protected identity out is refused, wider or not", async () => {
    const [named = ""] = setRules(account, [{ ipRanges: ["203.0.113.0/24"] }]);
    const before = account.snapshot();
    const protect = [{ name: "clerk", sourceIp: "203.0.113.9", authorityPems: [] }];
    for (const over of [{ widen: true }, { ipRanges: ["203.0.113.0/24"] }]) {
        const wanted = { ...asFound, adoptId: named, protect, ...over };
        expect(await rejection(apiAccessRule.create(wanted, startProcess(account).context))).toMatchObject({
            name: "LockoutError",
            problem: expect.stringContaining(
                `Refused to change the access rule ${named}: the protected identity "clerk"`,
            ),
        });
    }
    expect(account.snapshot()).toEqual(before);
});
