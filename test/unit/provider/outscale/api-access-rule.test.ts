/** ApiAccessRule: every list sent every time, taken over or made exactly once, deleted but never as the last. */
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import {
    apiAccessRule,
    type ApiAccessRuleInputs,
    type ApiAccessRuleState,
} from "../../../../provider/outscale/api-access-rule";
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
const put = (over: Partial<ApiAccessRuleInputs> = {}): string => putRule(account, { ...inputs, ...over });
const ids = (): string[] => account.rules().map(({ ApiAccessRuleId }) => ApiAccessRuleId);
const world = (): string => ids()[0] ?? "";
const alice = () => ({
    name: "alice",
    certificatePem: holders.alice.certificatePem,
    authorityPems: [holders.authorities.a.certificatePem],
});
/** What a rule that was adopted said before, where nothing but its description was another. */
const found = (description: string): ApiAccessRuleState["found"] => {
    const { caIds, cns, ipRanges } = inputs;
    return { caIds, cns, ipRanges, description };
};
const live = (id: string) => account.rules().find(({ ApiAccessRuleId }) => ApiAccessRuleId === id);
const onAccount = (id: string, over: Partial<ApiAccessRuleInputs> = {}) => {
    const { caIds, cns, ipRanges, description } = { ...inputs, ...over };
    return { ApiAccessRuleId: id, CaIds: caIds, Cns: cns, IpRanges: ipRanges, Description: description };
};

describe("create", () => {
    test("sends every list, and echoes its inputs", async () => {
        const process = start();
        const created = await apiAccessRule.create(inputs, process.context);
        expect(created).toEqual({ id: created.id, state: state(created.id) });
        expect(live(created.id)).toEqual(onAccount(created.id));
        expect(process.changes()).toEqual(["CreateApiAccessRule"]);
        expect(process.context.client.claimed).toEqual(new Set([created.id]));
    });

    test("takes over its twin, compared by meaning, and no claimed one", async () => {
        const twin = put({ cns: ["bob", "alice"], ipRanges: ["2001:DB8::1/32", "203.0.113.7/24"] });
        const process = start();
        expect((await apiAccessRule.create(inputs, process.context)).id).toBe(twin);
        expect(process.changes()).toEqual([]);
        const second = await apiAccessRule.create(inputs, process.context);
        expect(ids()).toEqual([world(), twin, second.id]);
    });

    test("takes no rule for its twin that differs in anything", async () => {
        const others = [
            put({ description: "by hand" }),
            put({ cns: ["alice"] }),
            put({ ipRanges: ["203.0.113.0/24"] }),
            put({ caIds: [putCa(account, holders.authorities.b.certificatePem)] }),
        ];
        const { id } = await apiAccessRule.create(inputs, start().context);
        expect(ids()).toEqual([world(), ...others, id]);
    });

    test("adopts the one rule with these criteria, and gives it the description with every list", async () => {
        const present = put({ description: "by hand" });
        const process = start();
        expect(await apiAccessRule.create({ ...inputs, adopt: true }, process.context)).toEqual({
            id: present,
            state: state(present, { adopt: true, found: found("by hand") }),
        });
        expect(process.changes()).toEqual(["UpdateApiAccessRule"]);
        expect(process.calls.at(-1)?.request).toEqual(onAccount(present));
        expect(live(present)).toEqual(onAccount(present));
    });

    test("does not choose among several, but its twin is no choice", async () => {
        const [one, two] = [put({ description: "one" }), put({ description: "two" })];
        const before = accessOf(account);
        const failure = await rejection(apiAccessRule.create({ ...inputs, adopt: true }, start().context));
        expect(failure).toMatchObject({
            code: "AmbiguousMatch",
            property: "adopt",
            problem: `Cannot choose a rule to adopt: ${one}, ${two} have these criteria.`,
            remedy: "Name the one to take over in `adoptId`.",
        });
        expect(accessOf(account)).toEqual(before);
        const twin = { ...inputs, adopt: true, description: "two" };
        expect((await apiAccessRule.create(twin, start().context)).id).toBe(two);
    });

    test("adopts no rule that another resource has", async () => {
        const present = put({ description: "by hand" });
        const process = start();
        process.context.client.claimed.add(present);
        const { id } = await apiAccessRule.create({ ...inputs, adopt: true }, process.context);
        expect(ids()).toEqual([world(), present, id]);
    });

    test("adopts the rule named, whatever it says, by a whole update", async () => {
        const named = put({
            caIds: [],
            cns: [],
            ipRanges: ["203.0.0.0/8", "2001:db8::/16"],
            description: "other",
        });
        const process = start();
        const { id } = await apiAccessRule.create({ ...inputs, adoptId: named }, process.context);
        expect(id).toBe(named);
        expect(live(named)).toEqual(onAccount(named));
        expect(process.changes()).toEqual(["UpdateApiAccessRule"]);
    });

    test("refuses to adopt what is not there", async () => {
        const adoptId = "aar-00000000000000000000000000000000";
        const before = accessOf(account);
        const failure = await rejection(apiAccessRule.create({ ...inputs, adoptId }, start().context));
        expect(failure).toMatchObject({
            code: "AmbiguousMatch",
            property: "adoptId",
            problem: `Cannot adopt ${adoptId}: the account has no such access rule.`,
        });
        expect(accessOf(account)).toEqual(before);
    });

    test.each(["lost", "unsent"] as const)(
        "makes exactly one though the first answer is %s",
        async (fate) => {
            const process = start({
                mishap: (call, nth) => (call === "CreateApiAccessRule" && nth === 1 ? fate : undefined),
            });
            const { id } = await apiAccessRule.create(inputs, process.context);
            expect(ids()).toEqual([world(), id]);
            expect(process.changes()).toHaveLength(fate === "lost" ? 1 : 2);
        },
    );

    test("makes a second, equal one of its own where the first answer is lost beside a claimed twin", async () => {
        const first = start();
        const twin = await apiAccessRule.create(inputs, first.context);
        const process = start({
            mishap: (call, nth) => (call === "CreateApiAccessRule" && nth === 1 ? "lost" : undefined),
        });
        process.context.client.claimed.add(twin.id);
        const { id } = await apiAccessRule.create(inputs, process.context);
        expect(id).not.toBe(twin.id);
        expect(ids()).toEqual([world(), twin.id, id]);
    });
});

describe("read", () => {
    test("brings back what the account has, and nothing where it is gone", async () => {
        const id = put({ cns: ["mallory"], description: "by hand" });
        expect(await apiAccessRule.read(id, state(id), start().context)).toEqual({
            id,
            state: state(id, { cns: ["mallory"], description: "by hand" }),
        });
        expect(await apiAccessRule.read("aar-gone", state("aar-gone"), start().context)).toBeUndefined();
    });

    test("many reads of one refresh are one call", async () => {
        const id = put();
        const process = start();
        await Promise.all(
            Array.from({ length: 20 }, () => apiAccessRule.read(id, state(id), process.context)),
        );
        await apiAccessRule.read(id, state(id), process.context);
        expect(process.calls).toHaveLength(1);
    });
});

describe("update", () => {
    test("a description edit sends every list again", async () => {
        const id = put();
        const process = start();
        const wanted = { ...inputs, description: "new" };
        expect(await apiAccessRule.update(id, state(id), wanted, process.context)).toEqual(
            state(id, { description: "new" }),
        );
        expect(process.calls.filter(({ call }) => !call.startsWith("Read"))).toEqual([
            {
                call: "UpdateApiAccessRule",
                request: onAccount(id, { description: "new" }),
                certificate: false,
                status: 200,
            },
        ]);
        expect(live(id)).toEqual(onAccount(id, { description: "new" }));
    });

    test("empty lists are sent as empty", async () => {
        const id = put();
        const wanted = { ...inputs, caIds: [], cns: [] };
        await apiAccessRule.update(id, state(id), wanted, start().context);
        expect(live(id)).toEqual(onAccount(id, { caIds: [], cns: [] }));
    });

    test("no call where only the order, the protected or the certificates change", async () => {
        const id = put();
        const process = start();
        const wanted = {
            ...inputs,
            cns: ["bob", "alice"],
            ipRanges: ["2001:db8::/32", "203.0.113.1/24"],
            protect: [alice()],
            clientCertificates: [holders.alice],
        };
        expect(await apiAccessRule.update(id, state(id), wanted, process.context)).toEqual({
            ...wanted,
            ruleId: id,
        });
        expect(process.calls).toEqual([]);
    });

    test("an answer lost is sent again", async () => {
        const id = put();
        const process = start({
            mishap: (call, nth) => (call === "UpdateApiAccessRule" && nth === 1 ? "lost" : undefined),
        });
        await apiAccessRule.update(id, state(id), { ...inputs, description: "new" }, process.context);
        expect(live(id)?.Description).toBe("new");
    });
});

describe("delete", () => {
    test("leaves what this run has made or taken over under another name", async () => {
        const id = put();
        const process = start();
        await apiAccessRule.create(inputs, process.context);
        await apiAccessRule.delete(id, state(id), process.context);
        expect(ids()).toEqual([world(), id]);
        expect(process.changes()).toEqual([]);
    });

    test("gives an adopted rule back what it said, and deletes it not", async () => {
        const id = put({ cns: [], ipRanges: ["198.51.100.0/24"], description: "by hand" });
        const created = await apiAccessRule.create({ ...inputs, adoptId: id, widen: true }, start().context);
        const updated = await apiAccessRule.update(
            id,
            created.state,
            { ...inputs, cns: [] },
            start().context,
        );
        const before = { caIds: [caId], cns: [], ipRanges: ["198.51.100.0/24"], description: "by hand" };
        expect(updated.found).toEqual(before);
        await apiAccessRule.delete(id, updated, start().context);
        expect(live(id)).toEqual(onAccount(id, before));
    });

    test("owes back what it adopted though that was its twin already, the account's last rule included", async () => {
        inputs = { ...inputs, caIds: [], cns: [] };
        const [only = ""] = setRules(account, [inputs]);
        const twin = await apiAccessRule.create(inputs, start().context);
        expect(twin).toEqual({ id: only, state: state(only) });
        const adopted = await apiAccessRule.create({ ...inputs, adopt: true }, start().context);
        expect(adopted.state.found).toEqual(found("p/s rule"));
        await apiAccessRule.delete(only, { ...adopted.state, description: "x" }, start().context);
        expect(ids()).toEqual([only]);
    });

    test("gives nothing back to an adopted rule that is gone", async () => {
        const process = start();
        await apiAccessRule.delete("aar-gone", state("aar-gone", { found: found("x") }), process.context);
        expect(process.changes()).toEqual([]);
    });

    test("deletes, and gone already is as good", async () => {
        const id = put();
        await apiAccessRule.delete(id, state(id), start().context);
        expect(ids()).toEqual([world()]);
        const again = start();
        await apiAccessRule.delete(id, state(id), again.context);
        expect(again.changes()).toEqual([]);
    });

    test("never deletes the account's last rule, protected or not", async () => {
        const [id = ""] = setRules(account, [{ ipRanges: ["0.0.0.0/0"] }]);
        const process = start();
        expect(await rejection(apiAccessRule.delete(id, state(id), process.context))).toMatchObject({
            code: "Lockout",
            problem: `Refused to delete the access rule ${id}: it is the last of the account, and without any nobody gets in.`,
            remedy: "Declare another rule first. This call was not made.",
        });
        expect(ids()).toEqual([id]);
        expect(process.changes()).toEqual([]);
    });

    test.each(["lost", "unsent"] as const)("ends well though the first answer is %s", async (fate) => {
        const id = put();
        const process = start({
            mishap: (call, nth) => (call === "DeleteApiAccessRule" && nth === 1 ? fate : undefined),
        });
        await apiAccessRule.delete(id, state(id), process.context);
        expect(ids()).toEqual([world()]);
    });

    test("passes on a refusal while the rule is still there", async () => {
        const id = put();
        const process = start({ mishap: (call) => (call === "DeleteApiAccessRule" ? "refused" : undefined) });
        expect(await rejection(apiAccessRule.delete(id, state(id), process.context))).toMatchObject({
            apiCode: "14",
        });
        expect(ids()).toEqual([world(), id]);
    });
});
