/** A lock between the processes of a machine: a file that names its holder, taken over once the holder is gone. */
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { Context } from "../../resource";
import { errorCode } from "../../system-code";
import { failedFile, refuseFile } from "./refusal";

export type Clock = Pick<Context<unknown>, "now" | "sleep">;

/** A lock that was acquired. Another process may take it over, so what it guards is committed only while it is held. */
export interface Lock {
    readonly isHeld: () => Promise<boolean>;
    readonly release: () => Promise<void>;
}

/** How long another holder is waited for, in milliseconds: what the lock guards takes a few. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;
/** After this time a holder is taken for gone whatever its process number says, which may be another's by now. */
const STALE_MS = 10 * 60_000;

/** What a lock file says of its holder. */
interface Holder {
    readonly pid: number;
    readonly host: string;
    /** When it acquired the lock, ISO 8601. */
    readonly since: string;
}

/**
 * Acquires the lock of a file: `<path>.portcullis.lock` beside it.
 *
 * @throws PortcullisError `InvalidConfiguration`, naming the holder, where another still holds it after 30 seconds
 */
export async function acquireLock(path: string, clock: Clock): Promise<Lock> {
    const file = `${path}.portcullis.lock`;
    const holder: Holder = { pid: process.pid, host: hostname(), since: clock.now().toISOString() };
    const mine = JSON.stringify({ ...holder, token: randomBytes(12).toString("hex") });
    for (let waited = 0; !(await claim(file, mine)); waited += PAUSE_MS) {
        const text = await readIfThere(file);
        if (text !== undefined && (await isGone(file, text, clock))) {
            await evict(file);
        } else if (waited >= PATIENCE_MS) {
            throw refuseFile(
                `${holderText(text)} has held the lock ${file} for longer than ${PATIENCE_MS / 1000} seconds`,
                "Run again once it has finished. If it is no deployment, remove that file.",
            );
        } else {
            await clock.sleep(PAUSE_MS);
        }
    }
    const isHeld = async (): Promise<boolean> => (await readIfThere(file)) === mine;
    return {
        isHeld,
        release: async () => {
            if (await isHeld()) await rm(file, { force: true });
        },
    };
}

/** Makes the lock file with its content all at once, or does nothing where there is one. */
async function claim(file: string, content: string): Promise<boolean> {
    const draft = `${file}.${randomBytes(6).toString("hex")}`;
    try {
        await writeFile(draft, content, { flag: "wx", mode: 0o600 });
        await link(draft, file);
        return true;
    } catch (error) {
        if (errorCode(error) === "EEXIST") return false;
        throw failedFile(file, "made", error);
    } finally {
        await rm(draft, { force: true });
    }
}

/** Moves a lock away. Where two do so at once, the second may move a new holder's: that one notices, and starts over. */
async function evict(file: string): Promise<void> {
    const away = `${file}.${randomBytes(6).toString("hex")}`;
    try {
        await rename(file, away);
        await rm(away, { force: true });
    } catch (error) {
        if (errorCode(error) !== "ENOENT") throw failedFile(file, "removed", error);
    }
}

async function isGone(file: string, text: string, { now }: Clock): Promise<boolean> {
    const { pid, host } = holderOf(text) ?? {};
    if (pid !== undefined && host === hostname() && !isAlive(pid)) return true;
    try {
        return now().getTime() - (await stat(file)).mtimeMs > STALE_MS;
    } catch {
        return false;
    }
}

function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return errorCode(error) === "EPERM";
    }
}

function holderOf(text: string | undefined): Holder | undefined {
    try {
        const { pid, host, since } = JSON.parse(text ?? "") as Record<string, unknown>;
        const isWhole = Number.isInteger(pid) && typeof host === "string" && typeof since === "string";
        return isWhole ? { pid: Number(pid), host, since } : undefined;
    } catch {
        return undefined;
    }
}

function holderText(text: string | undefined): string {
    const holder = holderOf(text);
    return holder === undefined
        ? "An unknown process"
        : `Process ${holder.pid.toString()} on ${holder.host} (since ${holder.since})`;
}

async function readIfThere(file: string): Promise<string | undefined> {
    try {
        return await readFile(file, "utf8");
    } catch (error) {
        if (errorCode(error) === "ENOENT") return undefined;
        throw failedFile(file, "read", error);
    }
}
