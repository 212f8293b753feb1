/** The `portcullis fleet` command as its users run it: what it prints, how it ends, and what Ctrl-C does. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { z } from "zod";
import type { FleetDescription } from "../../sdk/fleet";
import { OPENING, skipWherePlain } from "../support/deployment";
import { openFleet, type FleetPlace } from "../support/fleet";

const MAIN = resolve(__dirname, "..", "..", "dist", "sdk", "cli", "main.js");

const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { outscale } = require("pulumi-portcullis");
module.exports = async () => {
    const config = new pulumi.Config();
    const [office, watch] = [config.require("office"), config.get("watch")];
    if (config.getBoolean("endless")) await new Promise(() => undefined);
    const protect = watch === undefined ? [] : [{ name: "watch", sourceIp: watch }];
    const plan = new outscale.ApiAccessPlan("plan", { rules: [{ name: "office", ipRanges: [office] }], protect });
    new outscale.ApiAccessRule("office", { ipRanges: [office] }, { dependsOn: plan });
};
`;

const lineSchema = z.looseObject({ event: z.string() });

describe("the fleet command", function () {
    this.timeout(120_000);

    let place: FleetPlace;
    const children: ChildProcess[] = [];

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        place = await openFleet(["a", "b"]);
        writeFileSync(join(place.workDir, "program.js"), PROGRAM);
    });

    afterEach(() => {
        for (const child of children.splice(0)) {
            if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        }
    });

    after(() => place.close());

    function write(config: Readonly<Record<string, string>> = {}): string {
        const fleet: FleetDescription = {
            source: { workDir: ".", program: "program.js" },
            accounts: [place.account("a"), place.account("b", config)],
        };
        return place.write(fleet);
    }

    /** Starts the command as the leader of its group, as a shell does for what it runs in a terminal. */
    function start(...args: string[]) {
        const child = spawn(process.execPath, [MAIN, "fleet", ...args], {
            env: { ...process.env, ...place.environment, ...place.variables },
            stdio: ["ignore", "pipe", "pipe"],
            detached: true,
        });
        children.push(child);
        const printed = { out: "", err: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (printed.out += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.err += text));
        const closed = once(child, "close");
        return {
            printed,
            lines: () =>
                printed.out
                    .split("\n")
                    .slice(0, -1)
                    .map((line) => lineSchema.parse(JSON.parse(line))),
            /** Waits until it has printed this. */
            until: async (text: string): Promise<void> => {
                while (!printed.out.includes(text)) {
                    await Promise.race([once(child.stdout, "data"), closed]);
                    if (child.exitCode !== null) throw new Error(`it ended: ${printed.out}${printed.err}`);
                }
            },
            /** What a terminal does: the signal goes to the whole group. */
            interrupt: (): void => {
                assert.ok(child.pid !== undefined);
                process.kill(-child.pid, "SIGINT");
            },
            ended: async (): Promise<number | null> => {
                await closed;
                return child.exitCode;
            },
        };
    }

    it("previews every account, prints each refusal in full, and fails for it", async () => {
        const seen = watchArguments();
        const run = start("preview", write({ watch: "192.0.2.99" }));
        assert.equal(await run.ended(), 1);
        seen.stop();
        assert.equal(run.printed.err, "");
        assert.match(run.printed.out, /^a: 3 create \(\d of 2\)$/m);
        assert.match(run.printed.out, /^a {8}succeeded {6}1 +\d+ s {2}3 create$/m);
        assert.match(
            run.printed.out,
            /^b failed:\n {2}.*'plan' has a problem: rules: Lock-out refused: .*\.$/m,
        );
        assert.match(run.printed.out, /^preview: 1 succeeded, 1 failed, 0 not begun\.\n$/m);
        const setting = seen.all.some((text) => text.includes("outscale:region"));
        assert.ok(setting || !existsSync("/proc"), "arguments were seen at all");
        for (const secret of Object.values(place.variables)) {
            assert.ok(!seen.all.some((text) => text.includes(secret)), "no argument holds a secret");
        }
    });

    it("refuses to destroy unless it is told so, and names what is wrong in a file", async () => {
        const run = start("destroy", write());
        assert.equal(await run.ended(), 1);
        assert.equal(
            run.printed.err,
            "portcullis: This would destroy the stacks of 2 accounts, and was not begun. Give `--yes` if that is what " +
                "you mean, and `--only` if you mean fewer.\n",
        );
        const file = join(place.workDir, "bad.yaml");
        writeFileSync(file, "source: {}\naccounts: [{ name: A }]\n");
        const bad = start("manifests", file);
        assert.equal(await bad.ended(), 1);
        assert.equal(
            bad.printed.err,
            `portcullis: ${file} is no description of a fleet. accounts[0].name: Give a name of a-z, 0-9 and hyphens ` +
                "between them. Nothing has been done.\n",
        );
    });

    it("lets what runs end at the first Ctrl-C, begins nothing new, and says what is left", async () => {
        const run = start("up", write(), "--json", "--canary", "0", "--parallel", "1");
        await run.until('"begun"');
        run.interrupt();
        assert.equal(await run.ended(), 1);
        const lines = run.lines();
        assert.deepEqual(
            lines.map(({ event, account, outcome }) => [event, account, outcome].filter(Boolean)),
            [["begun", "a"], ["note"], ["ended", "a", "succeeded"], ["summary"]],
        );
        assert.deepEqual(lines.at(-1), {
            event: "summary",
            operation: "up",
            halt: "interrupted",
            ...{ succeeded: 1, failed: 0, notBegun: 1 },
        });
        assert.equal(place.emulators.get("a")?.account.rules().length, 3);
        assert.deepEqual(place.emulators.get("b")?.calls, []);
    });

    it("interrupts what runs at the second", async () => {
        const run = start("up", write({ endless: "true" }), "--json", "--only", "b");
        await run.until('"begun"');
        run.interrupt();
        await run.until('"note"');
        run.interrupt();
        assert.equal(await run.ended(), 1);
        const ended = run.lines().find(({ event }) => event === "ended");
        assert.equal(ended?.outcome, "failed");
        assert.equal(z.array(z.string()).parse(ended.reasons)[0], "It was interrupted.");
    });
});

/** Looks at the arguments of all processes, again and again, where the system shows them. */
function watchArguments() {
    const all: string[] = [];
    const timer = setInterval(() => {
        if (!existsSync("/proc")) return;
        for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
            try {
                all.push(readFileSync(`/proc/${entry}/cmdline`, "utf8"));
            } catch {
                // It has ended meanwhile.
            }
        }
    }, 20);
    return {
        all,
        stop: () => {
            clearInterval(timer);
        },
    };
}
