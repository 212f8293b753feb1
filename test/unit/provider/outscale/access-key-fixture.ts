/** What the tests of access keys share: an account whose clock can be moved on, and keys made by hand. */
import { expect } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { accessKey, type AccessKeyInputs } from "../../../../provider/outscale/access-key";
import { newAccount, NOW, OUTSIDE } from "../../../support/outscale";

const DAY_MS = 86_400_000;
export const after = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);
export const dateAfter = (days: number): string => after(days).toISOString();

/** Inputs as `check` leaves them. */
export function inputs(given: object = {}): AccessKeyInputs {
    const { inputs: checked, failures } = accessKey.check({ tag: "p/s key", ...given }, NOW, {});
    expect(failures).toEqual([]);
    return checked as AccessKeyInputs;
}

/** An account whose clock can be moved on, with an EIM user. */
export function accountWithClock(): {
    account: OutscaleAccount;
    at: (days: number) => void;
    now: () => Date;
} {
    let now = NOW;
    const account = newAccount({ clock: () => now });
    account.execute("CreateUser", { UserName: "ci" }, { sourceAddress: OUTSIDE });
    return { account, at: (days) => void (now = after(days)), now: () => now };
}

/** What the account's keys look like, its first one left out. */
export function keysOf(account: OutscaleAccount): object[] {
    const { keys, rootAccessKey } = account.snapshot();
    return keys
        .filter(({ AccessKeyId }) => AccessKeyId !== rootAccessKey)
        .map(({ AccessKeyId: id, UserName: user, State: state, Tag: tag, ExpirationDate: end }) => ({
            id,
            user,
            state,
            tag,
            end: end === null ? null : new Date(end).toISOString(),
        }));
}

/** Puts a key that somebody made by hand. */
export function putKey(account: OutscaleAccount, request: object = {}): string {
    const answer = account.execute("CreateAccessKey", request, { sourceAddress: OUTSIDE });
    expect(answer.status).toBe(200);
    return account.snapshot().keys.at(-1)?.AccessKeyId ?? "";
}
