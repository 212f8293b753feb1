import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFleet } from "../../../../sdk/fleet/read";

let folder: string;
beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-read-"));
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

function file(text: string): string {
    const path = join(folder, "fleet.yaml");
    writeFileSync(path, text);
    return path;
}

test("takes every scalar for the text that it is, and paths from the file's folder", () => {
    const { accounts, rollout, source } = readFleet(
        file(
            "source: { workDir: . }\nrollout: { canary: 2 }\naccounts:\n  - name: a\n    config: { k: 1E5, n: no, z: 007 }\n",
        ),
    );
    expect(accounts[0]?.config).toEqual({ k: "1E5", n: "no", z: "007" });
    expect([rollout.canary, source.workDir]).toEqual([2, folder]);
});

test("reads JSON", () => {
    const json = JSON.stringify({ source: {}, accounts: [{ name: "a", config: { n: 3, t: true } }] });
    expect(readFleet(file(json)).accounts[0]?.config).toEqual({ n: "3", t: "true" });
});

test.each([
    [
        "the same key twice",
        "source: {}\nsource: {}\n",
        /^The fleet file \S+ is no YAML at line 2 \(DUPLICATE_KEY\)\./,
    ],
    ["an open bracket", "source: {\naccounts:", /^The fleet file \S+ is no YAML at line \d \(\w+\)\./],
])("refuses %s", (_, text, message) => {
    expect(() => readFleet(file(text))).toThrow(message);
});

test("names the file in what is wrong in it, and says where one is missing", () => {
    const path = file("source: {}\naccounts: []\n");
    expect(() => readFleet(path)).toThrow(
        `${path} is no description of a fleet. accounts: Name at least one account. Nothing has been done.`,
    );
    expect(() => readFleet(join(folder, "none.yaml"))).toThrow(
        `The fleet file ${join(folder, "none.yaml")} cannot be read.`,
    );
});
