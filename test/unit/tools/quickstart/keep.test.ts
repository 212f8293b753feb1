/** What `--keep` leaves behind: a file to source for its owner alone, and commands without the secret. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { keepInstructions } from "../../../../tools/quickstart/keep";

let directory: string;
let text: string;
let file: string;

beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "portcullis-keep-"));
    const emulator = {
        endpoint: "https://127.0.0.1:4443/api/v1",
        caFile: "/somewhere/ca.pem",
        accessKey: "AAAAAAAAAAAAAAAAAAAA",
        secretKey: "S".repeat(40),
        region: "eu-west-2",
        pid: 4711,
        leave: () => undefined,
        stop: () => Promise.resolve(),
    };
    const cli = { command: "/opt/pulumi/pulumi", version: "3.256.0", origin: "found" as const };
    // Only the command is read here.
    text = keepInstructions(directory, emulator, cli as unknown as Parameters<typeof keepInstructions>[2]);
    file = readFileSync(join(directory, "env"), "utf8");
});
afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
});

test("the file sets what a program and the CLI need, each on a line", () => {
    const lines = file.split("\n");
    for (const line of [
        "export OSC_ENDPOINT_API='https://127.0.0.1:4443/api/v1'",
        "export OSC_CA_FILE='/somewhere/ca.pem'",
        "export OSC_REGION='eu-west-2'",
        "export OSC_ACCESS_KEY='AAAAAAAAAAAAAAAAAAAA'",
        `export OSC_SECRET_KEY='${"S".repeat(40)}'`,
        `export PATH="${resolve(directory, "bin")}:/opt/pulumi:$PATH"`,
    ])
        expect(lines).toContain(line);
    expect(lines.filter((line) => line.startsWith("export PULUMI_")).length).toBeGreaterThan(0);
});

test("the file is its owner's alone", () => {
    expect(statSync(join(directory, "env")).mode & 0o777).toBe(0o600);
});

test("the instructions end the emulator by its process id, destroy the stack, and hold no secret", () => {
    expect(text).toContain(`. ${join(directory, "env")} && cd ${join(directory, "project")}`);
    expect(text).toContain("pulumi destroy --yes");
    expect(text).toMatch(/kill 4711\s+# ends the emulator/);
    expect(text).not.toContain("S".repeat(40));
    expect(text).not.toContain("AAAAAAAAAAAAAAAAAAAA");
});
