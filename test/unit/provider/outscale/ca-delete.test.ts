/** Ca, deleted: never under a rule or its holders, and an adopted one given back. */
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { Declarations } from "../../../../provider/declarations";
import { ca, type CaInputs, type CaState } from "../../../../provider/outscale/ca";
import { fingerprintSha1 } from "../../../../provider/pki/pem";
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
let inputs: CaInputs;

beforeAll(async () => {
    holders = await makeHolders();
    inputs = { caPem: holders.authorities.a.certificatePem, description: "p/s ca", adopt: false, ...nobody };
});
beforeEach(() => {
    account = newAccount();
});

const start = (options?: ProcessOptions) => startProcess(account, options);
const ids = (): string[] => account.cas().map(({ CaId }) => CaId);
const state = (caId: string, over: Partial<CaState> = {}): CaState => ({
    ...inputs,
    caId,
    fingerprint: fingerprintSha1(inputs.caPem),
    ...over,
});

describe("delete", () => {
    test("deletes, and gone already is as good", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        await ca.delete(id, state(id), start().context);
        expect(ids()).toEqual([]);
        const again = start();
        await ca.delete(id, state(id), again.context);
        expect(again.changes()).toEqual([]);
    });

    test("leaves what this run has made or taken over under another name", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const process = start();
        await ca.create(inputs, process.context);
        await ca.delete(id, state(id), process.context);
        expect(ids()).toEqual([id]);
        expect(process.changes()).toEqual([]);
    });

    test("leaves the authority that the program declares, where it is the only such one", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const declared = new Declarations();
        declared.add("outscale:Ca", { inputs, last: {} });
        await ca.delete(id, state(id), { ...start().context, declared });
        expect(ids()).toEqual([id]);
        // A twin of its own is another authority: that one stays.
        const twin = putCa(account, inputs.caPem, "p/s ca");
        await ca.delete(id, state(id), { ...start().context, declared });
        expect(ids()).toEqual([twin]);
        const other = new Declarations();
        other.add("outscale:Ca", { inputs: { ...inputs, description: "another" }, last: {} });
        await ca.delete(twin, state(twin), { ...start().context, declared: other });
        expect(ids()).toEqual([]);
    });

    test("gives an adopted authority its description back, and deletes it not", async () => {
        const id = putCa(account, inputs.caPem, "by hand");
        const created = await ca.create({ ...inputs, adopt: true }, start().context);
        const updated = await ca.update(
            id,
            created.state,
            { ...inputs, description: "new" },
            start().context,
        );
        expect(updated.foundDescription).toBe("by hand");
        await ca.delete(id, updated, start().context);
        expect(account.cas()).toMatchObject([{ CaId: id, Description: "by hand" }]);
        const twin = putCa(account, holders.authorities.b.certificatePem, "p/s b");
        const made = { ...inputs, caPem: holders.authorities.b.certificatePem, description: "p/s b" };
        expect((await ca.create(made, start().context)).state).not.toHaveProperty("foundDescription");
        const named = await ca.create({ ...made, adoptId: twin }, start().context);
        expect(named.state.foundDescription).toBe("p/s b");
    });

    test("is refused while a rule names it", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const rules = [putRule(account, { caIds: [id] }), putRule(account, { caIds: [id], cns: ["x"] })];
        const before = accessOf(account);
        const process = start();
        expect(await rejection(ca.delete(id, state(id), process.context))).toMatchObject({
            code: "Lockout",
            problem: `Refused to delete the authority ${id}: the access rules ${rules.join(", ")} still name it.`,
            remedy: expect.stringMatching(
                /^Change or delete those rules first\. If an interrupted .* This call was not made\.$/,
            ),
        });
        expect(accessOf(account)).toEqual(before);
        expect(process.changes()).toEqual([]);
    });

    test("is refused where a rule names it again by the time of the call, and a holder would be out", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        setRules(account, [{ ipRanges: ["198.51.100.0/24"] }]);
        const process = start({
            sourceAddress: "198.51.100.7",
            after: (call, nth) => {
                if (call === "ReadApiAccessRules" && nth === 1) putRule(account, { caIds: [id] });
            },
        });
        const protect = [
            {
                name: "alice",
                certificatePem: holders.alice.certificatePem,
                authorityPems: [inputs.caPem],
            },
        ];
        expect(await rejection(ca.delete(id, state(id, { protect }), process.context))).toMatchObject({
            name: "LockoutError",
            problem: expect.stringContaining(
                `Refused to delete the authority ${id}: the protected identity "alice"`,
            ),
        });
        expect(ids()).toEqual([id]);
    });

    test.each(["lost", "unsent"] as const)("ends well though the first answer is %s", async (fate) => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const process = start({
            mishap: (call, nth) => (call === "DeleteCa" && nth === 1 ? fate : undefined),
        });
        await ca.delete(id, state(id), process.context);
        expect(ids()).toEqual([]);
    });

    test("passes on a refusal of the service while the authority is still there", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const process = start({ mishap: (call) => (call === "DeleteCa" ? "refused" : undefined) });
        expect(await rejection(ca.delete(id, state(id), process.context))).toMatchObject({ apiCode: "14" });
        expect(ids()).toEqual([id]);
    });

    test("falls back on the client certificates where the account asks for one", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const other = putCa(account, holders.authorities.b.certificatePem, "b");
        setRules(account, [{ caIds: [other] }]);
        const process = start();
        await ca.delete(
            id,
            state(id, { clientCertificates: [holders.alice, holders.aliceOfB] }),
            process.context,
        );
        expect(ids()).toEqual([other]);
        expect(process.calls.filter(({ status }) => status === 200).every((call) => call.certificate)).toBe(
            true,
        );
    });
});
