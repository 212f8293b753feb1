import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { withLock } from "../../../../tools/pulumi/lock";

let root: string;
let path: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "portcullis-lock-"));
    path = join(root, "deep", "lock");
});
afterEach(() => {
    rmSync(root, { recursive: true, force: true });
});

test("one at a time, and the lock goes with the work, even where that fails", async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
        most = Math.max(most, (inside += 1));
        await new Promise((done) => setTimeout(done, 20));
        inside -= 1;
    };
    await Promise.all([withLock(path, work), withLock(path, work)]);
    expect(most).toBe(1);
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
});

test("a lock whose owner is gone is taken over at once", async () => {
    await withLock(path, () => Promise.resolve());
    const gone = spawnSync("true").pid;
    writeFileSync(path, gone.toString());
    expect(await withLock(path, () => Promise.resolve("mine"), { limit: 0 })).toBe("mine");
});

test("a lock of a living owner is respected while it can be at work, and no longer", async () => {
    await withLock(path, () => Promise.resolve());
    writeFileSync(path, process.pid.toString());
    await expect(withLock(path, () => Promise.resolve(), { limit: -1 })).rejects.toThrow("is still held");
    const long = new Date(Date.now() - 31 * 60_000);
    utimesSync(path, long, long);
    expect(await withLock(path, () => Promise.resolve("mine"), { limit: 0 })).toBe("mine");
});
