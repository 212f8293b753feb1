/** Creates and deletes objects exactly once, although the API has no client token and answers can get lost. */
import { AnswerLost } from "./errors";

/** How to create, and how to find what a lost create may have made. */
export interface CreateOnceParts<T> {
    readonly create: () => Promise<T>;
    /**
     * The object that a lost `create` made, if it is there. It must tell that object from those that existed before,
     * for example by the ids noted beforehand, and must read afresh.
     */
    readonly find: () => Promise<T | undefined>;
    /** How often to send at most. Default: 3. */
    readonly attempts?: number;
    /** Waits before each look after a lost answer, in ms: a slow service may still be at work. Default: 0, 1000, 2000, 4000. */
    readonly looksMs?: readonly number[];
    /** Default: the sleep of the client that lost the answer. */
    readonly sleep?: (ms: number) => Promise<void>;
}

const DEFAULT_LOOKS_MS: readonly number[] = [0, 1_000, 2_000, 4_000];

/**
 * Sends, and whenever the answer is lost looks for the object before sending again. An error of `find` ends it, since
 * nothing is then known of the first one.
 * @throws AnswerLost where the last answer was lost too and the object is not seen.
 */
export async function createOnce<T>(parts: CreateOnceParts<T>): Promise<T> {
    const attempts = parts.attempts ?? 3;
    for (let sent = 1; ; sent += 1) {
        try {
            return await parts.create();
        } catch (error) {
            if (!(error instanceof AnswerLost)) throw error;
            const found = await lookFor(parts, error);
            if (found !== undefined) return found;
            if (sent >= attempts) throw error;
        }
    }
}

async function lookFor<T>(parts: CreateOnceParts<T>, lost: AnswerLost): Promise<T | undefined> {
    for (const waitMs of parts.looksMs ?? DEFAULT_LOOKS_MS) {
        if (waitMs > 0) await (parts.sleep ? parts.sleep(waitMs) : lost.wait(waitMs));
        const found = await parts.find();
        if (found !== undefined) return found;
    }
    return undefined;
}

/** How to delete an object, and how to see whether it is there. */
export interface DeleteOnceParts {
    readonly remove: () => Promise<unknown>;
    /** Must read afresh. */
    readonly isThere: () => Promise<boolean>;
}

/**
 * Deletes. A first answer may have been lost, and the second call then finds nothing: what counts is whether the object
 * is gone, so an error is passed on only where it is still there.
 */
export async function deleteOnce({ remove, isThere }: DeleteOnceParts): Promise<void> {
    try {
        await remove();
    } catch (error) {
        if (await isThere()) throw error;
    }
}
