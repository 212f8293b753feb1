/** The access keys of an account: whose they are, how they are changed and removed, and which one is never touched. */
import { PortcullisError } from "../errors";
import { OutscaleError } from "./api/errors";
import type { AccessKey, AccessKeySecretKey, User } from "./api/calls";
import type { OutscaleApi } from "./api/client";
import { deleteOnce } from "./api/once";
import { dated, instantOf } from "./dates";

/** Whose a key is: the name of an EIM user, or nothing for the user whose key makes the calls, as a rule root. */
export type KeyOwner = string | undefined;

/** A key of the account with its owner, whom the API's answers do not name. */
export interface OwnedKey {
    readonly accessKeyId: string;
    readonly userName?: string | undefined;
    readonly state: KeyState;
    readonly tag?: string | undefined;
    /** ISO 8601 in UTC; absent where the key never expires. */
    readonly expirationDate?: string | undefined;
    readonly creationDate?: string | undefined;
}

export type KeyState = "ACTIVE" | "INACTIVE";

/** What an update sends, always the whole of it: the API lets a key last for ever whose date is left out. */
export interface KeySettings {
    readonly state: KeyState;
    readonly tag?: string | undefined;
    readonly expirationDate?: string | undefined;
}

function owned(key: AccessKey, userName: KeyOwner): OwnedKey {
    const dateOf = (text: string | undefined): string | undefined => {
        const instant = text === undefined ? undefined : instantOf(text);
        // One that cannot be read is shown as it came, and counts as none that will do.
        return instant?.toISOString() ?? text;
    };
    const creationDate = dateOf(key.CreationDate);
    return {
        accessKeyId: key.AccessKeyId,
        ...(userName === undefined ? {} : { userName }),
        state: key.State === "INACTIVE" ? "INACTIVE" : "ACTIVE",
        ...(key.Tag === undefined || key.Tag === "" ? {} : { tag: key.Tag }),
        ...dated(dateOf(key.ExpirationDate)),
        ...(creationDate === undefined ? {} : { creationDate }),
    };
}

/** The keys of one user. */
export async function keysOf(
    api: OutscaleApi,
    userName: KeyOwner,
    options: { readonly maxAgeMs?: number } = {},
): Promise<readonly OwnedKey[]> {
    const { AccessKeys } = await api.call("ReadAccessKeys", { ...named(userName) }, options);
    return AccessKeys.map((key) => owned(key, userName));
}

/** How many calls are made at once, so that an account with many users is not throttled. */
const AT_ONCE = 8;

/** All EIM users; whether the API counts the first item from 0 or 1 is not documented, so pages may overlap by one. */
async function allUsers(api: OutscaleApi): Promise<readonly User[]> {
    const users = new Map<string, User>();
    for (;;) {
        const before = users.size;
        const page = await api.call("ReadUsers", before === 0 ? {} : { FirstItem: before });
        for (const user of page.Users) users.set(user.UserId, user);
        if (!page.HasMoreItems) return [...users.values()];
        if (users.size === before) {
            throw new PortcullisError({
                code: "ServiceError",
                problem: `ReadUsers says that there are more users than ${before}, and gives none of them.`,
                remedy: "Run again; if it lasts, report it to OUTSCALE Support.",
            });
        }
    }
}

/** The keys that a caller can see. */
export interface VisibleKeys {
    readonly keys: readonly OwnedKey[];
    /** The EIM user whose key makes the calls: root's keys are not among these then. Absent where it is root's. */
    readonly caller?: string | undefined;
}

/** Every key of root and of every EIM user, as far as the caller can see them. */
export async function visibleKeys(api: OutscaleApi): Promise<VisibleKeys> {
    const users = await allUsers(api);
    // Without a name, these are the caller's own.
    const own = await keysOf(api, undefined);
    const theirs: OwnedKey[] = [];
    for (let start = 0; start < users.length; start += AT_ONCE) {
        const some = users.slice(start, start + AT_ONCE);
        theirs.push(...(await Promise.all(some.map(({ UserName }) => keysOf(api, UserName)))).flat());
    }
    const isOwn = (key: OwnedKey): boolean => own.some(({ accessKeyId }) => accessKeyId === key.accessKeyId);
    const caller = theirs.find(isOwn)?.userName;
    return caller === undefined ? { keys: [...own, ...theirs] } : { keys: theirs, caller };
}

/**
 * Every key of the account: of root and of every EIM user.
 * @throws PortcullisError InvalidConfiguration where the calls are made with an EIM user's key: root's are not to be
 * seen then, and nothing could be said of all.
 */
export async function allKeys(api: OutscaleApi): Promise<readonly OwnedKey[]> {
    const { keys, caller } = await visibleKeys(api);
    if (caller === undefined) return keys;
    throw new PortcullisError({
        code: "InvalidConfiguration",
        property: "accessKeyId",
        problem: `The calls are made with a key of the EIM user ${caller}: the keys of the root user cannot be read with it.`,
        remedy: "Configure an access key of the root user for this. Nothing has been changed.",
    });
}

/** Those of a user who may be gone, and whose keys went before. */
export async function keysOfWhoeverIsLeft(
    api: OutscaleApi,
    userName: KeyOwner,
    options: { readonly maxAgeMs?: number } = {},
): Promise<readonly OwnedKey[]> {
    try {
        return await keysOf(api, userName, options);
    } catch (error) {
        // The code of an unknown user is not documented: whether there is such a user is asked for instead.
        if (userName === undefined || !(error instanceof OutscaleError) || error.status === 401) throw error;
        if ((await allUsers(api)).some(({ UserName }) => UserName === userName)) throw error;
        return [];
    }
}

/**
 * For a key of root that is not seen: whether the calls are now made with an EIM user's, which sees none of root's.
 * @throws PortcullisError InvalidConfiguration
 */
export async function refuseOtherCaller(api: OutscaleApi, userName: KeyOwner): Promise<void> {
    if (userName !== undefined) return;
    const { caller } = await visibleKeys(api);
    if (caller === undefined) return;
    throw new PortcullisError({
        code: "InvalidConfiguration",
        property: "accessKeyId",
        problem: `The calls are made with a key of the EIM user ${caller}, who has no such access key, and who cannot see those of the root user.`,
        remedy:
            "Configure a key of the user that the key was made for. If that is this EIM user, the key is gone: take the resource " +
            "out with `pulumi state delete`. Nothing has been changed.",
    });
}

/** Makes a key. The answer is all that ever shows its secret. */
export async function createKey(
    api: OutscaleApi,
    userName: KeyOwner,
    { tag, expirationDate }: { readonly tag: string; readonly expirationDate: string | undefined },
): Promise<AccessKeySecretKey> {
    const { AccessKey } = await api.call("CreateAccessKey", {
        Tag: tag,
        ...(expirationDate === undefined ? {} : { ExpirationDate: expirationDate }),
        ...named(userName),
    });
    return AccessKey;
}

/** Sends all that a key is to be; `key` is what it is now. */
export async function updateKey(
    api: OutscaleApi,
    key: Pick<OwnedKey, "accessKeyId" | "userName" | "expirationDate">,
    { state, tag, expirationDate }: KeySettings,
    now: Date,
): Promise<void> {
    if (state === "INACTIVE") refuseOwnKey(api, key.accessKeyId, "deactivate");
    refuseOwnEnd(api, key, expirationDate, now);
    await api.call("UpdateAccessKey", {
        AccessKeyId: key.accessKeyId,
        State: state,
        ...dateSent(key.accessKeyId, expirationDate),
        ...(tag === undefined || tag === "" ? { ClearTag: true } : { Tag: tag }),
        ...named(key.userName),
    });
}

/** Sends a key's date alone: its state and tag are somebody else's to change. */
export async function setExpiration(
    api: OutscaleApi,
    key: Pick<OwnedKey, "accessKeyId" | "userName" | "expirationDate">,
    expirationDate: string | undefined,
    now: Date,
): Promise<void> {
    refuseOwnEnd(api, key, expirationDate, now);
    await api.call("UpdateAccessKey", {
        AccessKeyId: key.accessKeyId,
        ...dateSent(key.accessKeyId, expirationDate),
        ...named(key.userName),
    });
}

function dateSent(
    accessKeyId: string,
    expirationDate: string | undefined,
): { ExpirationDate: string } | { ClearExpirationDate: true } {
    if (expirationDate === undefined) return { ClearExpirationDate: true };
    const instant = instantOf(expirationDate);
    if (instant !== undefined) return { ExpirationDate: instant.toISOString() };
    throw new PortcullisError({
        code: "ServiceError",
        problem: `The expiration date of the access key ${accessKeyId} cannot be read (${expirationDate}), and a change that left it out would make the key last for ever.`,
        remedy: "Give the key a date by hand, run `pulumi refresh`, and run again. This call was not made.",
    });
}

/**
 * Deactivates a key, then deletes it; gone already is as good. One that has ended is deleted at once where that is
 * allowed, for its date cannot be sent again.
 */
export async function removeKey(
    api: OutscaleApi,
    accessKeyId: string,
    userName: KeyOwner,
    now: Date,
): Promise<void> {
    const present = async (): Promise<OwnedKey | undefined> =>
        (await keysOfWhoeverIsLeft(api, userName)).find((key) => key.accessKeyId === accessKeyId);
    const live = await present();
    if (live === undefined) return;
    refuseOwnKey(api, accessKeyId, "delete");
    const remove = (): Promise<void> =>
        deleteOnce({
            remove: () => api.call("DeleteAccessKey", { AccessKeyId: accessKeyId, ...named(userName) }),
            isThere: async () => (await present()) !== undefined,
        });
    if (live.state === "ACTIVE" && hasEnded(live, now)) {
        try {
            await remove();
            return;
        } catch (error) {
            if (!(error instanceof OutscaleError)) throw error;
        }
    }
    if (live.state === "ACTIVE") await updateKey(api, live, { ...live, state: "INACTIVE" }, now);
    await remove();
}

/** Whether a key's date has passed; one that cannot be read has not. */
export function hasEnded({ expirationDate }: Pick<OwnedKey, "expirationDate">, now: Date): boolean {
    return expirationDate !== undefined && Date.parse(expirationDate) <= now.getTime();
}

/** The least that the provider's own key keeps: time to see that it is about to end, and to configure another. */
const OWN_KEY_LEAST_MS = 7 * 86_400_000;

/** Whether a date of the provider's own key is less than 7 days away. */
export function isEndingSoon(expirationDate: string, now: Date): boolean {
    return Date.parse(expirationDate) < now.getTime() + OWN_KEY_LEAST_MS;
}

/**
 * Whether a date would end the provider's own key too soon: nearer than its own, and less than 7 days away. A date that
 * is about to come is a deactivation.
 */
export function endsOwnKey(
    api: OutscaleApi,
    { accessKeyId, expirationDate: present }: Pick<OwnedKey, "accessKeyId" | "expirationDate">,
    wanted: string | undefined,
    now: Date,
): boolean {
    if (accessKeyId !== api.accessKeyId || wanted === undefined) return false;
    const isSooner = present === undefined || Date.parse(wanted) < Date.parse(present);
    return isSooner && isEndingSoon(wanted, now);
}

function refuseOwnEnd(
    api: OutscaleApi,
    key: Pick<OwnedKey, "accessKeyId" | "expirationDate">,
    wanted: string | undefined,
    now: Date,
): void {
    if (!endsOwnKey(api, key, wanted, now)) return;
    throw new PortcullisError({
        code: "Lockout",
        problem: `Refused to let the access key ${key.accessKeyId} end on ${wanted ?? ""}: the provider itself is calling with it, and that is less than 7 days away.`,
        remedy: "Give it a later date, or configure another key of this account for the provider. This call was not made.",
    });
}

/** What is wrong with the provider's own key where it is about to end: a sentence, or nothing. */
export function ownKeyEnding(api: OutscaleApi, keys: readonly OwnedKey[], now: Date): string | undefined {
    const own = keys.find(({ accessKeyId }) => accessKeyId === api.accessKeyId);
    const end = own?.expirationDate;
    if (end === undefined || !isEndingSoon(end, now)) return undefined;
    return `The access key ${api.accessKeyId}, with which the provider itself is calling, ends on ${end}, in less than 7 days.`;
}

/** The key that makes the calls is the provider's own hold on the account: it is never switched off or removed. */
export function refuseOwnKey(api: OutscaleApi, accessKeyId: string, action: "deactivate" | "delete"): void {
    if (accessKeyId !== api.accessKeyId) return;
    throw new PortcullisError({
        code: "Lockout",
        problem: `Refused to ${action} the access key ${accessKeyId}: the provider itself is calling with it.`,
        remedy:
            "Configure another key of this account for the provider (`outscale:accessKeyId` with `outscale:secretKeyId`, " +
            "or another profile) and run again. This call was not made.",
    });
}

const TRIES = 3;

/**
 * Why a new key does not work; nothing where it does. A key may take a moment to be known, so it is tried three times
 * within three seconds: the service blocks a key after four refusals in a row. A call that the key's user has no right
 * to make shows that the key is good.
 */
export async function flawOfKey(
    api: OutscaleApi,
    key: { readonly accessKeyId: string; readonly secretKey: string },
    sleep: (ms: number) => Promise<void>,
): Promise<Error | undefined> {
    for (let tried = 1; ; tried += 1) {
        // A client for each try: one keeps to itself that its key was refused.
        const holder = api.signingWith({ accessKey: key.accessKeyId, secretKey: key.secretKey });
        try {
            await holder.call("ReadAccessKeys", {});
            return undefined;
        } catch (error) {
            if (isWithoutRight(error)) return undefined;
            if (!(error instanceof OutscaleError) && !(error instanceof PortcullisError)) throw error;
            if (tried >= TRIES) return error;
        }
        await sleep(tried * 1_000);
    }
}

/** Codes of a caller who is known and may not do this. Source: OUTSCALE user guide, API error codes. */
const WITHOUT_RIGHT: readonly string[] = ["5", "7"];

export function isWithoutRight(error: unknown): error is OutscaleError {
    return error instanceof OutscaleError && WITHOUT_RIGHT.includes(error.apiCode ?? "");
}

function named(userName: KeyOwner): { UserName?: string } {
    return userName === undefined ? {} : { UserName: userName };
}
