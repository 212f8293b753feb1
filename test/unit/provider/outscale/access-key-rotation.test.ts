/** The rotation of an access key: a successor that works, an overlap, and only then the end of the one before. */
import { describe, expect, test } from "@jest/globals";
import {
    accessKey,
    type AccessKeyInputs,
    type AccessKeyState,
} from "../../../../provider/outscale/access-key";
import { rejection, startProcess } from "../../../support/outscale";
import { accountWithClock, dateAfter, inputs, keysOf } from "./access-key-fixture";

const isChanged = (state: AccessKeyState, wanted: AccessKeyInputs, now: Date) =>
    accessKey.diff(state, wanted, now);

describe("rotating a key", () => {
    const wanted = inputs({ userName: "ci", lifetime: "90d", rotateBefore: "30d", overlap: "7d" });

    test("makes another that works, leaves the one before for the overlap, then deactivates and deletes it", async () => {
        const { account, at, now } = accountWithClock();
        const first = await accessKey.create(wanted, startProcess(account, { now }).context);
        at(59);
        expect(isChanged(first.state, wanted, now()).changed).toEqual([]);
        at(60);
        expect(isChanged(first.state, wanted, now())).toEqual({ changed: ["accessKeyId"], replaces: [] });
        const rotated = await accessKey.update(
            first.id,
            first.state,
            wanted,
            startProcess(account, { now }).context,
        );
        expect(keysOf(account)).toMatchObject([
            { id: first.id, state: "ACTIVE", end: dateAfter(90) },
            { id: rotated.accessKeyId, state: "ACTIVE", end: dateAfter(150), tag: "p/s key" },
        ]);
        expect(rotated.secretKey).toBe(account.secretKeyOf(rotated.accessKeyId));
        expect(rotated.previous).toEqual({
            accessKeyId: first.id,
            retiresAt: dateAfter(67),
            expirationDate: dateAfter(90),
        });
        at(66.9);
        expect(isChanged(rotated, wanted, now()).changed).toEqual([]);
        at(67);
        expect(isChanged(rotated, wanted, now()).changed).toEqual(["previous"]);
        const process = startProcess(account, { now });
        const settled = await accessKey.update(first.id, rotated, wanted, process.context);
        expect(process.changes()).toEqual(["UpdateAccessKey", "DeleteAccessKey"]);
        expect(keysOf(account)).toMatchObject([{ id: rotated.accessKeyId, state: "ACTIVE" }]);
        expect(settled.previous).toBeUndefined();
        expect(isChanged(settled, wanted, now()).changed).toEqual([]);
    });

    test("that cannot be seen to work leaves the one before as it was", async () => {
        const { account, at, now } = accountWithClock();
        const first = await accessKey.create(wanted, startProcess(account, { now }).context);
        at(80);
        const before = keysOf(account);
        const process = startProcess(account, {
            now,
            mishap: (call, nth) => (call === "ReadAccessKeys" && nth > 2 && nth < 6 ? "refused" : undefined),
        });
        const error = await rejection(accessKey.update(first.id, first.state, wanted, process.context));
        expect(error).toMatchObject({ code: "ProofFailed" });
        expect(keysOf(account)).toEqual(before);
    });

    test("waits for the key before to go: there are never three", async () => {
        const { account, at, now } = accountWithClock();
        const first = await accessKey.create(wanted, startProcess(account, { now }).context);
        at(60);
        const rotated = await accessKey.update(
            first.id,
            first.state,
            wanted,
            startProcess(account, { now }).context,
        );
        at(120);
        expect(isChanged(rotated, wanted, now()).changed).toEqual(["accessKeyId", "previous"]);
        const again = await accessKey.update(
            first.id,
            rotated,
            wanted,
            startProcess(account, { now }).context,
        );
        expect(keysOf(account)).toMatchObject([{ id: rotated.accessKeyId }, { id: again.accessKeyId }]);
    });

    test("by a shorter lifetime, at once where the key is that old already", async () => {
        const { account, at, now } = accountWithClock();
        const first = await accessKey.create(wanted, startProcess(account, { now }).context);
        at(20);
        const shorter = inputs({ userName: "ci", lifetime: "15d" });
        expect(isChanged(first.state, shorter, now()).changed).toContain("accessKeyId");
        const rotated = await accessKey.update(
            first.id,
            first.state,
            shorter,
            startProcess(account, { now }).context,
        );
        expect(keysOf(account)).toMatchObject([
            { id: first.id },
            { id: rotated.accessKeyId, end: dateAfter(35) },
        ]);
    });

    test("does not touch a key that is switched off", async () => {
        const { account, at, now } = accountWithClock();
        const off = { ...wanted, state: "INACTIVE" as const };
        const first = await accessKey.create(off, startProcess(account, { now }).context);
        at(60);
        expect(isChanged(first.state, off, now()).changed).toEqual([]);
    });
});
