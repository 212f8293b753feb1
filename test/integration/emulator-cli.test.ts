/** The command that runs the OUTSCALE emulator, as a process of its own. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { EmulateOutscaleOptions } from "../../emulators/outscale/cli";
import { callApi, outcomeOf } from "../oracles/https-client";

interface Connection {
    readonly endpoint: string;
    readonly caFile: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: string;
}

describe("the command of the OUTSCALE emulator", () => {
    const children: ChildProcess[] = [];
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "emulator-cli-"));
    });
    afterEach(async () => {
        for (const child of children.splice(0)) {
            if (child.exitCode === null && child.signalCode === null) {
                // Told, not killed: so it takes its file of the authority away.
                child.kill("SIGTERM");
                await once(child, "exit");
            }
        }
        rmSync(folder, { recursive: true });
    });

    function start(options: EmulateOutscaleOptions) {
        const script =
            `require("./emulators/outscale/cli").emulateOutscale(${JSON.stringify(options)})` +
            `.catch((error) => { console.error(error.message); process.exitCode = 1; })`;
        const child = spawn(process.execPath, ["-r", "tsx/cjs", "-e", script], {
            cwd: join(__dirname, "..", ".."),
            stdio: ["ignore", "pipe", "pipe"],
        });
        children.push(child);
        const printed = { out: "", err: "" };
        child.stdout.on("data", (chunk: Buffer) => (printed.out += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (printed.err += chunk.toString()));
        return { child, printed };
    }

    async function firstOutput(running: ReturnType<typeof start>): Promise<string> {
        while (!running.printed.out.includes("\n")) {
            await Promise.race([once(running.child.stdout, "data"), once(running.child, "exit")]);
            if (running.child.exitCode !== null) throw new Error(running.printed.err);
        }
        return running.printed.out;
    }

    const target = (connection: Connection) => ({
        ...connection,
        caPem: readFileSync(connection.caFile, "utf8"),
    });

    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        it(`prints one line of JSON, serves, and closes at ${signal}`, async () => {
            const running = start({ json: true, region: "us-east-2", defaultRules: "world-only" });
            const connection = JSON.parse(await firstOutput(running)) as Connection; // its form is checked below
            assert.deepEqual(Object.keys(connection), [
                "endpoint",
                "caFile",
                "accessKey",
                "secretKey",
                "region",
            ]);
            const answer = await callApi(target(connection), "ReadVms", { signing: { region: "us-east-2" } });
            assert.equal(outcomeOf(answer), "200");
            running.child.kill(signal);
            const [code] = (await once(running.child, "exit")) as [number | null]; // an exit's code comes first
            assert.equal(code, 0);
            assert.equal(running.printed.out.split("\n").length, 2);
            assert.equal(running.printed.err, "");
            assert.equal(existsSync(connection.caFile), false);
        });
    }

    it("keeps the account in a file over a kill", async () => {
        const stateFile = join(folder, "account.json");
        const first = start({ json: true, stateFile, directory: folder });
        const before = JSON.parse(await firstOutput(first)) as Connection;
        const body = JSON.stringify({ IpRanges: ["192.0.2.1"] });
        assert.equal(outcomeOf(await callApi(target(before), "CreateApiAccessRule", { body })), "200");
        first.child.kill("SIGKILL");
        await once(first.child, "exit");
        const second = start({ json: true, stateFile, directory: folder });
        const after = JSON.parse(await firstOutput(second)) as Connection;
        assert.deepEqual([after.accessKey, after.secretKey], [before.accessKey, before.secretKey]);
        const rules = await callApi(target(after), "ReadApiAccessRules");
        assert.match(JSON.stringify(rules.body), /192\.0\.2\.1/);
    });

    it("applies its options: clock, address, throttle", async () => {
        const clockOffsetMs = 86_400_000;
        const running = start({ json: true, clockOffsetMs, sourceAddress: "2001:db8::1" });
        const connection = JSON.parse(await firstOutput(running)) as Connection;
        assert.equal(outcomeOf(await callApi(target(connection), "ReadVms")), "401/1");
        const signing = { now: new Date(Date.now() + clockOffsetMs) };
        assert.equal(outcomeOf(await callApi(target(connection), "ReadVms", { signing })), "401/14");
        const busy = start({ json: true, throttle: 1 });
        const other = JSON.parse(await firstOutput(busy)) as Connection;
        assert.equal(outcomeOf(await callApi(target(other), "ReadVms")), "429/25");
    });

    it("prints lines for people, and says why it cannot start", async () => {
        const running = start({ directory: folder });
        const text = await firstOutput(running);
        assert.match(text, /^Emulated OUTSCALE API at https:\/\/127\.0\.0\.1:\d+\/api\/v1\n/);
        assert.match(text, /\nexport OSC_ACCESS_KEY=[A-Z0-9]{20}\n/);
        const failing = start({ region: "mars-1" });
        const [code] = (await once(failing.child, "exit")) as [number | null];
        assert.equal(code, 1);
        assert.match(failing.printed.err, /region 'mars-1' is unknown/);
        assert.equal(failing.printed.out, "");
    });

    it("is met by curl's own signatures", async function () {
        const version = /^curl (\d+)\.(\d+)/.exec(
            spawnSync("curl", ["--version"], { encoding: "utf8" }).stdout || "",
        );
        if (version === null || Number(version[1]) * 1000 + Number(version[2]) < 7075) {
            console.log("      skipped: no curl of 7.75 or later");
            this.skip();
        }
        const running = start({ json: true });
        const connection = JSON.parse(await firstOutput(running)) as Connection;
        const curl = (provider: string, secretKey: string) => {
            // The key travels in a configuration on standard input, as no secret belongs in an argument.
            const { stdout } = spawnSync("curl", ["--silent", "--config", "-"], {
                encoding: "utf8",
                input: [
                    `url = "${connection.endpoint}/ReadVms"`,
                    `cacert = "${connection.caFile}"`,
                    `aws-sigv4 = "${provider}"`,
                    `user = "${connection.accessKey}:${secretKey}"`,
                    'header = "Content-Type: application/json"',
                    'data = "{}"',
                    'write-out = "\\n%{http_code}"',
                ].join("\n"),
            });
            return stdout.split("\n").at(-1);
        };
        assert.equal(curl("osc:osc:eu-west-2:api", connection.secretKey), "200");
        assert.equal(curl("aws:amz:eu-west-2:oapi", connection.secretKey), "200");
        assert.equal(curl("osc:osc:eu-west-2:api", "A".repeat(40)), "401");
    });
});
