/** ApiAccessProof: everyone protected is admitted by the declared rules alone, and the gate was tried; or it fails. */
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { apiAccessProof as proof, type ProofInputs } from "../../../../provider/outscale/api-access-proof";
import type { DeclaredRule } from "../../../../provider/outscale/declared-rule";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
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
let ruleId: string;
let inputs: ProofInputs;

beforeAll(async () => {
    holders = await makeHolders();
});
beforeEach(() => {
    account = newAccount();
    caId = putCa(account, holders.authorities.a.certificatePem);
    ruleId = putRule(account, { caIds: [caId] });
    inputs = {
        rules: [declared()],
        protect: [alice()],
        probe: holders.alice,
        protectPrevious: true,
        clientCertificates: [],
    };
});

const declared = (over: Partial<DeclaredRule> = {}): DeclaredRule => ({
    name: "certificate",
    ruleId,
    authorityPems: [holders.authorities.a.certificatePem],
    cns: [],
    ipRanges: [],
    ...over,
});
const alice = (who: "alice" | "expired" | "aliceOfB" | "server" = "alice") => ({
    name: "alice",
    certificatePem: holders[who].certificatePem,
    authorityPems: [holders.authorities.a.certificatePem, holders.authorities.b.certificatePem],
});
const start = (options?: ProcessOptions) => startProcess(account, options);

describe("succeeds", () => {
    test("with the moment, and the rules that let others in as well", async () => {
        const process = start();
        expect(await proof.create(inputs, process.context)).toEqual({
            id: "proof",
            state: {
                ...inputs,
                provenAt: "2026-06-15T12:00:00.000Z",
                conclusive: false,
                otherRules: [`${account.rules()[0]?.ApiAccessRuleId ?? ""} "Default Rule" [IP 0.0.0.0/0]`],
            },
        });
        expect(process.changes()).toEqual([]);
        expect(process.calls.at(-1)).toMatchObject({
            call: "ReadApiAccessRules",
            certificate: true,
            status: 200,
        });
        expect(process.waits).toEqual([]);
    });

    test("conclusively only where no other rule may admit the certificate that was tried", async () => {
        const conclusive = async (over: Partial<ProofInputs> = {}): Promise<[boolean, string[]]> => {
            const { state } = await proof.create({ ...inputs, ...over }, start().context);
            return [state.conclusive, state.otherRules];
        };
        const others = [{ caIds: [caId], cns: ["somebody else"] }, { caIds: [caId] }];
        [ruleId = ""] = setRules(account, [{ caIds: [caId] }, ...others.slice(0, 1)]);
        const rules = [declared()];
        const clientCertificates = [holders.alice];
        expect(await conclusive({ rules, clientCertificates })).toEqual([true, []]);
        [ruleId = ""] = setRules(account, [{ caIds: [caId] }, ...others]);
        const mine = [declared()];
        expect(await conclusive({ rules: mine, clientCertificates })).toEqual([false, []]);
        [ruleId = ""] = setRules(account, [{ caIds: [caId] }]);
        rules.splice(0, 1, declared());
        const { probe: _probe, ...without } = inputs;
        expect(
            (await proof.create({ ...without, rules, clientCertificates }, start().context)).state,
        ).toMatchObject({
            conclusive: false,
        });
        const backup = putRule(account, { ipRanges: ["192.0.2.0/24"] });
        const backupRule = declared({
            name: "backup",
            ruleId: backup,
            authorityPems: [],
            ipRanges: ["192.0.2.0/24"],
        });
        expect(await conclusive({ rules: [...rules, backupRule], clientCertificates })).toEqual([false, []]);
        expect(await conclusive({ rules, clientCertificates })).toEqual([
            false,
            [`${backup} [IP 192.0.2.0/24]`],
        ]);
    });

    test("after some refusals, waiting longer each time, since rules take a moment to be enforced", async () => {
        const process = start({
            mishap: (_call, nth, certificate) => (certificate && nth <= 5 ? "refused" : undefined),
        });
        await proof.create(inputs, process.context);
        expect(process.waits).toEqual([1_000, 2_000, 3_000, 4_000]);
    });

    test("at an update as at the creation, and proves anew", async () => {
        const { state } = await proof.create(inputs, start().context);
        const later = new Date("2026-06-16T12:00:00Z");
        const process = start({ now: () => later });
        expect(await proof.update("proof", state, inputs, process.context)).toEqual({
            ...state,
            provenAt: "2026-06-16T12:00:00.000Z",
        });
    });

    test("without anybody protected and without a probe, having nothing to show", async () => {
        const { state } = await proof.create(
            { rules: [], protectPrevious: true, ...nobody },
            start().context,
        );
        expect(state).toMatchObject({ conclusive: false, rules: [] });
    });

    test("reads and deletes nothing", async () => {
        const { state } = await proof.create(inputs, start().context);
        const process = start();
        expect(await proof.read("proof", state, process.context)).toEqual({ id: "proof", state });
        await proof.delete("proof", state, process.context);
        expect(process.calls).toEqual([]);
    });
});

describe("fails before anything is retired", () => {
    const failed = async (over: Partial<ProofInputs>, options?: ProcessOptions): Promise<Error> => {
        const before = accessOf(account);
        const process = start(options);
        const failure = await rejection(proof.create({ ...inputs, ...over }, process.context));
        expect(accessOf(account)).toEqual(before);
        expect(process.changes()).toEqual([]);
        return failure;
    };

    test("a certificate of an authority that the rule does not name", async () => {
        const failure = await failed({ protect: [alice("aliceOfB")] });
        expect(failure).toMatchObject({ name: "LockoutError", code: "Lockout" });
        expect(failure.message).toContain(
            'Refused to go on without the rules that are not declared: the protected identity "alice" (from any IPv4 ' +
                `address, with its client certificate) would no longer be admitted (${ruleId}: ${caId}: The client certificate ` +
                '"alice" was not issued by the authority "Authority A": it names another issuer.). ' +
                `Rules that would remain: ${ruleId} [CA ${caId}]`,
        );
    });

    test("an authority that is on the account in another key", async () => {
        const other = putCa(account, holders.authorities.impostor.certificatePem);
        [ruleId = ""] = setRules(account, [{ caIds: [other] }, { ipRanges: ["0.0.0.0/0"] }]);
        const failure = await failed({ rules: [declared()] });
        expect(failure.message).toContain(
            `could not be shown to be admitted (${ruleId}: the certificate of ${other} is not known here)`,
        );
    });

    test.each<["expired" | "server", string]>([
        ["expired", "expired on 2026-06-14T12:00:00Z"],
        ["server", "its extendedKeyUsage lacks clientAuth"],
    ])("a certificate: %s", async (who, why) => {
        const failure = await failed({ protect: [alice(who)] });
        expect(failure.name).toBe("LockoutError");
        expect(failure.message).toContain(why);
    });

    test("somebody whom nothing on the account has ever admitted", async () => {
        setRules(account, [{ ipRanges: ["203.0.113.0/24"] }, { caIds: [caId] }]);
        const protect = [{ name: "clerk", sourceIp: "198.51.100.7", authorityPems: [] }];
        const [first, second] = account.rules().map((rule) => rule.ApiAccessRuleId);
        const { probe: _probe, ...without } = inputs;
        const rules = [declared({ ruleId: second })];
        const before = accessOf(account);
        expect(await rejection(proof.create({ ...without, rules, protect }, start().context))).toMatchObject({
            code: "ProofFailed",
            problem:
                'The declared rules do not admit everyone protected: the protected identity "clerk" (from 198.51.100.7, ' +
                `without client certificate) would no longer be admitted (${second ?? ""}: it asks for a client certificate). ` +
                `Declared and found: ${second ?? ""} [CA ${caId}].`,
            remedy: "Mend the rule, the authority or the certificate and run again. Nothing that waits for this proof has been done.",
        });
        expect(accessOf(account)).toEqual(before);
        expect(first).toBeDefined();
    });

    test.each<[string, () => DeclaredRule[]]>([
        ["no declared rule", () => []],
        ["a declared rule that is missing", () => [declared({ ruleId: "aar-gone" })]],
        ["a declared rule without an id", () => [declared({ ruleId: undefined })]],
        [
            "the declared words, which the account's rule does not have",
            () => [declared({ ruleId: narrowed() })],
        ],
    ])("%s", async (_title, rules) => {
        const failure = await failed({ rules: rules() });
        expect(failure.name).toBe("LockoutError");
        expect(failure.message).toContain('the protected identity "alice"');
    });
    /** A rule on the account for bob alone. */
    const narrowed = (): string => putRule(account, { caIds: [caId], cns: ["bob"] });

    test("an authority that was deleted under its rule", async () => {
        const now = account.snapshot();
        account.restore({ ...now, cas: [] });
        expect((await failed({})).message).toContain(`${caId} is no longer on the account`);
    });

    test("a probe that no declared rule would admit, although a rule that is about to go does", async () => {
        const process = start();
        const failure = await rejection(
            proof.create({ ...inputs, probe: holders.aliceOfB }, process.context),
        );
        expect(failure).toMatchObject({ code: "ProofFailed" });
        expect(failure.message).toContain('"the certificate that is tried"');
        // Decided before the call, which the world's rule would have let through.
        expect(process.calls.some(({ certificate }) => certificate)).toBe(false);
        expect(process.changes()).toEqual([]);
    });

    test("a probe that the account goes on refusing", async () => {
        const failure = await failed(
            {},
            { mishap: (_call, _nth, certificate) => (certificate ? "refused" : undefined) },
        );
        expect(failure).toMatchObject({
            code: "ProofFailed",
            problem: "A call with the client certificate was refused by the access rules.",
            remedy: expect.stringContaining("Nothing that waits for this proof has been done."),
            cause: expect.objectContaining({ apiCode: "14" }),
        });
    });

    test("a probe refused five times, and not more", async () => {
        const process = start({
            mishap: (_call, _nth, certificate) => (certificate ? "refused" : undefined),
        });
        await rejection(proof.create(inputs, process.context));
        expect(process.calls.filter(({ certificate }) => certificate)).toHaveLength(5);
        expect(process.waits).toEqual([1_000, 2_000, 3_000, 4_000]);
    });

    test("a probe whose answer does not come", async () => {
        const failure = await failed(
            {},
            { mishap: (_call, _nth, certificate) => (certificate ? "unsent" : undefined) },
        );
        expect(failure).toMatchObject({ code: "Unreachable" });
    });

    test("the certificate that somebody holds since the last deployment", async () => {
        const { state } = await proof.create(inputs, start().context);
        const caB = putCa(account, holders.authorities.b.certificatePem);
        const [id = ""] = setRules(account, [{ caIds: [caB] }, { ipRanges: ["0.0.0.0/0"] }]);
        const rules = [declared({ ruleId: id, authorityPems: [holders.authorities.b.certificatePem] })];
        const wanted = { ...inputs, rules, protect: [alice("aliceOfB")], probe: holders.aliceOfB };
        expect(await rejection(proof.update("proof", state, wanted, start().context))).toMatchObject({
            name: "LockoutError",
        });
        await proof.create(wanted, start().context);
        const forgetful = { ...wanted, protectPrevious: false };
        expect(await proof.update("proof", state, forgetful, start().context)).toMatchObject(forgetful);
    });
});

test.each<[string, () => object, string[]]>([
    ["nothing", () => ({}), []],
    ["the rules", () => ({ rules: [] }), ["rules"]],
    ["a rule's order of addresses", () => ({ rules: [declared()] }), []],
    ["the probe", () => ({ probe: holders.bob }), ["probe"]],
    ["no probe", () => ({ probe: undefined }), ["probe"]],
    ["who is protected", () => ({ protect: [] }), ["protect"]],
    ["whose previous certificates count", () => ({ protectPrevious: false }), ["protectPrevious"]],
    ["the certificates", () => ({ clientCertificates: [holders.alice] }), ["clientCertificates"]],
])("diff: %s", (_title, over, changed) => {
    const state = { ...inputs, provenAt: "", conclusive: true, otherRules: [] };
    expect(proof.diff(state, { ...inputs, ...over() }, NOW)).toEqual({ changed, replaces: [] });
});
