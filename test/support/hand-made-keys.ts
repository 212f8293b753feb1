/** An account as people leave it: an EIM user, and access keys that were made by hand, none of which expires. */
import type { AccessKeyRecord, OutscaleAccount } from "../../emulators/outscale";

/** The root user's first key, where an account is opened with it: the one that makes the calls. */
export const OWN_KEY = "OWNKEY00000000000000";
/** Another one of the root user. */
export const HAND_KEY = "HANDKEY0000000000000";
/** Of the EIM user "ci". */
export const OLD_KEY = "OLDKEY00000000000000";

const SECRETS = { [HAND_KEY]: "H".repeat(40), [OLD_KEY]: "O".repeat(40) };

/** The secrets of the keys made by hand, for tests that look for them. */
export const HAND_MADE_SECRETS: readonly string[] = Object.values(SECRETS);

/** Adds the user and the keys. Throws where the account has no first key. */
export function addHandMadeKeys(account: OutscaleAccount): void {
    account.execute("CreateUser", { UserName: "ci" }, { sourceAddress: "198.51.100.7" });
    const state = account.snapshot();
    const [own] = state.keys;
    if (own === undefined) throw new Error("the account has no key");
    const hand: AccessKeyRecord = {
        ...own,
        AccessKeyId: HAND_KEY,
        SecretKey: SECRETS[HAND_KEY],
        Tag: "by hand",
    };
    const old: AccessKeyRecord = {
        ...own,
        AccessKeyId: OLD_KEY,
        SecretKey: SECRETS[OLD_KEY],
        UserName: "ci",
    };
    account.restore({ ...state, keys: [own, hand, old] });
}
