/** What an audit of keys gives back when it goes, and what it leaves as it is. */
import { describe, expect, test } from "@jest/globals";
import { keyAudit } from "../../../../provider/outscale/key-audit";
import { OUTSIDE, rejection, startProcess } from "../../../support/outscale";
import { accountWithClock, after, dateAfter, putKey } from "./access-key-fixture";
import { create, endOf, inputs } from "./key-audit-fixture";

describe("what it gives back", () => {
    test("is nothing where somebody has moved the date since, or where what was found is over", async () => {
        const { account, at, now } = accountWithClock();
        const [moved, over] = [putKey(account), putKey(account, { ExpirationDate: dateAfter(5) })];
        const { id, state } = await create(account, { expire: { [moved]: "30d", [over]: "30d" } });
        const request = { AccessKeyId: moved, ExpirationDate: dateAfter(40) };
        account.execute("UpdateAccessKey", request, { sourceAddress: OUTSIDE });
        at(6);
        await keyAudit.delete(id, state, startProcess(account, { now }).context);
        expect([endOf(account, moved), endOf(account, over)]).toEqual([
            after(40).getTime(),
            after(30).getTime(),
        ]);
    });

    test("is what the record says, where a deployment was interrupted after it had set a date", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const record = (await create(account)).state.found;
        await create(account, { expire: { [key]: "30d" }, record });
        const again = await create(account, { expire: { [key]: "30d" }, record });
        await keyAudit.delete(again.id, again.state, startProcess(account).context);
        expect(endOf(account, key)).toBeNull();
    });
});

describe("what it leaves as it is", () => {
    test("is a date that a maximum in force asks for", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const request = { AccessKeyId: account.accessKey, ExpirationDate: dateAfter(30) };
        account.execute("UpdateAccessKey", request, { sourceAddress: OUTSIDE });
        const { id, state } = await create(account, { expire: { [key]: "30d" } });
        const policy = { MaxAccessKeyExpirationSeconds: 7_776_000, RequireTrustedEnv: false };
        account.restore({ ...account.snapshot(), policy });
        const { context } = startProcess(account);
        context.declared.add("outscale:ApiAccessPolicy", { inputs: {}, last: {} });
        await keyAudit.delete(id, state, context);
        expect(endOf(account, key)).toBe(after(30).getTime());
        // One that nothing declares was left by a run that was stopped: to forget the dates would be to forget it too.
        const error = await rejection(keyAudit.delete(id, state, startProcess(account).context));
        expect(error).toMatchObject({ code: "AmbiguousMatch" });
        expect(error.message).toMatch(/deploy that program once more, to its end/);
    });

    test("is a key that has ended: it is not revived", async () => {
        const { account, at, now } = accountWithClock();
        const key = putKey(account);
        const { id, state } = await create(account, { expire: { [key]: "5d" } });
        at(6);
        await keyAudit.delete(id, state, startProcess(account, { now }).context);
        expect(endOf(account, key)).toBe(after(5).getTime());
    });

    test("is a key that another audit of the program mends and knows; one that does not know it is refused", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const { id, state } = await create(account, { expire: { [key]: "30d" } });
        const { context } = startProcess(account);
        const again = inputs({ expire: { [key]: "30d" } });
        context.declared.add(keyAudit.token, { inputs: again, last: {} });
        const error = await rejection(keyAudit.delete(id, state, context));
        expect(error.message).toMatch(/under another name.*`aliases`/);
        const knowing = startProcess(account).context;
        knowing.declared.add(keyAudit.token, { inputs: { ...again, record: state.found }, last: {} });
        await keyAudit.delete(id, state, knowing);
        expect(endOf(account, key)).toBe(after(30).getTime());
    });
});
