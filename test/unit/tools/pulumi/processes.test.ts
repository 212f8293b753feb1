import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { descendants, isOwnChild, isRunning, killTree, runProgram } from "../../../../tools/pulumi/processes";

test("a tree is killed whole, grandchildren in groups of their own included", async () => {
    const script = `
        const { spawn } = require("node:child_process");
        const child = spawn("sleep", ["60"], { detached: true });
        console.log(child.pid);
        setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["-e", script]);
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const grandchild = Number(line.toString());
    const pid = parent.pid ?? 0;
    expect(isOwnChild(pid)).toBe(true);
    expect(isOwnChild(grandchild)).toBe(false);
    expect(descendants(pid)).toEqual([grandchild]);
    expect(killTree(pid)).toEqual([pid, grandchild]);
    await once(parent, "exit");
    // A killed process takes a moment to be gone.
    for (let tries = 0; tries < 100 && isRunning(grandchild); tries++) await wait(10);
    expect([isRunning(pid), isRunning(grandchild)]).toEqual([false, false]);
    expect(killTree(pid)).toEqual([]);
});

test("a program's output and code are given; one that outlives its limit is killed", async () => {
    const end = await runProgram("sh", ["-c", "echo out; echo err >&2; exit 3"], { limit: 10_000 });
    expect(end).toEqual({ code: 3, stdout: "out\n", stderr: "err\n", timedOut: false });
    const hung = await runProgram("sh", ["-c", "echo begun; sleep 60; true"], { limit: 200 });
    expect(hung).toEqual({ code: null, stdout: "begun\n", stderr: "", timedOut: true });
    await expect(runProgram("no-such-program", [], { limit: 100 })).rejects.toThrow("ENOENT");
});
