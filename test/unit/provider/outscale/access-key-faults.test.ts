/** Access keys where something goes wrong between two deployments: nobody is left without a key that works. */
import { describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { accessKey, type AccessKeyState } from "../../../../provider/outscale/access-key";
import { PartialFailure } from "../../../../provider/resource";
import { NOW, OUTSIDE, rejection, startProcess } from "../../../support/outscale";
import { accountWithClock, dateAfter, inputs, keysOf, putKey } from "./access-key-fixture";

const wanted = inputs({ userName: "ci", lifetime: "90d", rotateBefore: "30d", overlap: "7d" });

function change(account: OutscaleAccount, call: string, request: object): void {
    const answer = account.execute(call, request, { sourceAddress: OUTSIDE });
    expect(answer.status).toBe(200);
}

/** A key that was rotated on day 60; its overlap ends on day 67. */
async function rotated() {
    const world = accountWithClock();
    const { account, at, now } = world;
    const first = await accessKey.create(wanted, startProcess(account, { now }).context);
    at(60);
    const state = await accessKey.update(
        first.id,
        first.state,
        wanted,
        startProcess(account, { now }).context,
    );
    return { ...world, id: first.id, state };
}

function caughtState(error: unknown): AccessKeyState {
    if (!(error instanceof PartialFailure)) throw error;
    // What the resource itself threw holds its own state.
    return error.state as AccessKeyState;
}

describe("the key before is kept", () => {
    test("where its successor is gone: another is made, and the overlap goes on", async () => {
        const { account, at, now, id, state } = await rotated();
        change(account, "UpdateAccessKey", {
            AccessKeyId: state.accessKeyId,
            State: "INACTIVE",
            UserName: "ci",
        });
        change(account, "DeleteAccessKey", { AccessKeyId: state.accessKeyId, UserName: "ci" });
        at(68);
        const next = await accessKey.update(id, state, wanted, startProcess(account, { now }).context);
        expect(keysOf(account)).toMatchObject([
            { id, state: "ACTIVE" },
            { id: next.accessKeyId, state: "ACTIVE" },
        ]);
        expect(next.previous).toEqual(state.previous);
    });

    test("and not forgotten by a refresh that finds its successor gone", async () => {
        const { account, now, id, state } = await rotated();
        change(account, "UpdateAccessKey", {
            AccessKeyId: state.accessKeyId,
            State: "INACTIVE",
            UserName: "ci",
        });
        change(account, "DeleteAccessKey", { AccessKeyId: state.accessKeyId, UserName: "ci" });
        const live = await accessKey.read(id, state, startProcess(account, { now }).context);
        if (live === undefined) throw new Error("forgotten");
        expect(accessKey.diff(live.state, wanted, now()).changed).toEqual(["accessKeyId"]);
        const next = await accessKey.update(id, live.state, wanted, startProcess(account, { now }).context);
        expect(next.previous?.accessKeyId).toBe(id);
        expect(accessKey.diff(next, wanted, now()).changed).toEqual([]);
    });

    test("until its successor is switched on again and works", async () => {
        const { account, at, now, id, state } = await rotated();
        change(account, "UpdateAccessKey", {
            AccessKeyId: state.accessKeyId,
            State: "INACTIVE",
            UserName: "ci",
        });
        at(68);
        const process = startProcess(account, { now });
        const next = await accessKey.update(id, state, wanted, process.context);
        expect(process.changes()).toEqual(["UpdateAccessKey", "UpdateAccessKey", "DeleteAccessKey"]);
        expect(keysOf(account)).toMatchObject([
            { id: next.accessKeyId, state: "ACTIVE", end: dateAfter(150) },
        ]);
    });

    test("where its successor does not work", async () => {
        const { account, at, now, id, state } = await rotated();
        at(68);
        const forged = { ...state, accessKeyId: state.accessKeyId, secretKey: "S".repeat(40) };
        const process = startProcess(account, {
            now,
            mishap: (call, nth) => (call === "ReadAccessKeys" && nth > 1 ? "refused" : undefined),
        });
        const error = await rejection(accessKey.update(id, forged, wanted, process.context));
        expect(error).toMatchObject({ code: "ProofFailed" });
        expect(error.message).toMatch(
            /is not removed: its successor \w+ does not work .* No key was removed\.$/,
        );
        expect(keysOf(account)).toHaveLength(2);
    });

    test("for a whole overlap more where the rotation was not finished, since nobody got the successor", async () => {
        const world = accountWithClock();
        const { account, at, now } = world;
        const first = await accessKey.create(wanted, startProcess(account, { now }).context);
        at(60);
        const process = startProcess(account, {
            now,
            mishap: (call) => (call === "UpdateAccessKey" ? "refused" : undefined),
        });
        const partial = caughtState(
            await rejection(accessKey.update(first.id, first.state, wanted, process.context)),
        );
        at(68);
        const next = await accessKey.update(
            first.id,
            partial,
            wanted,
            startProcess(account, { now }).context,
        );
        expect(keysOf(account)).toMatchObject([
            { id: first.id, state: "ACTIVE" },
            { id: partial.accessKeyId, state: "ACTIVE", tag: "p/s key" },
        ]);
        expect(next.previous).toMatchObject({ accessKeyId: first.id, retiresAt: dateAfter(75) });
    });

    test("and the present one too, where the next rotation is due before the last was finished", async () => {
        const { account, at, now } = accountWithClock();
        const first = await accessKey.create(wanted, startProcess(account, { now }).context);
        at(60);
        const mishap = (call: string) => (call === "UpdateAccessKey" ? "refused" : undefined);
        const partial = caughtState(
            await rejection(
                accessKey.update(
                    first.id,
                    first.state,
                    wanted,
                    startProcess(account, { now, mishap }).context,
                ),
            ),
        );
        at(125);
        await accessKey.update(first.id, partial, wanted, startProcess(account, { now }).context);
        const usable = keysOf(account).filter((key) => "id" in key && key.id === partial.accessKeyId);
        expect(usable).toMatchObject([{ state: "ACTIVE", tag: "p/s key" }]);
    });
});

test("a successor that died of age makes room, where the key before is all that works", async () => {
    const { account, at, now } = accountWithClock();
    const endless = inputs({ userName: "ci" });
    const first = await accessKey.create(endless, startProcess(account, { now }).context);
    at(100);
    const ending = inputs({ userName: "ci", lifetime: "90d" });
    const second = await accessKey.update(
        first.id,
        first.state,
        ending,
        startProcess(account, { now }).context,
    );
    expect(second.previous?.accessKeyId).toBe(first.id);
    at(200);
    const third = await accessKey.update(first.id, second, ending, startProcess(account, { now }).context);
    expect(keysOf(account)).toMatchObject([
        { id: first.id, state: "ACTIVE", end: null },
        { id: third.accessKeyId, state: "ACTIVE", end: dateAfter(290) },
    ]);
    expect(third.previous?.accessKeyId).toBe(first.id);
});

test("switching off reaches the key before also where its successor is gone", async () => {
    const { account, now, id, state } = await rotated();
    change(account, "UpdateAccessKey", { AccessKeyId: state.accessKeyId, State: "INACTIVE", UserName: "ci" });
    change(account, "DeleteAccessKey", { AccessKeyId: state.accessKeyId, UserName: "ci" });
    const off = { ...wanted, state: "INACTIVE" as const };
    const next = await accessKey.update(id, state, off, startProcess(account, { now }).context);
    expect(keysOf(account)).toMatchObject([{ id: next.accessKeyId, state: "INACTIVE" }]);
    expect(next.previous).toBeUndefined();
});

test("switching the resource off reaches the key before at once", async () => {
    const { account, now, id, state } = await rotated();
    const off = { ...wanted, state: "INACTIVE" as const };
    await accessKey.update(id, state, off, startProcess(account, { now }).context);
    expect(keysOf(account)).toMatchObject([{ id: state.accessKeyId, state: "INACTIVE" }]);
});

test("a key of root is not taken for gone, nor made anew for another user, by a caller who cannot see it", async () => {
    const { account } = accountWithClock();
    const made = await accessKey.create(inputs({ lifetime: "90d" }), startProcess(account).context);
    const ci = putKey(account, { UserName: "ci" });
    const before = keysOf(account);
    const asUser = () => {
        const { context } = startProcess(account);
        const secretKey = account.secretKeyOf(ci) ?? "";
        return { ...context, client: context.client.signingWith({ accessKey: ci, secretKey }) };
    };
    const refused = { code: "InvalidConfiguration" };
    expect(await rejection(accessKey.read(made.id, made.state, asUser()))).toMatchObject(refused);
    const next = inputs({ lifetime: "90d", tag: "other" });
    expect(await rejection(accessKey.update(made.id, made.state, next, asUser()))).toMatchObject(refused);
    expect(await rejection(accessKey.delete(made.id, made.state, asUser()))).toMatchObject(refused);
    expect(keysOf(account)).toEqual(before);
});

test("a user who is gone took the key along", async () => {
    const { account } = accountWithClock();
    const { id, state } = await accessKey.create(wanted, startProcess(account).context);
    const { users, keys, ...rest } = account.snapshot();
    account.restore({ ...rest, users: [], keys: keys.filter(({ UserName }) => UserName === null) });
    expect(users).toHaveLength(1);
    expect(await accessKey.read(id, state, startProcess(account).context)).toBeUndefined();
    await accessKey.delete(id, state, startProcess(account).context);
});

test("a date that cannot be read is never cleared by a change of something else", async () => {
    const { account } = accountWithClock();
    const { id, state } = await accessKey.create(
        inputs({ expirationDate: "2027-01-01" }),
        startProcess(account).context,
    );
    const found = { state: "ACTIVE" as const, tag: "", expirationDate: "some day" };
    const error = await rejection(accessKey.delete(id, { ...state, found }, startProcess(account).context));
    expect(error.message).toMatch(
        /cannot be read \(some day\), and a change that left it out would make the key last for ever/,
    );
    expect(keysOf(account)).toMatchObject([{ end: "2027-01-01T00:00:00.000Z" }]);
});

describe("an adopted key is given back", () => {
    const day = async (days: number, policySeconds = 0) => {
        const { account, at, now } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand", ExpirationDate: dateAfter(10) });
        const adopting = inputs({ userName: "ci", adoptId: hand, expirationDate: dateAfter(50) });
        const { id, state } = await accessKey.create(adopting, startProcess(account, { now }).context);
        at(days);
        const { policy, ...rest } = account.snapshot();
        account.restore({ ...rest, policy: { ...policy, MaxAccessKeyExpirationSeconds: policySeconds } });
        await accessKey.delete(id, state, startProcess(account, { now }).context);
        return keysOf(account);
    };

    test("with its date", async () => {
        expect(await day(5)).toMatchObject([{ tag: "by hand", end: dateAfter(10) }]);
    });

    test("without the date that is over by now", async () => {
        expect(await day(11)).toMatchObject([{ tag: "by hand", end: dateAfter(50) }]);
    });

    test("without the date that the policy does not allow", async () => {
        expect(await day(5, 60)).toMatchObject([{ tag: "by hand", end: dateAfter(50) }]);
    });

    test("or refused where the resource that adopts it now does not know what it was", async () => {
        const { account } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand" });
        const adopting = inputs({ userName: "ci", adoptId: hand, expirationDate: dateAfter(50) });
        const { id, state } = await accessKey.create(adopting, startProcess(account).context);
        const { context } = startProcess(account);
        context.declared.add(accessKey.token, { inputs: adopting, last: {} });
        const error = await rejection(accessKey.delete(id, state, context));
        expect(error.message).toMatch(/adopts it under another name.*`aliases`/);
        // The other way round, as when the new name is taken back: it found the key as it is and has nothing to give.
        const found = { state: "ACTIVE" as const, tag: "p/s key", expirationDate: dateAfter(50) };
        await accessKey.delete(id, { ...state, found }, context);
        expect(keysOf(account)).toMatchObject([{ tag: "p/s key", end: dateAfter(50) }]);
    });
});

test("a tag that marks unfinished keys cannot be given", () => {
    const { failures } = accessKey.check({ tag: "portcullis-pending x" }, NOW, {});
    expect(failures).toEqual([
        {
            property: "tag",
            reason: 'A tag that begins with "portcullis-pending " marks a key that is not finished. Choose another.',
        },
    ]);
});
