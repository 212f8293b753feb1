/** Makes an access key once, sees that it works, and leaves nothing behind that nobody holds (docs/adr/0007). */
import { PortcullisError } from "../errors";
import { PartialFailure, type Context } from "../resource";
import type { AccessKeyInputs, AccessKeyState } from "./access-key";
import { wantedExpiration } from "./access-key-timing";
import { createKey, flawOfKey, keysOf, removeKey, updateKey } from "./access-keys";
import { createOnce, type OutscaleApi } from "./api/client";
import { apiDate, dated } from "./dates";

/** An unfinished creation's keys carry this before their tag: their secrets reached nobody. */
export const PENDING = "portcullis-pending ";

/** Whether a state is that of a key whose creation failed before it had its own tag. */
export function isUnfinished({ tag }: Pick<AccessKeyState, "tag">): boolean {
    return tag.startsWith(PENDING);
}

/**
 * Until the key is seen to work, its tag says that it is unfinished, so that what an interrupted run or a lost answer
 * leaves behind can be told from keys that somebody holds, and be removed; those of `last` are spared.
 */
export async function makeKey(
    api: OutscaleApi,
    inputs: AccessKeyInputs,
    context: Context<OutscaleApi>,
    last?: AccessKeyState,
): Promise<AccessKeyState> {
    const { userName } = inputs;
    const pending = PENDING + inputs.tag;
    const spared = [last?.accessKeyId, last?.previous?.accessKeyId];
    const removeUnfinished = async (): Promise<undefined> => {
        for (const { accessKeyId, tag } of await keysOf(api, userName)) {
            const isLeft = tag === pending && !spared.includes(accessKeyId) && !api.claimed.has(accessKeyId);
            if (isLeft) await removeKey(api, accessKeyId, userName, context.now());
        }
    };
    return api.exclusively(async () => {
        await removeUnfinished();
        const now = context.now();
        const since = apiDate(now);
        const expirationDate = wantedExpiration(inputs, since);
        const { AccessKeyId: accessKeyId, SecretKey: secretKey } = await createOnce({
            create: () => createKey(api, userName, { tag: pending, expirationDate }),
            // The secret is lost with the answer: what was made is of no use to anybody.
            find: removeUnfinished,
        });
        const flaw = await flawOfKey(api, { accessKeyId, secretKey }, context.sleep);
        if (flaw !== undefined) {
            await removeKey(api, accessKeyId, userName, now);
            throw notWorking(accessKeyId, flaw);
        }
        api.claimed.add(accessKeyId);
        const state = { ...inputs, accessKeyId, secretKey, since, ...dated(expirationDate) };
        try {
            await updateKey(api, { accessKeyId, userName, expirationDate }, state, now);
        } catch (error) {
            throw new PartialFailure(accessKeyId, { ...state, tag: pending }, error);
        }
        return state;
    });
}

function notWorking(accessKeyId: string, cause: Error): PortcullisError {
    return new PortcullisError({
        code: "ProofFailed",
        problem: `The new access key ${accessKeyId} did not work in three tries and was removed again.`,
        remedy: `See what the API said (${cause.message}) and run again. Every key from before is as it was.`,
        cause,
    });
}
