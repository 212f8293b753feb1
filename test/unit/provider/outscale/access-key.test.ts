/** The AccessKey resource against the in-process account: made, adopted, changed, removed. */
import { describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import {
    accessKey,
    type AccessKeyInputs,
    type AccessKeyState,
} from "../../../../provider/outscale/access-key";
import { PartialFailure } from "../../../../provider/resource";
import { NOW, OUTSIDE, rejection, startProcess } from "../../../support/outscale";
import { accountWithClock, after, dateAfter, inputs, keysOf, putKey } from "./access-key-fixture";

const isChanged = (state: AccessKeyState, wanted: AccessKeyInputs, now: Date) =>
    accessKey.diff(state, wanted, now);

describe("making a key", () => {
    test.each([
        ["for root, that never expires", {}, { user: null, end: null }],
        ["for an EIM user", { userName: "ci" }, { user: "ci", end: null }],
        ["with a date", { expirationDate: "2026-12-31" }, { user: null, end: "2026-12-31T00:00:00.000Z" }],
        ["with a lifetime", { lifetime: "90d" }, { user: null, end: dateAfter(90) }],
    ])("%s", async (_what, given, expected) => {
        const { account } = accountWithClock();
        const process = startProcess(account);
        const { id, state } = await accessKey.create(inputs(given), process.context);
        expect(keysOf(account)).toEqual([{ id, state: "ACTIVE", tag: "p/s key", ...expected }]);
        expect(state.accessKeyId).toBe(id);
        expect(state.secretKey).toBe(account.secretKeyOf(id));
        expect(state.expirationDate).toBe(expected.end ?? undefined);
        // Called with before its tag says that it is finished.
        expect(process.calls.map(({ call }) => call)).toEqual([
            "ReadAccessKeys",
            "CreateAccessKey",
            "ReadAccessKeys",
            "UpdateAccessKey",
        ]);
        expect(process.calls[1]?.request.Tag).toBe("portcullis-pending p/s key");
        expect(isChanged(state, inputs(given), NOW)).toEqual({ changed: [], replaces: [] });
        expect((await accessKey.read(id, state, startProcess(account).context))?.state).toEqual(state);
    });

    test("that is inactive: it works before it is switched off", async () => {
        const { account } = accountWithClock();
        const process = startProcess(account);
        await accessKey.create(inputs({ state: "INACTIVE" }), process.context);
        expect(keysOf(account)).toMatchObject([{ state: "INACTIVE", tag: "p/s key" }]);
    });

    test("whose answer is lost leaves no second key behind, and no key without a holder", async () => {
        const { account } = accountWithClock();
        const process = startProcess(account, {
            mishap: (call, nth) => (call === "CreateAccessKey" && nth === 1 ? "lost" : undefined),
        });
        const { id, state } = await accessKey.create(inputs({ userName: "ci" }), process.context);
        expect(keysOf(account)).toMatchObject([{ id, tag: "p/s key" }]);
        expect(state.secretKey).toBe(account.secretKeyOf(id));
        expect(process.changes()).toEqual([
            "CreateAccessKey",
            "UpdateAccessKey",
            "DeleteAccessKey",
            "CreateAccessKey",
            "UpdateAccessKey",
        ]);
    });

    test("after a run that was stopped removes that run's unfinished key, and no other", async () => {
        const { account } = accountWithClock();
        const others = [
            putKey(account, { Tag: "p/s key" }),
            putKey(account, { Tag: "portcullis-pending p/s other" }),
            putKey(account, { Tag: "portcullis-pending p/s key", UserName: "ci" }),
        ];
        const left = putKey(account, { Tag: "portcullis-pending p/s key" });
        const { id } = await accessKey.create(inputs(), startProcess(account).context);
        const ids = account.snapshot().keys.map(({ AccessKeyId }) => AccessKeyId);
        expect(ids).toEqual([account.accessKey, ...others, id]);
        expect(ids).not.toContain(left);
    });

    test("that does not work is taken back, and said", async () => {
        const { account } = accountWithClock();
        const process = startProcess(account, {
            after: (call) => {
                if (call !== "CreateAccessKey") return;
                const state = account.snapshot();
                const keys = state.keys.map((key) =>
                    key.Tag === null ? key : { ...key, State: "INACTIVE" as const },
                );
                account.restore({ ...state, keys });
            },
        });
        const error = await rejection(accessKey.create(inputs(), process.context));
        expect(error).toMatchObject({ code: "ProofFailed" });
        expect(error.message).toMatch(/did not work in three tries and was removed again\./);
        expect(keysOf(account)).toEqual([]);
        // Never a fourth bad signature in a row: that is when the service blocks.
        expect(process.calls.filter(({ status }) => status === 401)).toHaveLength(3);
        expect(process.waits).toEqual([1_000, 2_000]);
    });

    test("that was made and could not be finished is kept, and finished by the next run", async () => {
        const { account } = accountWithClock();
        const process = startProcess(account, {
            mishap: (call) => (call === "UpdateAccessKey" ? "refused" : undefined),
        });
        const error = await rejection(accessKey.create(inputs({ lifetime: "90d" }), process.context));
        if (!(error instanceof PartialFailure)) throw error;
        const { id } = error;
        // What the creation itself threw holds its own state.
        const state = error.state as AccessKeyState;
        expect(keysOf(account)).toMatchObject([{ id, tag: "portcullis-pending p/s key" }]);
        const wanted = inputs({ lifetime: "90d" });
        expect(isChanged(state, wanted, NOW).changed).toEqual(["tag"]);
        const next = await accessKey.update(id, state, wanted, startProcess(account).context);
        expect(keysOf(account)).toMatchObject([{ id, tag: "p/s key" }]);
        expect(next.secretKey).toBe(account.secretKeyOf(id));
        expect(isChanged(next, wanted, NOW).changed).toEqual([]);
    });
});

describe("changing a key", () => {
    test.each([
        ["state", { state: "INACTIVE" }, { state: "INACTIVE" }],
        ["tag", { tag: "other" }, { tag: "other" }],
        ["expirationDate", { expirationDate: "2027-02-03" }, { end: "2027-02-03T00:00:00.000Z" }],
    ])("by its %s sends the date along", async (property, given, expected) => {
        const { account } = accountWithClock();
        const dated = { expirationDate: "2027-01-01T00:00:00Z" };
        const { id, state } = await accessKey.create(inputs(dated), startProcess(account).context);
        const wanted = inputs({ ...dated, ...given });
        expect(isChanged(state, wanted, NOW)).toEqual({ changed: [property], replaces: [] });
        const next = await accessKey.update(id, state, wanted, startProcess(account).context);
        expect(keysOf(account)).toEqual([
            {
                id,
                user: null,
                state: "ACTIVE",
                tag: "p/s key",
                end: "2027-01-01T00:00:00.000Z",
                ...expected,
            },
        ]);
        expect(isChanged(next, wanted, NOW).changed).toEqual([]);
    });

    test("dates are compared by the moment that they mean", async () => {
        const { account } = accountWithClock();
        const created = await accessKey.create(
            inputs({ expirationDate: "2027-01-02" }),
            startProcess(account).context,
        );
        for (const alike of [
            "2027-01-02T00:00:00Z",
            "2027-01-02T01:00:00+01:00",
            "2027-01-02T00:00:00.000+0000",
        ]) {
            expect(isChanged(created.state, inputs({ expirationDate: alike }), NOW).changed).toEqual([]);
        }
        expect(
            isChanged(created.state, inputs({ expirationDate: "2027-01-02T00:00:01Z" }), NOW).changed,
        ).toEqual(["expirationDate"]);
    });

    test("without a date clears it; one that somebody cleared is set again", async () => {
        const { account } = accountWithClock();
        const dated = inputs({ expirationDate: "2027-01-02" });
        const { id, state } = await accessKey.create(dated, startProcess(account).context);
        const cleared = await accessKey.update(id, state, inputs(), startProcess(account).context);
        expect(keysOf(account)).toMatchObject([{ end: null }]);
        expect(cleared.expirationDate).toBeUndefined();
        const refreshed = await accessKey.read(id, state, startProcess(account).context);
        if (refreshed === undefined) throw new Error("gone");
        expect(isChanged(refreshed.state, dated, NOW).changed).toEqual(["expirationDate"]);
        await accessKey.update(id, refreshed.state, dated, startProcess(account).context);
        expect(keysOf(account)).toMatchObject([{ end: "2027-01-02T00:00:00.000Z" }]);
    });

    test("another user is another key", async () => {
        const { account } = accountWithClock();
        const { state } = await accessKey.create(inputs(), startProcess(account).context);
        expect(isChanged(state, inputs({ userName: "ci" }), NOW)).toEqual({
            changed: ["userName"],
            replaces: ["userName"],
        });
    });
});

describe("a key that is there already", () => {
    test("is adopted with its settings as wanted, and given back as it was", async () => {
        const { account } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand" });
        const before = keysOf(account);
        const wanted = inputs({ userName: "ci", adoptId: hand, lifetime: "90d" });
        const { id, state } = await accessKey.create(wanted, startProcess(account).context);
        expect(id).toBe(hand);
        expect(keysOf(account)).toEqual([
            { id: hand, user: "ci", state: "ACTIVE", tag: "p/s key", end: dateAfter(90) },
        ]);
        expect(state.secretKey).toBeUndefined();
        expect(isChanged(state, wanted, after(89)).changed).toEqual([]);
        // Nor is it rotated once `adoptId` is gone from the program.
        expect(isChanged(state, inputs({ userName: "ci", lifetime: "90d" }), after(89)).changed).toEqual([
            "rotateBefore",
            "overlap",
        ]);
        await accessKey.delete(id, state, startProcess(account).context);
        expect(keysOf(account)).toEqual(before);
    });

    test("has to be there", async () => {
        const { account } = accountWithClock();
        const hand = putKey(account);
        const wanted = inputs({ userName: "ci", adoptId: hand });
        expect(await rejection(accessKey.create(wanted, startProcess(account).context))).toMatchObject({
            code: "AmbiguousMatch",
            property: "adoptId",
            message: `Cannot adopt ${hand}: the user "ci" has no such access key. Correct \`adoptId\` or \`userName\`, or leave \`adoptId\` out to make a key.`,
        });
    });
});

describe("the key that makes the calls", () => {
    const own = async (given: object, account: OutscaleAccount) => {
        const adopted = inputs({ adoptId: account.accessKey, ...given });
        return accessKey.create(adopted, startProcess(account).context);
    };

    test("may be adopted, and get a date", async () => {
        const { account } = accountWithClock();
        await own({ lifetime: "90d" }, account);
        expect(account.snapshot().keys).toMatchObject([
            { State: "ACTIVE", ExpirationDate: after(90).getTime() },
        ]);
    });

    test("is not deactivated", async () => {
        const { account } = accountWithClock();
        const error = await rejection(own({ state: "INACTIVE" }, account));
        expect(error).toMatchObject({ code: "Lockout" });
        expect(error.message).toMatch(
            /^Refused to deactivate the access key \w+: the provider itself is calling with it\. Configure another key/,
        );
        expect(account.snapshot().keys).toMatchObject([{ State: "ACTIVE" }]);
    });

    test("is not deleted, neither as the present one nor as the one before", async () => {
        const { account } = accountWithClock();
        const { state } = await accessKey.create(inputs({ lifetime: "90d" }), startProcess(account).context);
        const holder = putKey(account);
        const before = keysOf(account);
        const ownState = {
            ...state,
            accessKeyId: account.accessKey,
            previous: { accessKeyId: holder, retiresAt: NOW.toISOString() },
        };
        const refused = /^Refused to delete the access key/;
        expect(
            (await rejection(accessKey.delete("x", ownState, startProcess(account).context))).message,
        ).toMatch(refused);
        const previous = { accessKeyId: account.accessKey, retiresAt: NOW.toISOString() };
        const rotated = { ...state, previous };
        expect(
            (await rejection(accessKey.delete("x", rotated, startProcess(account).context))).message,
        ).toMatch(refused);
        expect(
            (
                await rejection(
                    accessKey.update(
                        "x",
                        rotated,
                        inputs({ lifetime: "90d" }),
                        startProcess(account).context,
                    ),
                )
            ).message,
        ).toMatch(refused);
        expect(keysOf(account)).toEqual(before);
    });
});

describe("removing keys", () => {
    test.each([["ci"], [undefined]])("of %s removes the present one and the one before", async (userName) => {
        const { account, at, now } = accountWithClock();
        const wanted = inputs({ lifetime: "90d", ...(userName === undefined ? {} : { userName }) });
        const first = await accessKey.create(wanted, startProcess(account, { now }).context);
        at(70);
        const rotated = await accessKey.update(
            first.id,
            first.state,
            wanted,
            startProcess(account, { now }).context,
        );
        expect(keysOf(account)).toHaveLength(2);
        await accessKey.delete(first.id, rotated, startProcess(account, { now }).context);
        expect(keysOf(account)).toEqual([]);
        // And once more, as after a lost answer.
        await accessKey.delete(first.id, rotated, startProcess(account, { now }).context);
    });

    test("a key that is gone is read as nothing, a previous one that is gone is forgotten", async () => {
        const { account } = accountWithClock();
        const { id, state } = await accessKey.create(inputs(), startProcess(account).context);
        const previous = { accessKeyId: "A".repeat(20), retiresAt: NOW.toISOString() };
        const live = await accessKey.read(id, { ...state, previous }, startProcess(account).context);
        expect(live?.state).toEqual(state);
        account.execute("DeleteAccessKey", { AccessKeyId: id }, { sourceAddress: OUTSIDE });
        expect(await accessKey.read(id, state, startProcess(account).context)).toBeUndefined();
    });
});
