/** What the tests of key audits share. */
import { expect } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { keyAudit, type KeyAuditInputs } from "../../../../provider/outscale/key-audit";
import { NOW, startProcess } from "../../../support/outscale";

/** Inputs as `check` leaves them. */
export function inputs(given: object = {}): KeyAuditInputs {
    const { inputs: checked, failures } = keyAudit.check(given, NOW, {});
    expect(failures).toEqual([]);
    return checked as KeyAuditInputs;
}

/** Creates an audit in a process of its own. */
export const create = (account: OutscaleAccount, given: object = {}, now = NOW) =>
    keyAudit.create(inputs(given), startProcess(account, { now: () => now }).context);

/** When a key of the account ends, in milliseconds; null where it never does. */
export function endOf(account: OutscaleAccount, id: string): number | null | undefined {
    return account.snapshot().keys.find(({ AccessKeyId }) => AccessKeyId === id)?.ExpirationDate;
}
