/** A lock between processes of one machine: a file that names its owner, taken over once the owner is gone. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync, linkSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export interface LockOptions {
    /** Called every second while another process holds the lock. */
    readonly onWait?: () => void;
    /** Milliseconds to wait for the lock before giving up. Twenty minutes unless given. */
    readonly limit?: number;
}

/** Runs `work` while holding the lock `path`; other processes wait, and so do other callers of this one. */
export async function withLock<T>(
    path: string,
    work: () => Promise<T>,
    options: LockOptions = {},
): Promise<T> {
    mkdirSync(dirname(path), { recursive: true });
    const until = Date.now() + (options.limit ?? 20 * 60_000);
    while (!acquire(path)) {
        if (Date.now() > until)
            throw new Error(`The lock ${path} is still held. Remove it if nothing uses it.`);
        options.onWait?.();
        await wait(1000);
    }
    try {
        return await work();
    } finally {
        rmSync(path, { force: true });
    }
}

let attempts = 0;

function acquire(path: string): boolean {
    if (!ownerAlive(path)) evict(path);
    attempts += 1;
    const mine = `${path}.${process.pid.toString()}.${attempts.toString()}`;
    writeFileSync(mine, process.pid.toString());
    try {
        // A hard link appears with its content, all at once, and never replaces another.
        linkSync(mine, path);
        return true;
    } catch (error) {
        if (codeOf(error) === "EEXIST") return false;
        throw error;
    } finally {
        rmSync(mine, { force: true });
    }
}

/** Whether the lock's owner still runs; a lock that is not there counts as owned, as there is nothing to evict. */
function ownerAlive(path: string): boolean {
    let owner: number;
    try {
        owner = Number(readFileSync(path, "utf8"));
        // After a restart of the machine the number may be another process's: nothing here takes half an hour.
        if (Date.now() - statSync(path).mtimeMs > 30 * 60_000) return false;
    } catch (error) {
        if (codeOf(error) === "ENOENT") return true;
        throw error;
    }
    try {
        process.kill(owner, 0);
        return true;
    } catch (error) {
        return codeOf(error) === "EPERM";
    }
}

/**
 * Moves a dead owner's lock away; where two processes try, one rename finds nothing. In a rare race a live owner's
 * lock goes instead: so the work must stay correct when done twice, and what it makes must appear by a rename.
 */
function evict(path: string): void {
    const away = `${path}.stale.${process.pid.toString()}`;
    try {
        renameSync(path, away);
        rmSync(away, { force: true });
    } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
    }
}

function codeOf(error: unknown): string | undefined {
    const coded = typeof error === "object" && error !== null && "code" in error;
    return coded && typeof error.code === "string" ? error.code : undefined;
}
