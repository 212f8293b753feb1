/** ApiAccessRule never narrowed under its holders: each refusal leaves the account as it was. */
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import {
    apiAccessRule,
    type ApiAccessRuleInputs,
    type ApiAccessRuleState,
} from "../../../../provider/outscale/api-access-rule";
import { Declarations } from "../../../../provider/declarations";
import { makeHolders, type Holders } from "../../../support/holders";
import {
    accessOf,
    newAccount,
    nobody,
    putCa,
    putRule,
    rejection,
    setRules,
    startProcess,
    type ProcessOptions,
} from "../../../support/outscale";

let holders: Holders;
let account: OutscaleAccount;
let caId: string;
let inputs: ApiAccessRuleInputs;

beforeAll(async () => {
    holders = await makeHolders();
});
beforeEach(() => {
    account = newAccount();
    caId = putCa(account, holders.authorities.a.certificatePem);
    inputs = {
        caIds: [caId],
        cns: ["alice", "bob"],
        ipRanges: ["203.0.113.0/24", "2001:db8::/32"],
        description: "p/s rule",
        adopt: false,
        widen: false,
        replaceToNarrow: false,
        ...nobody,
    };
});

const start = (options?: ProcessOptions) => startProcess(account, options);
const state = (ruleId: string, over: Partial<ApiAccessRuleState> = {}): ApiAccessRuleState => ({
    ...inputs,
    ruleId,
    ...over,
});
const ids = (): string[] => account.rules().map(({ ApiAccessRuleId }) => ApiAccessRuleId);
const alice = () => ({
    name: "alice",
    certificatePem: holders.alice.certificatePem,
    authorityPems: [holders.authorities.a.certificatePem],
});
const live = (id: string) => account.rules().find(({ ApiAccessRuleId }) => ApiAccessRuleId === id);

describe("the guard leaves the account unchanged", () => {
    const clerk = { name: "clerk", sourceIp: "203.0.113.9", authorityPems: [] };

    test.each<[string, () => Partial<ApiAccessRuleInputs>]>([
        ["another CN", () => ({ cns: ["bob"] })],
        ["another authority", () => ({ caIds: [putCa(account, holders.authorities.b.certificatePem)] })],
        ["another address", () => ({ ipRanges: ["203.0.113.0/28", "198.51.100.0/24"] })],
        ["addresses of another family", () => ({ ipRanges: ["::/0"] })],
    ])("refuses an update to %s", async (_title, over) => {
        const [id = ""] = setRules(account, [inputs, { ipRanges: ["203.0.113.9"] }]);
        const protect = [{ ...alice(), sourceIp: "203.0.113.200" }];
        const wanted = { ...inputs, ...over(), protect };
        const before = accessOf(account);
        const process = start();
        const failure = await rejection(
            apiAccessRule.update(id, state(id, { protect }), wanted, process.context),
        );
        expect(failure).toMatchObject({ code: "Lockout", name: "LockoutError" });
        expect(failure.message).toContain(
            `Refused to change the access rule ${id}: the protected identity "alice" (from 203.0.113.200, with its client certificate) `,
        );
        expect(failure.message).toMatch(/would no longer be admitted|could not be shown to be admitted/);
        expect(failure.message).toContain(
            `Rules that would remain: ${id} "p/s rule" [CA ${wanted.caIds.join()}, CN`,
        );
        expect(failure.message).toContain('Declare a rule that admits "alice" and keep it');
        expect(accessOf(account)).toEqual(before);
        expect(process.changes()).toEqual([]);
    });

    test("refuses an update under whoever was protected with another certificate at the last deployment", async () => {
        const ca2 = putCa(account, holders.authorities.b.certificatePem);
        const [id = ""] = setRules(account, [
            { caIds: [caId], description: "p/s rule" },
            { ipRanges: ["203.0.113.9"] },
        ]);
        const old = { ...inputs, cns: [], ipRanges: [] };
        const last = { ...old, ruleId: id, protect: [alice()] };
        const { a, b } = holders.authorities;
        const renewed = {
            ...alice(),
            certificatePem: holders.aliceOfB.certificatePem,
            authorityPems: [a.certificatePem, b.certificatePem],
        };
        const before = accessOf(account);
        const wanted = { ...old, caIds: [ca2], protect: [renewed] };
        expect(await rejection(apiAccessRule.update(id, last, wanted, start().context))).toMatchObject({
            name: "LockoutError",
        });
        expect(accessOf(account)).toEqual(before);
        const both = { ...wanted, caIds: [ca2, caId] };
        await apiAccessRule.update(id, last, both, start().context);
        expect(live(id)?.CaIds).toEqual([ca2, caId]);
        // At the next deployment she holds the new one alone.
        await apiAccessRule.update(
            id,
            { ...last, caIds: [ca2, caId], protect: [renewed] },
            wanted,
            start().context,
        );
        expect(live(id)?.CaIds).toEqual([ca2]);
    });

    test("refuses a deletion, and lets it pass where another rule admits", async () => {
        const [id = "", other = ""] = setRules(account, [
            { ipRanges: ["203.0.113.0/24"] },
            { ipRanges: ["198.51.100.0/24"] },
        ]);
        const mine = state(id, { caIds: [], cns: [], ipRanges: ["203.0.113.0/24"], protect: [clerk] });
        const before = accessOf(account);
        const process = start();
        const failure = await rejection(apiAccessRule.delete(id, mine, process.context));
        expect(failure.message).toContain(
            `Refused to delete the access rule ${id}: the protected identity "clerk" (from 203.0.113.9, without client ` +
                `certificate) would no longer be admitted (${other}: 203.0.113.9 is outside 198.51.100.0/24). ` +
                `Rules that would remain: ${other} [IP 198.51.100.0/24]`,
        );
        expect(accessOf(account)).toEqual(before);
        expect(process.changes()).toEqual([]);
        putRule(account, { ipRanges: ["203.0.113.9"] });
        await apiAccessRule.delete(id, mine, start().context);
        expect(ids()).not.toContain(id);
    });

    test("lets a rule go with a certificate that a refused deployment issued, once the proofs know another", async () => {
        const [id = ""] = setRules(account, [{ caIds: [caId] }, { ipRanges: ["203.0.113.0/24"] }]);
        const mine = state(id, { cns: [], ipRanges: [], protect: [alice()] });
        const declared = new Declarations();
        const deletion = (): Promise<void> =>
            apiAccessRule.delete(id, mine, { ...start().context, declared });
        expect(await rejection(deletion())).toMatchObject({ code: "Lockout" });
        const other = { ...alice(), certificatePem: holders.bob.certificatePem };
        const proof = { rules: [], protect: [other] };
        declared.add("outscale:ApiAccessProof", { inputs: proof, last: proof });
        await deletion();
        expect(ids()).not.toContain(id);
    });

    test("decides by the account as it is, not as the state remembers it", async () => {
        const [id = "", other = ""] = setRules(account, [
            { ipRanges: ["203.0.113.0/24"] },
            { ipRanges: ["203.0.113.9"] },
        ]);
        const mine = state(id, { caIds: [], cns: [], ipRanges: ["203.0.113.0/24"], protect: [clerk] });
        const now = account.snapshot();
        account.restore({
            ...now,
            rules: now.rules.map((rule) =>
                rule.ApiAccessRuleId === other ? { ...rule, IpRanges: ["198.51.100.1"] } : rule,
            ),
        });
        expect(await rejection(apiAccessRule.delete(id, mine, start().context))).toMatchObject({
            code: "Lockout",
        });
    });
});

test("of two narrowings at once, each harmless alone, exactly one goes through", async () => {
    const rules = setRules(account, [
        { ipRanges: ["203.0.113.0/24"] },
        { ipRanges: ["203.0.113.0/25"] },
        { caIds: [caId] },
    ]);
    const protect = [{ name: "clerk", sourceIp: "203.0.113.9", authorityPems: [] }];
    const process = start();
    const results = await Promise.allSettled(
        rules
            .slice(0, 2)
            .map((id) =>
                apiAccessRule.delete(id, state(id, { caIds: [], cns: [], protect }), process.context),
            ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({
        reason: { name: "LockoutError" },
    });
    expect(process.changes()).toEqual(["DeleteApiAccessRule"]);
    expect(account.admits({ sourceAddress: "203.0.113.9" })).toBe(true);
});

test("a deletion leaves the rule that the program declares, where it is the only such one", async () => {
    const id = putRule(account, inputs);
    const declared = new Declarations();
    const deletion = () => apiAccessRule.delete(id, state(id), { ...start().context, declared });
    declared.add("outscale:ApiAccessRule", {
        inputs: { ...inputs, cns: [...inputs.cns].reverse() },
        last: {},
    });
    await deletion();
    expect(ids()).toContain(id);
    // A twin of its own is another rule: that one stays.
    const twin = putRule(account, inputs);
    await deletion();
    expect(ids()).not.toContain(id);
    expect(ids()).toContain(twin);
});
