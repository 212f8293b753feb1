/** What is to be said of an account's access keys: which can be used, and which are their owner's last. */
import type { OwnedKey } from "../access-keys";
import type { KeyReport } from "./report";

/** `callingKey` is the id of the key that calls were signed with. */
export function explainKeys(
    keys: readonly OwnedKey[],
    callingKey: string | undefined,
    at: Date,
): readonly KeyReport[] {
    const usable = keys.filter((key) => isUsable(key, at));
    return keys.map((key) => {
        const others = usable.filter((other) => other.userName === key.userName && other !== key);
        const { accessKeyId: id, state } = key;
        return {
            id,
            user: key.userName ?? null,
            state,
            tag: key.tag ?? null,
            expiresAt: key.expirationDate ?? null,
            isUsable: usable.includes(key),
            isLastUsable: usable.includes(key) && others.length === 0,
            isCalling: id === callingKey,
        };
    });
}

/** A key whose end cannot be read is not counted on. */
function isUsable({ state, expirationDate }: OwnedKey, at: Date): boolean {
    if (state !== "ACTIVE") return false;
    return expirationDate === undefined || Date.parse(expirationDate) > at.getTime();
}
