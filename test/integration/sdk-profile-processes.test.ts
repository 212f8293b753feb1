/** Many processes that write one profile file at once, and one that is killed over it. */
import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";

const run = promisify(execFile);
const PROCESSES = 6;
const PROFILES = 5;
const WRITER = join(__dirname, "..", "support", "profile-writer.ts");

describe("processes that write one profile file", function () {
    this.timeout(120_000);
    let folder: string;
    let path: string;
    const held: ChildProcess[] = [];

    before(() => {
        folder = mkdtempSync(join(tmpdir(), "profile-processes-"));
        path = join(folder, "config.json");
    });
    after(() => {
        for (const child of held) child.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
    });

    const write = (name: string, count = PROFILES): Promise<unknown> =>
        run(process.execPath, ["--import", "tsx", WRITER, path, name, count.toString()]);
    const profiles = (): string[] => Object.keys(JSON.parse(readFileSync(path, "utf8")) as object).sort();

    it("lose none of one another's, and leave nothing else", async () => {
        writeFileSync(path, '{ "theirs" : {} }');
        const names = Array.from({ length: PROCESSES }, (_, index) => `p${index}`);
        await Promise.all(names.map((name) => write(name)));
        const wanted = names.flatMap((name) =>
            Array.from({ length: PROFILES }, (_, index) => `${name}-${index}`),
        );
        assert.deepEqual(profiles(), [...wanted, "theirs"].sort());
        assert.deepEqual(readdirSync(folder), ["config.json"]);
    });

    it("take over from one that was killed while it held the lock, and not before", async () => {
        const holder = spawn(process.execPath, ["--import", "tsx", WRITER, path, "holder", "hold"]);
        held.push(holder);
        await once(holder.stdout, "data");
        const before = profiles();
        let isWritten = false;
        const waiting = write("late", 1).then(() => (isWritten = true));
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        assert.deepEqual([isWritten, profiles()], [false, before]);
        holder.kill("SIGKILL");
        await waiting;
        assert.deepEqual(profiles(), [...before, "late-0"].sort());
        assert.deepEqual(readdirSync(folder), ["config.json"]);
    });
});
