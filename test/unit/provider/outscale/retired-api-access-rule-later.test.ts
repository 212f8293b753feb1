/** RetiredApiAccessRule, later: kept gone, retired again where it came back, and given back when destroyed. */
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import type { RecordedRule } from "../../../../provider/outscale/api-access-rule-record";
import {
    retiredApiAccessRule as retired,
    type RetiredInputs,
    type RetiredState,
} from "../../../../provider/outscale/retired-api-access-rule";
import { Declarations } from "../../../../provider/declarations";
import { UNKNOWN } from "../../../../provider/resource";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import {
    accessOf,
    newAccount,
    putCa,
    putRule,
    rejection,
    setRules,
    startProcess,
    type Mishap,
    type ProcessOptions,
} from "../../../support/outscale";

let holders: Holders;
let account: OutscaleAccount;
let caId: string;
let record: RecordedRule;
let certificateRule: string;
let inputs: RetiredInputs;

beforeAll(async () => {
    holders = await makeHolders();
});
beforeEach(() => {
    account = newAccount();
    caId = putCa(account, holders.authorities.a.certificatePem);
    const [world] = account.rules();
    if (world === undefined) throw new Error("an account begins with a rule");
    record = {
        ruleId: world.ApiAccessRuleId,
        description: "Default Rule",
        caIds: [],
        cns: [],
        ipRanges: ["0.0.0.0/0"],
    };
    certificateRule = putRule(account, { caIds: [caId], description: "certificates" });
    inputs = {
        record,
        criteria: { ipRanges: ["0.0.0.0/0"], caIds: [], cns: [] },
        proof: "proof",
        protect: [alice()],
        clientCertificates: [holders.alice],
    };
});

const start = (options?: ProcessOptions) => startProcess(account, options);
const state = (over: Partial<RetiredState> = {}): RetiredState => ({
    ...inputs,
    restores: [record],
    ...over,
});
const ids = (): string[] => account.rules().map(({ ApiAccessRuleId }) => ApiAccessRuleId);
const alice = () => ({
    name: "alice",
    certificatePem: holders.alice.certificatePem,
    authorityPems: [holders.authorities.a.certificatePem],
});
/** The first call of a name goes wrong. */
const once =
    (name: string, fate: Mishap) =>
    (call: string, nth: number): Mishap =>
        call === name && nth === 1 ? fate : undefined;

describe("read", () => {
    test("keeps it while the rule is gone, and drops it where the rule is back", async () => {
        expect(await retired.read(record.ruleId, state(), start().context)).toBeUndefined();
        setRules(account, [{ caIds: [], ipRanges: ["203.0.113.9"] }]);
        expect(await retired.read(record.ruleId, state(), start().context)).toEqual({
            id: record.ruleId,
            state: state(),
        });
        putRule(account, { ipRanges: ["0.0.0.0/0"], description: "Default Rule" });
        expect(await retired.read(record.ruleId, state(), start().context)).toBeUndefined();
    });

    test("keeps it where there was no rule", async () => {
        const { record: _record, ...without } = inputs;
        const none = { ...without, restores: [] };
        expect(await retired.read("none", none, start().context)).toEqual({ id: "none", state: none });
    });
});

describe("update", () => {
    test("keeps owing what was found first, though a later record found nothing", async () => {
        await retired.create(inputs, start().context);
        const { record: _record, ...later } = inputs;
        const process = start();
        expect(await retired.update(record.ruleId, state(), later, process.context)).toEqual({
            ...later,
            restores: [record],
        });
        expect(process.changes()).toEqual([]);
    });

    test("retires what came back, and spares whoever held another certificate", async () => {
        const last = state({ protect: [{ ...alice(), certificatePem: holders.aliceOfB.certificatePem }] });
        const before = accessOf(account);
        const failure = await rejection(retired.update(record.ruleId, last, inputs, start().context));
        expect(failure.name).toBe("LockoutError");
        expect(accessOf(account)).toEqual(before);
        await retired.update(record.ruleId, state(), inputs, start().context);
        expect(ids()).toEqual([certificateRule]);
    });

    test("adds another record to what it owes, and retires that one too", async () => {
        const other = putRule(account, { ipRanges: ["198.51.100.0/24"], description: "another" });
        const second = {
            ruleId: other,
            description: "another",
            caIds: [],
            cns: [],
            ipRanges: ["198.51.100.0/24"],
        };
        await retired.create(inputs, start().context);
        const wanted = { ...inputs, record: second };
        const next = await retired.update(record.ruleId, state(), wanted, start().context);
        expect(next).toEqual({ ...wanted, restores: [record, second] });
        expect(ids()).toEqual([certificateRule]);
        expect((await retired.update(record.ruleId, next, wanted, start().context)).restores).toHaveLength(2);
        await retired.delete(record.ruleId, next, start().context);
        expect(account.rules().map(({ Description }) => Description)).toEqual([
            "certificates",
            "Default Rule",
            "another",
        ]);
    });

    test("takes the record where it had none", async () => {
        const { record: _record, ...without } = inputs;
        const none = { ...without, restores: [] };
        expect(await retired.update("none", none, inputs, start().context)).toEqual(state());
        expect(ids()).toEqual([certificateRule]);
    });
});

describe("delete", () => {
    test("gives the rule back as it was, through the certificate", async () => {
        await retired.create(inputs, start().context);
        const process = start();
        await retired.delete(record.ruleId, state(), process.context);
        expect(process.changes()).toEqual(["CreateApiAccessRule"]);
        expect(process.calls.at(-1)).toMatchObject({ certificate: true, status: 200 });
        expect(account.rules().at(-1)).toMatchObject({
            CaIds: [],
            Cns: [],
            IpRanges: ["0.0.0.0/0"],
            Description: "Default Rule",
        });
        expect(account.admits({ sourceAddress: "198.51.100.7" })).toBe(true);
        expect(ids()).toHaveLength(2);
    });

    test.each(["lost", "unsent"] as const)(
        "gives it back exactly once though the first answer is %s",
        async (fate) => {
            await retired.create(inputs, start().context);
            putRule(account, { ipRanges: ["203.0.113.0/24"] });
            await retired.delete(
                record.ruleId,
                state(),
                start({ mishap: once("CreateApiAccessRule", fate) }).context,
            );
            expect(account.rules().filter(({ Description }) => Description === "Default Rule")).toHaveLength(
                1,
            );
        },
    );

    test("does nothing where it is back already, and a run of it again neither", async () => {
        const process = start();
        await retired.delete(record.ruleId, state(), process.context);
        expect(process.changes()).toEqual([]);
        const none = start();
        await retired.delete("none", state({ restores: [] }), none.context);
        expect(none.calls).toEqual([]);
    });

    test("is refused while the program declares the rule gone under another name, which found it gone already", async () => {
        await retired.create(inputs, start().context);
        const { record: _record, ...renamed } = inputs;
        const before = accessOf(account);
        const deleteWhile = (resources: readonly object[]): Promise<void> => {
            const declared = new Declarations();
            for (const declaration of resources)
                declared.add(retired.token, { inputs: declaration, last: {} });
            return retired.delete(record.ruleId, state(), { ...start().context, declared });
        };
        expect(await rejection(deleteWhile([renamed]))).toMatchObject({
            code: "AmbiguousMatch",
            problem:
                `The access rule ${record.ruleId} "Default Rule" is not given back: this program declares it gone ` +
                "under another name, and that resource found it gone already.",
            remedy: expect.stringContaining("`aliases`"),
        });
        expect(accessOf(account)).toEqual(before);
        // One that has a record of the rule owes it: the rule stays gone.
        await deleteWhile([{ ...inputs }]);
        await deleteWhile([renamed, { ...inputs, criteria: {} }]);
        expect(accessOf(account)).toEqual(before);
        // Neither one for another rule, nor one that says nothing of its rule.
        const others = [
            { ...renamed, criteria: { ipRanges: ["198.51.100.0/24"] } },
            { ...renamed, criteria: {} },
            { nonsense: true },
        ];
        await deleteWhile(others);
        expect(ids()).toHaveLength(2);
    });
});

test.each<[string, object, string[]]>([
    ["nothing", {}, []],
    ["the proof", { proof: "another" }, []],
    ["the record", { record: UNKNOWN }, ["record"]],
    ["a record less", { record: undefined }, ["record"]],
    ["the criteria", { criteria: { ruleId: "aar-1" } }, ["criteria"]],
    ["who is protected", { protect: [{ name: "n" }] }, ["protect"]],
    ["the certificates", { clientCertificates: [] }, ["clientCertificates"]],
])("diff: %s", (_title, over, changed) => {
    expect(retired.diff(state(), { ...inputs, ...over }, NOW)).toEqual({ changed, replaces: [] });
});
