/** What is to be said of an account's access keys: which can be used, and which are their owner's last. */
import type { AccessKey } from "../api/objects";
import type { KeyReport } from "./report";

/** An access key with its owner, whom the API does not return. */
export interface OwnedKey extends AccessKey {
    /** The EIM user; absent for the root user. */
    readonly userName?: string | undefined;
}

/** `callingKey` is the id of the key that calls were signed with. */
export function explainKeys(
    keys: readonly OwnedKey[],
    callingKey: string | undefined,
    at: Date,
): readonly KeyReport[] {
    const usable = keys.filter((key) => isUsable(key, at));
    return keys.map((key) => {
        const others = usable.filter((other) => other.userName === key.userName && other !== key);
        const { AccessKeyId: id, State: state, ExpirationDate: end } = key;
        return {
            id,
            user: key.userName ?? null,
            state,
            tag: key.Tag ?? null,
            expiresAt: end === undefined ? null : (dateOf(end)?.toISOString() ?? end),
            isUsable: usable.includes(key),
            isLastUsable: usable.includes(key) && others.length === 0,
            isCalling: id === callingKey,
        };
    });
}

/** A key whose end cannot be read is not counted on. */
function isUsable({ State: state, ExpirationDate: end }: OwnedKey, at: Date): boolean {
    if (state !== "ACTIVE") return false;
    if (end === undefined) return true;
    const date = dateOf(end);
    return date !== undefined && date > at;
}

/** The API writes offsets without a colon, which not every reader of dates takes. */
export function dateOf(text: string): Date | undefined {
    const date = new Date(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
    return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The owner and the id, for people. */
export function keyName({ id, user }: Pick<KeyReport, "id" | "user">): string {
    return `${id} of ${user === null ? "the root user" : `the EIM user ${user}`}`;
}
