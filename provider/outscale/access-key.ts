/** The AccessKey resource: a key of the root user or of an EIM user, rotated with an overlap before it expires. */
import type { z } from "zod";
import { changedProperties } from "../changes";
import { sameDuration } from "../duration";
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
import { flawOfKey, keysOf, removeKey, updateKey, type KeySettings, type OwnedKey } from "./access-keys";
import { admitted } from "./account";
import { createOnce, type OutscaleApi } from "./api/client";
import { apiDate, sameInstant } from "./dates";
import { admittedToDelete } from "./deleting";
import { REFRESH_SHARED_MS } from "./refresh";

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
    /** What an adopted key was like: destroy gives it back instead of deleting the key. */
    readonly found?: KeySettings | undefined;
}

/** An unfinished creation's keys carry this before their tag: their secrets reached nobody. */
const PENDING = "portcullis-pending ";

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
        if (state.previous !== undefined && isRetirable(state.previous, now)) changed.push("previous");
        return { changed, replaces: changed.filter((property) => property === "userName") };
    },

    async create(inputs, context) {
        const api = admitted(context.client, inputs);
        const made =
            inputs.adoptId === undefined
                ? await make(inputs, context)
                : await adopt(api, inputs, inputs.adoptId, context.now());
        return { id: made.accessKeyId, state: made };
    },

    async read(id, state, { client }) {
        const keys = await keysOf(admitted(client, state), state.userName, { maxAgeMs: REFRESH_SHARED_MS });
        const live = keys.find(({ accessKeyId }) => accessKeyId === state.accessKeyId);
        if (live === undefined) return undefined;
        const { previous, tag: _tag, expirationDate: _date, ...rest } = state;
        const isPreviousThere = keys.some(({ accessKeyId }) => accessKeyId === previous?.accessKeyId);
        return {
            id,
            state: { ...rest, ...settingsOf(live), ...(isPreviousThere ? { previous } : {}) },
        };
    },

    async update(id, state, inputs, context) {
        const api = admitted(context.client, inputs, state);
        const now = context.now();
        const { accessKeyId, secretKey, since, found } = state;
        const kept = { accessKeyId, since, ...(secretKey === undefined ? {} : { secretKey }) };
        let { previous } = state;
        if (previous !== undefined && isRetirable(previous, now)) {
            await removeKey(api, previous.accessKeyId, inputs.userName);
            previous = undefined;
        }
        if (previous === undefined && isDue(state, inputs, now)) {
            const superseded = supersededKey(state, inputs.overlap, now);
            try {
                return { ...(await make(inputs, context, state)), previous: superseded };
            } catch (error) {
                if (!(error instanceof PartialFailure)) throw error;
                throw new PartialFailure(id, { ...partOf(error), previous: superseded }, error.reason);
            }
        }
        const expirationDate = wantedExpiration(inputs, since);
        const next = {
            ...inputs,
            ...kept,
            ...dated(expirationDate),
            ...(found === undefined ? {} : { found }),
        };
        if (!sameSettings(state, next)) {
            if (found !== undefined) {
                const live = (await keysOf(api, inputs.userName)).find(
                    (key) => key.accessKeyId === accessKeyId,
                );
                if (live !== undefined) refuseToReviveUnseen(accessKeyId, live, state, next);
            }
            await updateKey(api, accessKeyId, inputs.userName, next);
        }
        return { ...next, ...(previous === undefined ? {} : { previous }) };
    },

    async delete(_id, state, context) {
        const api = admittedToDelete(context, state);
        const { accessKeyId, userName, previous, found } = state;
        if (previous !== undefined) await removeKey(api, previous.accessKeyId, userName);
        if (found === undefined) return removeKey(api, accessKeyId, userName);
        const keys = await keysOf(api, userName);
        if (keys.some((key) => key.accessKeyId === accessKeyId))
            await updateKey(api, accessKeyId, userName, found);
    },
};

type Timing = KeyLife & KeyRotation & Pick<AccessKeyInputs, "state">;

/**
 * Whether the key is to be rotated. One that is switched off serves nobody; an adopted one never is, for whoever holds
 * it would not learn of its successor.
 */
function isDue({ found, since }: AccessKeyState, timing: Timing, now: Date): boolean {
    return found === undefined && timing.state === "ACTIVE" && isRotationDue(timing, since, now);
}

type Finished = AccessKeyState & { readonly expirationDate?: string | undefined };

/**
 * Makes a key and sees that it works. Until it does, its tag says that it is unfinished, so that what an interrupted
 * run or a lost answer leaves behind can be told from keys that somebody holds, and be removed.
 */
async function make(
    inputs: AccessKeyInputs,
    context: Context<OutscaleApi>,
    last?: AccessKeyState,
): Promise<Finished> {
    const api = admitted(context.client, inputs, ...(last === undefined ? [] : [last]));
    const pending = PENDING + inputs.tag;
    const removeUnfinished = async (): Promise<undefined> => {
        for (const key of await keysOf(api, inputs.userName)) {
            if (key.tag === pending) await removeKey(api, key.accessKeyId, inputs.userName);
        }
    };
    return api.exclusively(async () => {
        await removeUnfinished();
        const since = apiDate(context.now());
        const expirationDate = wantedExpiration(inputs, since);
        const { AccessKeyId: accessKeyId, SecretKey: secretKey } = await createOnce({
            create: async () => {
                const { AccessKey } = await api.call("CreateAccessKey", {
                    Tag: pending,
                    ...(expirationDate === undefined ? {} : { ExpirationDate: expirationDate }),
                    ...(inputs.userName === undefined ? {} : { UserName: inputs.userName }),
                });
                return AccessKey;
            },
            // The secret is lost with the answer: what was made is of no use to anybody.
            find: removeUnfinished,
        });
        const flaw = await flawOfKey(api, { accessKeyId, secretKey }, context.sleep);
        if (flaw !== undefined) {
            await removeKey(api, accessKeyId, inputs.userName);
            throw notWorking(accessKeyId, flaw);
        }
        const state = { ...inputs, accessKeyId, secretKey, since, ...dated(expirationDate) };
        try {
            await updateKey(api, accessKeyId, inputs.userName, state);
        } catch (error) {
            const reason = error instanceof Error ? error : new Error(String(error));
            throw new PartialFailure(accessKeyId, { ...state, tag: pending }, reason);
        }
        return state;
    });
}

async function adopt(
    api: OutscaleApi,
    inputs: AccessKeyInputs,
    accessKeyId: string,
    now: Date,
): Promise<Finished> {
    const live = (await keysOf(api, inputs.userName)).find((key) => key.accessKeyId === accessKeyId);
    if (live === undefined) {
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
    if (!sameSettings(live, state)) await updateKey(api, accessKeyId, inputs.userName, state);
    return { ...state, found: settingsOf(live) };
}

/** The state within a failure of `make`, which is its own. */
function partOf({ state }: PartialFailure<unknown>): Finished {
    return state as Finished;
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

function dated(expirationDate: string | undefined): { readonly expirationDate?: string } {
    return expirationDate === undefined ? {} : { expirationDate };
}

function notWorking(accessKeyId: string, cause: Error): PortcullisError {
    return new PortcullisError({
        code: "ProofFailed",
        problem: `The new access key ${accessKeyId} did not work in three tries and was removed again.`,
        remedy: `See what the API said (${cause.message}) and run again. Every key from before is as it was.`,
        cause,
    });
}
