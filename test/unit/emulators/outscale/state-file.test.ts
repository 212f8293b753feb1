import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Bench, WORLD } from "./account-helper";

let folder: string;
let stateFile: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "state-file-"));
    stateFile = join(folder, "account.json");
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

test("every change is kept, and taken up by the next account of the file", () => {
    const first = new Bench({ stateFile });
    const id = first.createRule({ IpRanges: ["203.0.113.9"], Description: "kept" });
    const second = new Bench({ stateFile, region: "us-east-2", defaultRules: "none" });
    expect(second.account.snapshot()).toEqual(first.account.snapshot());
    expect(second.account.accessKey).toBe(first.account.accessKey);
    second.keepOnly(id);
    expect(new Bench({ stateFile }).account.admits(WORLD)).toBe(false);
});

test("the file is its owner's alone, and nothing else is left beside it", () => {
    new Bench({ stateFile }).createRule({ IpRanges: ["203.0.113.9"] });
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["account.json"]);
});

test("a file that is no state is refused, and left alone, and not quoted", () => {
    writeFileSync(stateFile, '{"SecretKey":"hush"}');
    expect(() => new Bench({ stateFile })).toThrow(/is no state of an emulated OUTSCALE account/);
    expect(() => new Bench({ stateFile })).not.toThrow(/hush/);
    expect(readFileSync(stateFile, "utf8")).toBe('{"SecretKey":"hush"}');
});

test("a key of another account is refused", () => {
    new Bench({ stateFile });
    expect(() => new Bench({ stateFile, accessKey: "A".repeat(20) })).toThrow(/another access key/);
});
