/** The AccessKey resource: a key of the root user or of an EIM user, rotated with an overlap before it expires. */
import type { z } from "zod";
import { changedProperties } from "../changes";
import { sameDuration } from "../duration";
import { readable } from "../declarations";
import { PortcullisError } from "../errors";
import { checkInputs, hasUnknown, isKnown } from "../inputs";
import { PartialFailure, type Context, type PlannedInputs, type ResourceType } from "../resource";
import { refuseToRevive, refuseToReviveUnseen } from "./access-key-adoption";
import { accessKeyFailures, accessKeySchema, withDefaults } from "./access-key-inputs";
import {
    isRetirable,
    isRotationDue,
    supersededKey,
    wantedExpiration,
    type KeyLife,
    type KeyRotation,
    type PreviousKey,
} from "./access-key-timing";
import { isUnfinished, makeKey } from "./access-key-making";
import {
    flawOfKey,
    hasEnded,
    keysOf,
    keysOfWhoeverIsLeft,
    refuseOtherCaller,
    refuseOwnKey,
    removeKey,
    updateKey,
    type KeySettings,
    type OwnedKey,
} from "./access-keys";
import { admitted } from "./account";
import { readPolicy } from "./account-record";
import { AnswerLost, type OutscaleApi } from "./api/client";
import { apiDate, dated, sameInstant } from "./dates";
import { admittedToDelete, owedElsewhere } from "./deleting";
import { REFRESH_SHARED_MS } from "./refresh";
import { canHaveDate } from "./trusted-session";

/** As `check` gives them: `rotateBefore` and `overlap` are there wherever `lifetime` is, but for an adopted key. */
export type AccessKeyInputs = Readonly<z.output<typeof accessKeySchema>>;

export interface AccessKeyState extends AccessKeyInputs {
    /** The present key. */
    readonly accessKeyId: string;
    /** Secret. Absent where the key was adopted: only its creation showed it. */
    readonly secretKey?: string | undefined;
    /** When the present key was made or adopted, ISO 8601: `lifetime` counts from here. */
    readonly since: string;
    /** The one before, for as long as it works. */
    readonly previous?: PreviousKey | undefined;
    /** Set by a refresh that found the present key gone while the one before still works. */
    readonly gone?: true | undefined;
    /** What an adopted key was like: destroy gives it back instead of deleting the key. */
    readonly found?: KeySettings | undefined;
}

const same = { lifetime: sameDuration, rotateBefore: sameDuration, overlap: sameDuration };

export const accessKey: ResourceType<AccessKeyInputs, AccessKeyState, OutscaleApi> = {
    token: "outscale:AccessKey",

    check(inputs, now, last) {
        const { inputs: given, failures } = checkInputs(accessKeySchema, inputs, (planned) =>
            accessKeyFailures(planned, now, last),
        );
        return { inputs: failures.length > 0 ? given : withDefaults(given), failures };
    },

    diff(state, inputs, now) {
        const changed: string[] = changedProperties(
            state,
            inputs,
            ["userName", "state", "tag", "lifetime", "rotateBefore", "overlap", "clientCertificates"],
            same,
        );
        const { expirationDate, lifetime, rotateBefore, state: wantedState } = inputs;
        const planned: PlannedInputs<Timing> = { expirationDate, lifetime, rotateBefore, state: wantedState };
        if (!isKnown<Timing>(planned)) {
            if (hasUnknown(expirationDate)) changed.push("expirationDate");
        } else if (isDue(state, planned, now)) changed.push("accessKeyId");
        else if (!sameInstant(state.expirationDate, wantedExpiration(planned, state.since)))
            changed.push("expirationDate");
        if (state.gone === true && !changed.includes("accessKeyId")) changed.push("accessKeyId");
        if (state.previous !== undefined && isRetirable(state.previous, now)) changed.push("previous");
        return { changed, replaces: changed.filter((property) => property === "userName") };
    },

    async create(inputs, context) {
        const api = admitted(context.client, inputs);
        const made =
            inputs.adoptId === undefined
                ? await makeKey(api, inputs, context)
                : await adopt(api, inputs, inputs.adoptId, context.now());
        return { id: made.accessKeyId, state: made };
    },

    async read(id, state, { client }) {
        const api = admitted(client, state);
        const shared = { maxAgeMs: REFRESH_SHARED_MS };
        const keys = await keysOfWhoeverIsLeft(api, state.userName, shared);
        const live = find(keys, state.accessKeyId);
        const isPreviousThere = find(keys, state.previous?.accessKeyId) !== undefined;
        if (live === undefined) {
            await refuseOtherCaller(api, state.userName);
            // Whoever still holds the one before is not forgotten with the key that is gone.
            return isPreviousThere ? { id, state: { ...state, gone: true } } : undefined;
        }
        const { previous, gone: _gone, tag: _tag, expirationDate: _date, ...rest } = state;
        return {
            id,
            state: { ...rest, ...settingsOf(live), ...(isPreviousThere ? { previous } : {}) },
        };
    },

    async update(id, state, inputs, context) {
        const api = admitted(context.client, inputs, state);
        const now = context.now();
        const keys = await keysOf(api, inputs.userName);
        const live = find(keys, state.accessKeyId);
        const rotate = async (previous: PreviousKey | undefined): Promise<AccessKeyState> => {
            const before = previous === undefined ? {} : { previous };
            try {
                return { ...(await makeKey(api, inputs, context, state)), ...before };
            } catch (error) {
                if (!(error instanceof PartialFailure)) throw error;
                throw new PartialFailure(id, { ...partOf(error), ...before }, error.reason);
            }
        };
        if (live === undefined) {
            await refuseOtherCaller(api, inputs.userName);
            if (state.found !== undefined) throw adoptedGone(state.accessKeyId);
            const before = find(keys, state.previous?.accessKeyId) && state.previous;
            const kept =
                inputs.state === "ACTIVE"
                    ? before
                    : await retirePrevious(api, { ...state, ...inputs }, before, context);
            return rotate(kept);
        }
        const next = await bringInLine(api, live, state, inputs, now);
        if (isUnfinished(state) && inputs.state === "ACTIVE") {
            // Nobody got this key before: the one before works on from here, for the whole of its overlap.
            const { previous } = state;
            return previous === undefined
                ? next
                : { ...next, previous: supersededKey(previous, inputs.overlap, now) };
        }
        const before = state.previous;
        const isDead = hasEnded(live, now) && isDue(state, inputs, now);
        if (isDead && before !== undefined && !hasEnded(before, now)) {
            // The present key is dead of age, and the one before is all that works: the dead one makes room.
            await removeKey(api, live.accessKeyId, inputs.userName, now);
            return rotate(supersededKey(before, inputs.overlap, now));
        }
        const previous = await retirePrevious(api, next, state.previous, context);
        if (previous !== undefined) return { ...next, previous };
        return isDue(state, inputs, now) ? rotate(supersededKey(state, inputs.overlap, now)) : next;
    },

    async delete(_id, state, context) {
        const api = admittedToDelete(context, state);
        const now = context.now();
        const { accessKeyId, userName, previous, found } = state;
        const declared = readable(accessKeySchema, context.declared.inputsOf(accessKey.token));
        if (found !== undefined && declared.some(({ adoptId }) => adoptId === accessKeyId)) {
            const live = find(await keysOfWhoeverIsLeft(api, userName), accessKeyId);
            if (live === undefined || sameSettings(found, live)) return;
            const adopting =
                "adopts it under another name, and that resource does not know what it was before";
            throw owedElsewhere(`The adopted access key ${accessKeyId}`, adopting);
        }
        // Before the first call: the one before is not removed where the present one is refused.
        if (found === undefined) refuseOwnKey(api, accessKeyId, "delete");
        if (previous !== undefined) await removeKey(api, previous.accessKeyId, userName, now);
        const live = find(await keysOfWhoeverIsLeft(api, userName), accessKeyId);
        if (live === undefined) return refuseOtherCaller(api, userName);
        if (found === undefined) return removeKey(api, accessKeyId, userName, now);
        await updateKey(api, live, await givenBack(api, found, live, now), now);
    },
};

function find(keys: readonly OwnedKey[], accessKeyId: string | undefined): OwnedKey | undefined {
    return keys.find((key) => key.accessKeyId === accessKeyId);
}

/** The present key as the inputs say; what it is now is read, for the state may be older. */
async function bringInLine(
    api: OutscaleApi,
    live: OwnedKey,
    state: AccessKeyState,
    inputs: AccessKeyInputs,
    now: Date,
): Promise<AccessKeyState> {
    const { accessKeyId, secretKey, since, found } = state;
    const next = {
        ...inputs,
        accessKeyId,
        since,
        ...(secretKey === undefined ? {} : { secretKey }),
        ...dated(wantedExpiration(inputs, since)),
        ...(found === undefined ? {} : { found }),
    };
    // One that is about to be rotated may have a date that cannot be sent again.
    const isOver = isDue(state, inputs, now) && hasEnded(next, now);
    if (isOver) {
        const { expirationDate: _past, ...rest } = next;
        return { ...rest, ...dated(live.expirationDate) };
    }
    if (sameSettings(live, next)) return next;
    if (found !== undefined) refuseToReviveUnseen(accessKeyId, live, state, next);
    await updateKey(api, live, next, now);
    return next;
}

/**
 * Removes the key before where it may go: its time is over, and the present one is seen to work; or the program switches
 * the resource off, and this one with it. Gives what still works.
 */
async function retirePrevious(
    api: OutscaleApi,
    { accessKeyId, secretKey, state, userName }: AccessKeyState,
    previous: PreviousKey | undefined,
    context: Context<OutscaleApi>,
): Promise<PreviousKey | undefined> {
    const now = context.now();
    if (previous === undefined) return undefined;
    const isOff = state === "INACTIVE";
    if (!isOff && !isRetirable(previous, now)) return previous;
    if (!isOff && !hasEnded(previous, now) && secretKey !== undefined) {
        const flaw = await flawOfKey(api, { accessKeyId, secretKey }, context.sleep);
        if (flaw !== undefined) throw stillNeeded(accessKeyId, previous.accessKeyId, flaw);
    }
    await removeKey(api, previous.accessKeyId, userName, now);
    return undefined;
}

/** What an adopted key was, but for a date that is over, or that the account's policy does not allow any more. */
async function givenBack(
    api: OutscaleApi,
    found: KeySettings,
    live: OwnedKey,
    now: Date,
): Promise<KeySettings> {
    const { maxAccessKeyExpirationSeconds } = await readPolicy(api);
    if (canHaveDate(found.expirationDate, maxAccessKeyExpirationSeconds, now)) return found;
    const { expirationDate: _found, ...rest } = found;
    return { ...rest, ...dated(live.expirationDate) };
}

type Timing = KeyLife & KeyRotation & Pick<AccessKeyInputs, "state">;

/**
 * Whether the key is to be rotated. One that is switched off serves nobody; an adopted one never is, for whoever holds
 * it would not learn of its successor.
 */
function isDue({ found, since }: AccessKeyState, timing: Timing, now: Date): boolean {
    return found === undefined && timing.state === "ACTIVE" && isRotationDue(timing, since, now);
}

async function adopt(
    api: OutscaleApi,
    inputs: AccessKeyInputs,
    accessKeyId: string,
    now: Date,
): Promise<AccessKeyState> {
    const live = find(await keysOf(api, inputs.userName), accessKeyId);
    if (live === undefined) {
        await refuseOtherCaller(api, inputs.userName);
        throw new PortcullisError({
            code: "AmbiguousMatch",
            property: "adoptId",
            problem: `Cannot adopt ${accessKeyId}: ${inputs.userName === undefined ? "the user whose key makes the calls" : `the user "${inputs.userName}"`} has no such access key.`,
            remedy: "Correct `adoptId` or `userName`, or leave `adoptId` out to make a key.",
        });
    }
    const since = apiDate(now);
    const state = { ...inputs, accessKeyId, since, ...dated(wantedExpiration(inputs, since)) };
    refuseToRevive(accessKeyId, live, state, now);
    const adopted = { ...state, found: settingsOf(live) };
    if (sameSettings(live, state)) return adopted;
    try {
        await updateKey(api, live, state, now);
    } catch (error) {
        // It may have been changed all the same: what it was is not to be forgotten.
        if (error instanceof AnswerLost) throw new PartialFailure(accessKeyId, adopted, error);
        throw error;
    }
    return adopted;
}

/** The state within a failure of `makeKey`, which is its own. */
function partOf({ state }: PartialFailure<unknown>): AccessKeyState {
    return state as AccessKeyState;
}

function settingsOf({ state, tag, expirationDate }: OwnedKey): KeySettings & { readonly tag: string } {
    return { state, tag: tag ?? "", ...dated(expirationDate) };
}

function sameSettings(one: KeySettings, other: KeySettings): boolean {
    return (
        one.state === other.state &&
        (one.tag ?? "") === (other.tag ?? "") &&
        sameInstant(one.expirationDate, other.expirationDate)
    );
}

function stillNeeded(accessKeyId: string, previous: string, cause: Error): PortcullisError {
    return new PortcullisError({
        code: "ProofFailed",
        problem: `The access key ${previous} is not removed: its successor ${accessKeyId} does not work (${cause.message}).`,
        remedy: "See what is wrong with the successor, run `pulumi refresh`, and run again. No key was removed.",
        cause,
    });
}

function adoptedGone(accessKeyId: string): PortcullisError {
    return new PortcullisError({
        code: "AmbiguousMatch",
        property: "adoptId",
        problem: `The adopted access key ${accessKeyId} is gone from the account.`,
        remedy: "Take it out of the program, or correct `adoptId`, and run `pulumi refresh`.",
    });
}
