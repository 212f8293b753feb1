/**
 * Changes a profile file whole or not at all, one process at a time.
 *
 * A lock file keeps others out; since a holder that seems gone may still run, what a change writes is fenced as well:
 * each change first removes all drafts of others, then reads, and is committed by renaming its own draft, made before
 * it saw for the last time that it still held the lock. Whoever lost the lock finds its draft gone and starts over.
 */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Turns } from "../api/turns";
import { acquireLock, type Clock, type Lock } from "./lock";
import { findPlace, readText, type Place } from "./place";
import { errorCode } from "../../system-code";
import { failedFile, refuseFile } from "./refusal";

/** A file beside the profile file, which begins with a line that says whose it is. */
export interface Companion {
    readonly path: string;
    /** Its first line, without a line end. */
    readonly heading: string;
    readonly content: string;
}

/** What a change makes of the file; decided from its text alone. */
export interface Change<T> {
    /** The text to write; null removes the file. */
    readonly text: string | null;
    /** Written before the file is. */
    readonly write: readonly Companion[];
    /** Removed after the file was written, by path and heading. */
    readonly remove: readonly Omit<Companion, "content">[];
    readonly result: T;
}

/** How often a change starts over because somebody else wrote the file meanwhile. */
const ATTEMPTS = 10;

/** One queue a file: resources of one program do not wait for one another at the lock. */
const queues = new Map<string, Turns>();

/**
 * Reads the file (`undefined` where there is none), has the change decided, and carries it out: mode 0600, its
 * directory made where it is missing (0700), a link followed and kept.
 */
export async function changeFile<T>(
    asked: string,
    clock: Clock,
    decide: (text: string | undefined, place: Place) => Promise<Change<T>> | Change<T>,
): Promise<T> {
    const { real } = await findPlace(asked);
    const queue = queues.get(real) ?? new Turns();
    queues.set(real, queue);
    return queue.take(async () => {
        await makeFolder(dirname(real));
        for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
            const place = await findPlace(asked);
            const lock = await acquireLock(place.real, clock);
            try {
                await removeDrafts(place);
                const text = await readText(place);
                const change = await decide(text, place);
                if (await carryOut(change, text, place, lock)) return change.result;
            } finally {
                await lock.release();
            }
        }
        throw refuseFile(
            `The profile file ${real} was changed by somebody else each time that it was about to be written`,
            "Close what else writes it, and run again.",
        );
    });
}

/** The content of a companion; nothing where there is none, or a file that is not ours. */
export async function readCompanion({
    path,
    heading,
}: Omit<Companion, "content">): Promise<string | undefined> {
    try {
        const text = (await lstat(path)).isFile() ? await readFile(path, "utf8") : "";
        return text.startsWith(`${heading}\n`) ? text.slice(heading.length + 1) : undefined;
    } catch (error) {
        if (errorCode(error) === "ENOENT") return undefined;
        throw failedFile(path, "read", error);
    }
}

/** Removes a companion that is ours, and nothing else. */
export async function removeCompanion(companion: Omit<Companion, "content">): Promise<void> {
    if ((await readCompanion(companion)) !== undefined) await rm(companion.path, { force: true });
}

/** @returns false where somebody else wrote the file or took the lock over: nothing of it was then written. */
async function carryOut<T>(
    change: Change<T>,
    before: string | undefined,
    place: Place,
    lock: Lock,
): Promise<boolean> {
    await Promise.all(change.write.map(refuseForeign));
    const isUnchanged = async (): Promise<boolean> =>
        (await lock.isHeld()) && (await readText(place)) === before;
    for (const { path, heading, content } of change.write) {
        if (!(await commit(path, `${heading}\n${content}`, place, isUnchanged))) return false;
    }
    if (change.text === null) {
        if (!(await isUnchanged())) return false;
        await rm(place.real, { force: true });
    } else if (!(await commit(place.real, change.text, place, isUnchanged))) {
        return false;
    }
    await Promise.all(change.remove.map(removeCompanion));
    return true;
}

async function refuseForeign(companion: Companion): Promise<void> {
    const isThere = await lstat(companion.path).then(
        () => true,
        () => false,
    );
    if (!isThere || (await readCompanion(companion)) !== undefined) return;
    throw refuseFile(
        `${companion.path}, which this profile needs, is there already and was made by something else`,
        "Move it away, or choose another `profile` or `path`.",
    );
}

async function commit(
    path: string,
    text: string,
    place: Place,
    isUnchanged: () => Promise<boolean>,
): Promise<boolean> {
    const draft = join(dirname(path), `${draftPrefix(place)}${randomBytes(6).toString("hex")}.tmp`);
    try {
        const handle = await open(draft, "wx", 0o600);
        try {
            await handle.writeFile(text);
            await handle.sync();
        } finally {
            await handle.close();
        }
        if (!(await isUnchanged())) return false;
        await rename(draft, path);
        await syncFolder(dirname(path));
        return true;
    } catch (error) {
        // Another holder of the lock has removed the draft.
        if (errorCode(error) === "ENOENT") return false;
        throw failedFile(path, "written", error);
    } finally {
        await rm(draft, { force: true });
    }
}

/** The drafts of whoever was killed over one, and those of a holder that has lost the lock. */
async function removeDrafts(place: Place): Promise<void> {
    const prefix = draftPrefix(place);
    for (const folder of new Set([dirname(place.real), dirname(place.path)])) {
        for (const name of await readdir(folder).catch(() => [])) {
            if (name.startsWith(prefix) && name.endsWith(".tmp"))
                await rm(join(folder, name), { force: true });
        }
    }
}

function draftPrefix({ real }: Place): string {
    return `.${basename(real)}.portcullis-`;
}

async function makeFolder(folder: string): Promise<void> {
    try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
        throw failedFile(folder, "made", error);
    }
}

/** Makes a rename last through a loss of power, where the platform can. */
async function syncFolder(folder: string): Promise<void> {
    const handle = await open(folder, "r").catch(() => undefined);
    try {
        await handle?.sync().catch(() => undefined);
    } finally {
        await handle?.close();
    }
}
