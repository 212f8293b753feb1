/** RetiredApiAccessRule, declared: gone, and never gone where somebody would be out. */
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import type { RecordedRule } from "../../../../provider/outscale/api-access-rule-record";
import {
    retiredApiAccessRule as retired,
    type RetiredInputs,
    type RetiredState,
} from "../../../../provider/outscale/retired-api-access-rule";
import { PartialFailure } from "../../../../provider/resource";
import { makeHolders, type Holders } from "../../../support/holders";
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

describe("create", () => {
    test("deletes the rule, then calls with the certificate alone", async () => {
        const process = start();
        expect(await retired.create(inputs, process.context)).toEqual({ id: record.ruleId, state: state() });
        expect(ids()).toEqual([certificateRule]);
        expect(process.changes()).toEqual(["DeleteApiAccessRule"]);
        expect(process.calls.at(-1)).toMatchObject({
            call: "ReadApiAccessRules",
            certificate: true,
            status: 200,
        });
    });

    test("does nothing where the account had no such rule, or has it no longer", async () => {
        const { record: _record, ...without } = inputs;
        const process = start();
        expect(await retired.create(without, process.context)).toEqual({
            id: "none",
            state: { ...without, restores: [] },
        });
        expect(process.calls).toEqual([]);
        setRules(account, [{ caIds: [caId] }]);
        const gone = start();
        const created = await retired.create(inputs, gone.context);
        expect(created).toEqual({ id: record.ruleId, state: state() });
        expect(gone.changes()).toEqual([]);
    });

    test("finds the rule again by its criteria where it came back under another id", async () => {
        const [again = ""] = setRules(account, [
            { ipRanges: ["0.0.0.0/0"], description: "Default Rule" },
            { caIds: [caId] },
        ]);
        await retired.create(inputs, start().context);
        expect(ids()).not.toContain(again);
        expect(ids()).toHaveLength(1);
    });

    test.each<[string, object]>([
        ["its address", { IpRanges: ["198.51.100.0/24"] }],
        ["its description", { Description: "needed by the night shift" }],
    ])("refuses a rule of which somebody changed %s since it was recorded", async (_title, change) => {
        const now = account.snapshot();
        account.restore({
            ...now,
            rules: now.rules.map((rule) =>
                rule.ApiAccessRuleId === record.ruleId ? { ...rule, ...change } : rule,
            ),
        });
        const before = accessOf(account);
        const process = start({ sourceAddress: "198.51.100.7" });
        expect(await rejection(retired.create(inputs, process.context))).toMatchObject({
            code: "AmbiguousMatch",
            problem: `The access rule ${record.ruleId} is no longer what was recorded: somebody has changed it since.`,
        });
        expect(accessOf(account)).toEqual(before);
        expect(process.changes()).toEqual([]);
    });

    test("is refused where a protected identity would be out", async () => {
        const protect = [alice(), { name: "clerk", sourceIp: "203.0.113.9", authorityPems: [] }];
        const before = accessOf(account);
        const process = start();
        const failure = await rejection(retired.create({ ...inputs, protect }, process.context));
        expect(failure.name).toBe("LockoutError");
        expect(failure.message).toContain(
            `Refused to delete the access rule ${record.ruleId}: the protected identity "clerk" (from 203.0.113.9, ` +
                `without client certificate) would no longer be admitted (${certificateRule}: it asks for a client certificate). ` +
                `Rules that would remain: ${certificateRule} "certificates" [CA ${caId}]`,
        );
        expect(failure.message).not.toContain('identity "alice"');
        expect(accessOf(account)).toEqual(before);
        expect(process.changes()).toEqual([]);
    });

    test("is refused for the account's last rule", async () => {
        const now = account.snapshot();
        account.restore({ ...now, rules: now.rules.slice(0, 1) });
        expect(await rejection(retired.create(inputs, start().context))).toMatchObject({ code: "Lockout" });
        expect(ids()).toEqual([record.ruleId]);
    });

    test("needs no certificate to try the gate with where it can call from a backup address", async () => {
        const backup = putRule(account, { ipRanges: ["203.0.113.9"] });
        const process = start();
        await retired.create({ ...inputs, clientCertificates: [] }, process.context);
        expect(ids()).toEqual([certificateRule, backup]);
        expect(process.calls.at(-1)?.call).toBe("DeleteApiAccessRule");
    });

    test.each<[string, () => Partial<RetiredInputs>, string, string]>([
        [
            "nobody is protected",
            () => ({ protect: [] }),
            "nobody is protected, so nobody would be sure to get in.",
            "Name at least one identity in `protect`. This call was not made.",
        ],
        [
            "the provider itself would be out",
            () => ({ clientCertificates: [] }),
            "every rule that would remain asks for a client certificate, and the provider has none to present.",
            "Put one in the provider's configuration (`outscale:x509CertPath`, `outscale:x509KeyPath`), or add a backup address to deploy from. This call was not made.",
        ],
    ])("is refused where %s", async (_title, over, why, remedy) => {
        const before = accessOf(account);
        const process = start();
        expect(await rejection(retired.create({ ...inputs, ...over() }, process.context))).toMatchObject({
            code: "Lockout",
            problem: `Refused to retire the access rule ${record.ruleId} "Default Rule": ${why}`,
            remedy,
        });
        expect(accessOf(account)).toEqual(before);
        expect(process.changes()).toEqual([]);
    });

    test("tries the gate also where the rule is gone already, which an interrupted run may have left untried", async () => {
        setRules(account, [{ caIds: [caId] }, { ipRanges: ["203.0.113.9"] }]);
        const process = start({
            mishap: (_call, _nth, certificate) => (certificate ? "refused" : undefined),
        });
        expect(await rejection(retired.create(inputs, process.context))).toMatchObject({
            code: "ProofFailed",
        });
        expect(process.changes()).toEqual(["CreateApiAccessRule"]);
        expect(process.waits).toEqual([1_000, 2_000, 3_000, 4_000]);
    });

    test.each(["lost", "unsent"] as const)("deletes it though the first answer is %s", async (fate) => {
        await retired.create(inputs, start({ mishap: once("DeleteApiAccessRule", fate) }).context);
        expect(ids()).toEqual([certificateRule]);
    });
});

describe("where the certificate is refused once the rule is gone", () => {
    const refusedWithCertificate = (call: string, _nth: number, certificate: boolean): Mishap =>
        certificate && call === "ReadApiAccessRules" ? "refused" : undefined;

    test("gives the rule back, and says so", async () => {
        const backup = putRule(account, { ipRanges: ["203.0.113.0/24"] });
        const process = start({ mishap: refusedWithCertificate });
        expect(await rejection(retired.create(inputs, process.context))).toMatchObject({
            name: "PortcullisError",
            code: "ProofFailed",
            problem: `Without the access rule ${record.ruleId} the client certificate was refused, so the rule was given back.`,
            remedy: expect.stringContaining("See which rule is meant to admit the certificate"),
            cause: expect.objectContaining({ apiCode: "14" }),
        });
        expect(process.changes()).toEqual(["DeleteApiAccessRule", "CreateApiAccessRule"]);
        expect(ids().slice(0, 2)).toEqual([certificateRule, backup]);
        expect(account.rules()[2]).toMatchObject({
            CaIds: [],
            Cns: [],
            IpRanges: ["0.0.0.0/0"],
            Description: "Default Rule",
        });
    });

    test("gives it back exactly once though the answer is lost", async () => {
        putRule(account, { ipRanges: ["203.0.113.0/24"] });
        const mishap = (...args: Parameters<typeof refusedWithCertificate>): Mishap =>
            refusedWithCertificate(...args) ?? once("CreateApiAccessRule", "lost")(args[0], args[1]);
        expect(await rejection(retired.create(inputs, start({ mishap }).context))).toMatchObject({
            code: "ProofFailed",
        });
        expect(account.rules().filter(({ Description }) => Description === "Default Rule")).toHaveLength(1);
    });

    test("keeps the id and what it owes where even that fails, since nobody is let in any more", async () => {
        const wanted = { ...inputs, clientCertificates: [holders.aliceOfB] };
        const failure = await rejection(retired.create(wanted, start().context));
        expect(failure).toBeInstanceOf(PartialFailure);
        expect(failure).toMatchObject({ id: record.ruleId, state: { ...wanted, restores: [record] } });
    });

    test("keeps the id where the trial ends in another error", async () => {
        const process = start({
            mishap: (_call, _nth, certificate) => (certificate ? "unsent" : undefined),
        });
        const failure = await rejection(retired.create(inputs, process.context));
        expect(failure).toBeInstanceOf(PartialFailure);
        expect(failure).toMatchObject({ id: record.ruleId, state: state(), reason: { code: "Unreachable" } });
        expect(ids()).toEqual([certificateRule]);
    });
});
