/** ApiAccessPlan: refuses what the planned rules would not admit, remembers nobody, and never calls. */
import { beforeAll, expect, test } from "@jest/globals";
import { Declarations } from "../../../../provider/declarations";
import { apiAccessPlan as plan } from "../../../../provider/outscale/api-access-plan";
import { UNKNOWN } from "../../../../provider/resource";
import { makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const rule = (which: "a" | "b" = "a") => ({
    name: "certificate",
    authorityPems: [holders.authorities[which].certificatePem],
    cns: [],
    ipRanges: [],
});
const alice = (who: "alice" | "aliceOfB" | "aliceOfImpostor" | "expired" | "server" = "alice") => ({
    name: "alice",
    certificatePem: holders[who].certificatePem,
    authorityPems: [holders.authorities.a.certificatePem],
});
const failures = (inputs: object, last: object = {}): readonly string[] =>
    plan.check(inputs, NOW, last).failures.map(({ property, reason }) => `${property}: ${reason}`);

test("lets pass what admits everyone, in its normal form", () => {
    const inputs = { rules: [rule()], protect: [alice()] };
    const { cns: _cns, ipRanges: _ipRanges, ...short } = rule();
    expect(plan.check({ rules: [short], protect: [alice()] }, NOW, {})).toEqual({ inputs, failures: [] });
    expect(plan.check({ rules: [] }, NOW, {})).toEqual({ inputs: { rules: [], protect: [] }, failures: [] });
});

test.each(["aliceOfB", "aliceOfImpostor", "expired", "server"] as const)(
    "refuses %s, in words that say that nothing has been changed",
    (who) => {
        const [failure, ...others] = failures({ rules: [rule()], protect: [alice(who)] });
        expect(others).toEqual([]);
        expect(failure).toMatch(
            /^rules: Lock-out refused: the protected identity "alice" .* Nothing has been changed\.$/,
        );
    },
);

test("waits with what is not known yet", () => {
    expect(failures({ rules: [{ ...rule(), authorityPems: [UNKNOWN] }], protect: [alice()] })).toEqual([]);
    const later = { ...alice(), certificatePem: UNKNOWN };
    expect(failures({ rules: [rule()], protect: [later] })).toEqual([]);
});

test("does not ask who held which certificate before: the last deployment may have been broken off", () => {
    const last = { rules: [rule()], protect: [alice()] };
    expect(failures({ rules: [rule("b")], protect: [alice("aliceOfB")] }, last)).toEqual([]);
});

test("takes no rule by its id", () => {
    const [failure] = failures({ rules: [{ ...rule(), ruleId: "aar-1" }], protect: [] });
    expect(failure).toContain('"ruleId"');
});

test("is a decision and no object: it echoes its inputs and needs no client", async () => {
    const inputs = { rules: [rule()], protect: [alice()] };
    const context = {
        client: undefined,
        now: () => NOW,
        declared: new Declarations(),
        sleep: () => Promise.resolve(),
    };
    expect(await plan.create(inputs, context)).toEqual({ id: "plan", state: inputs });
    expect(await plan.read("plan", inputs, context)).toEqual({ id: "plan", state: inputs });
    const others = { ...inputs, protect: [] };
    expect(await plan.update("plan", inputs, others, context)).toEqual(others);
    await plan.delete("plan", inputs, context);
    expect(plan.diff(inputs, { ...inputs }, NOW)).toEqual({ changed: [], replaces: [] });
    expect(plan.diff(inputs, others, NOW)).toEqual({ changed: ["protect"], replaces: [] });
    expect(plan.diff(inputs, { ...inputs, rules: UNKNOWN }, NOW)).toEqual({
        changed: ["rules"],
        replaces: [],
    });
});
