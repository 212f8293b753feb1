/** The real engine as tests and the quickstart use it: up, preview, destroy, being killed, and hanging. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import { findPulumi, type PulumiCli } from "../../tools/pulumi/cli";
import { EngineError } from "../../tools/pulumi/engine-error";
import { openStack, type EngineStack, type StackOptions } from "../../tools/pulumi/engine";
import { isRunning } from "../../tools/pulumi/processes";

const workDir = resolve(__dirname, "..", "..");

interface GateInputs {
    /** `create` notes its calls here. */
    readonly log: string;
    /** `create` waits until this file exists. */
    readonly gate: string;
}

const provider: pulumi.dynamic.ResourceProvider<GateInputs, GateInputs> = {
    diff: (_id, olds, news) => Promise.resolve({ changes: olds.log !== news.log || olds.gate !== news.gate }),
    async create(inputs) {
        const fs = await import("node:fs");
        fs.appendFileSync(inputs.log, "create\n");
        while (!fs.existsSync(inputs.gate)) await new Promise((wake) => setTimeout(wake, 20));
        return { id: "gate", outs: inputs };
    },
};

/** The state of a gRPC channel that was closed. */
const SHUTDOWN = 4;

/** What the runtime's client has, and its interface leaves out. */
interface Monitor {
    getChannel(): { getConnectivityState(connect: boolean): number };
}

class Gate extends pulumi.dynamic.Resource {
    constructor(name: string, inputs: GateInputs) {
        super(provider, name, { ...inputs }, undefined, "portcullis", "Gate");
    }
}

describe("the real engine", function () {
    // Each run starts several processes: on a busy machine that takes its time.
    this.timeout(180_000);

    let cli: PulumiCli;
    let directory: string;
    const log = (): string => join(directory, "log");
    const gate = (): string => join(directory, "gate");

    before(async function () {
        this.timeout(30 * 60_000);
        cli = await findPulumi();
    });

    function open(name: string, options: Partial<StackOptions> = {}): Promise<EngineStack> {
        directory = mkdtempSync(join(tmpdir(), "portcullis-engine-"));
        made.push(directory);
        const inputs = { log: log(), gate: gate() };
        const program = (): Promise<Record<string, unknown>> => {
            const secret = new pulumi.Config().getSecret("word");
            return Promise.resolve({ id: new Gate("one", inputs).id, ...(secret && { secret }) });
        };
        return openStack({ project: "gates", stack: name, program, directory, workDir, cli, ...options });
    }

    const made: string[] = [];
    after(() => {
        for (const folder of made) rmSync(folder, { recursive: true, force: true });
    });

    it("brings a stack up, sees no change then, opens it again and destroys it", async () => {
        const config = { "gates:word": { secret: "tiger" }, "gates:plain": "lion" };
        const stack = await open("whole", { config });
        writeFileSync(gate(), "");
        const planned = await stack.preview();
        assert.deepEqual(planned.changes, { create: 2 });
        assert.equal(existsSync(log()), false, "a preview creates nothing");

        const up = await stack.up();
        assert.deepEqual(up.changes, { create: 2 });
        assert.deepEqual(up.outputs, {
            id: { value: "gate", secret: false },
            secret: { value: "tiger", secret: true },
        });
        const gateEvents = up.resources.filter(({ type }) => type.endsWith(":Gate"));
        assert.deepEqual(
            gateEvents.map(({ phase, operation }) => [phase, operation]),
            [
                ["start", "create"],
                ["done", "create"],
            ],
        );
        assert.equal(JSON.stringify([up.stdout, up.stderr, up.diagnostics]).includes("tiger"), false);
        const state = await stack.exportState();
        assert.equal(JSON.stringify(state).includes("tiger"), false);
        assert.equal(JSON.stringify(state).includes(`"id":"gate"`), true);
        await stack.importState(state);

        const again = await openStack({
            project: "gates",
            stack: "whole",
            program: () => Promise.resolve({}),
            directory,
            workDir,
            cli,
        });
        assert.deepEqual((await stack.preview()).changes, { same: 2 });
        assert.deepEqual((await stack.refresh()).changes, { same: 2 });
        assert.deepEqual((await again.preview()).changes, { delete: 1, same: 1 });
        assert.deepEqual((await again.destroy()).changes, { delete: 2 });
    });

    it("is killed in the middle of a create, unlocked, and comes up the next time", async () => {
        const stack = await open("killed");
        let dead: readonly number[] = [];
        const run = stack.up({
            onEvent: ({ type, phase }) => {
                if (!type.endsWith(":Gate") || phase !== "start") return;
                const waiting = setInterval(() => {
                    if (!existsSync(log())) return;
                    clearInterval(waiting);
                    dead = stack.kill();
                }, 10);
            },
        });
        await assert.rejects(run, { name: "EngineError", reason: "killed", operation: "up" });
        assert.equal(dead.length, 2, "the engine and the plugin of dynamic resources");
        // A killed process takes a moment to be gone.
        for (let tries = 0; tries < 100 && dead.some(isRunning); tries++) await wait(10);
        assert.deepEqual(dead.filter(isRunning), []);
        assert.deepEqual(stack.kill(), [], "nothing is left to kill");

        await assert.rejects(stack.up(), /currently locked by 1 lock/);
        await stack.cancel();
        writeFileSync(gate(), "");
        const up = await stack.up();
        assert.equal(up.changes.create, 1);
        assert.match(up.diagnostics.map(({ message }) => message).join("\n"), /interrupted while creating/);
        assert.equal(readFileSync(log(), "utf8"), "create\ncreate\n", "the pending create was called again");
        await stack.refresh({ clearPendingCreates: true });
        assert.deepEqual((await stack.preview()).changes, { same: 2 });
        assert.deepEqual((await stack.preview()).diagnostics, []);
        await stack.destroy();
    });

    it("leaves no connection to its engine, however the run ends: another engine may be given the same port", async () => {
        const stack = await open("connections");
        const monitors: Monitor[] = [];
        const program = (): Promise<Record<string, unknown>> => {
            monitors.push(pulumi.runtime.getMonitor() as unknown as Monitor);
            new Gate("one", { log: log(), gate: gate() });
            return Promise.resolve({});
        };
        await stack.preview({ program });
        const killed = stack.up({
            program,
            onEvent: ({ type, phase }) => {
                if (type.endsWith(":Gate") && phase === "start") stack.kill();
            },
        });
        await assert.rejects(killed, { reason: "killed" });
        // An engine that was not killed is still told what its program has to say in the end.
        await wait(1_100);
        const states = monitors.map((monitor) => monitor.getChannel().getConnectivityState(false));
        assert.deepEqual(states, [SHUTDOWN, SHUTDOWN]);
    });

    it("ends a run that hangs when its time is up, says what hung, and can run again", async () => {
        const stack = await open("hanging");
        const started = Date.now();
        await assert.rejects(stack.up({ limit: 8_000 }), (error: unknown) => {
            assert.ok(error instanceof EngineError);
            assert.equal(error.reason, "timed out");
            assert.match(
                error.message,
                /^pulumi up did not end within 8 s and was stopped. Unfinished: urn:.*::one\./,
            );
            return true;
        });
        assert.ok(Date.now() - started < 20_000);
        writeFileSync(gate(), "");
        assert.equal((await stack.up()).changes.create, 1);
        await stack.destroy();
    });

    it("tells why the engine failed in the program's own words", async () => {
        const stack = await open("failing", {
            program: () => Promise.reject(new Error("the drawbridge is stuck")),
        });
        await assert.rejects(stack.preview(), { reason: "failed", message: /the drawbridge is stuck/ });
    });

    it("runs several stacks at once", async () => {
        const stacks: EngineStack[] = [];
        for (const name of ["first", "second", "third"]) {
            stacks.push(await open(name));
            writeFileSync(gate(), "");
        }
        const ups = await Promise.all(stacks.map((stack) => stack.up()));
        assert.deepEqual(
            ups.map(({ changes }) => changes),
            [{ create: 2 }, { create: 2 }, { create: 2 }],
        );
        assert.deepEqual(
            (await Promise.all(stacks.map((stack) => stack.destroy()))).map(({ changes }) => changes),
            [{ delete: 2 }, { delete: 2 }, { delete: 2 }],
        );
    });
});
