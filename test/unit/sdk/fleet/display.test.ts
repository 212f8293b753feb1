import { describe, expect, test } from "@jest/globals";
import { createDisplay, jsonDisplay, summaryText } from "../../../../sdk/fleet/display";
import type { AccountReport, FleetReport } from "../../../../sdk/fleet/drive";

const account = (name: string, parts: Partial<AccountReport> = {}): AccountReport => ({
    account: name,
    stack: name,
    outcome: "succeeded",
    tries: 1,
    changes: { create: 3, same: 1 },
    reasons: [],
    milliseconds: 4_400,
    ...parts,
});

const failed = account("shop", {
    outcome: "failed",
    tries: 2,
    changes: {},
    reasons: ["Lock-out refused: the door.\nSecond line.", "Another reason."],
});
const left = account("zoo", { outcome: "not begun", tries: 0, changes: {}, milliseconds: 0 });
const report: FleetReport = {
    operation: "up",
    accounts: [account("sandbox"), failed, left],
    halt: "failures",
    succeeded: false,
};

const SUMMARY = `
account  outcome    tries     time  changes
sandbox  succeeded      1      4 s  3 create
shop     failed         2      4 s
zoo      not begun      0

shop failed:
  Lock-out refused: the door.
  Second line.
  Another reason.

up: 1 succeeded, 1 failed, 1 not begun.
Too many accounts failed: nothing else was begun.
Left: zoo.
`;

function screen(isTTY: boolean, options: { columns?: number; term?: string; now?: () => number } = {}) {
    const written: string[] = [];
    const { columns = 60, term = "xterm", now = () => 0 } = options;
    const stream = { write: (text: string) => written.push(text), isTTY, columns };
    const display = createDisplay(stream, { operation: "up", total: 3, environment: { TERM: term }, now });
    return { written, display };
}

test("the summary has every account, and every reason in full", () => {
    expect(summaryText(report)).toBe(SUMMARY);
});

test.each<[halt: "canary" | "interrupted", sentence: string]>([
    ["canary", "A canary failed: nothing else was begun."],
    ["interrupted", "It was interrupted: nothing else was begun."],
])("the summary says why accounts were left: %s", (halt, sentence) => {
    expect(summaryText({ ...report, halt })).toContain(`\n${sentence}\nLeft: zoo.\n`);
});

test.each([
    [false, "xterm"],
    [true, "dumb"],
])("plain lines, without control characters (terminal %p, TERM %s)", (isTTY, term) => {
    const { written, display } = screen(isTTY, { term });
    display.tell({ event: "begun", account: "shop", tried: 1 });
    display.tell({ event: "progress", account: "shop", done: 1 });
    display.tell({ event: "resting", account: "shop", tried: 1, reasons: ["HTTP 503\nmore"] });
    display.tell({ event: "begun", account: "shop", tried: 2 });
    display.tell({ event: "ended", ...failed });
    display.tell({ event: "ended", ...account("sandbox", { changes: { same: 4 } }) });
    display.note("a note");
    display.end(report);
    expect(written.join("")).toBe(
        [
            "shop: up",
            "shop: will be tried again: HTTP 503",
            "shop: up, try 2",
            "shop: failed: Lock-out refused: the door. (1 of 3)",
            "sandbox: no changes (2 of 3)",
            "a note",
            SUMMARY,
        ].join("\n"),
    );
    expect(written.join("")).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

describe("on a terminal", () => {
    test("a few lines are rewritten; failures, rests and notes stay above them", () => {
        let time = 0;
        const { written, display } = screen(true, { now: () => time });
        const last = () => written.at(-1);
        display.tell({ event: "begun", account: "shop", tried: 1 });
        expect(last()).toBe("up: 0 of 3 done, 0 failed, 1 in work, 2 to go\n  shop: 0 resources, 0 s\n");
        time = 99;
        display.tell({ event: "progress", account: "shop", done: 1 });
        expect(written.length).toBe(1);
        time = 1_500;
        display.tell({ event: "progress", account: "shop", done: 2 });
        expect(last()).toBe(
            "\u001b[2A\u001b[Jup: 0 of 3 done, 0 failed, 1 in work, 2 to go\n  shop: 2 resources, 2 s\n",
        );
        display.tell({ event: "resting", account: "shop", tried: 1, reasons: ["HTTP 503"] });
        expect(last()).toBe(
            "\u001b[2A\u001b[Jshop: will be tried again: HTTP 503\nup: 0 of 3 done, 0 failed, 0 in work, 3 to go\n",
        );
        display.tell({ event: "begun", account: "shop", tried: 2 });
        display.tell({ event: "ended", ...failed });
        expect(last()).toBe(
            "\u001b[2A\u001b[Jshop: failed: Lock-out refused: the door.\n" +
                "up: 0 of 3 done, 1 failed, 0 in work, 2 to go\n",
        );
        display.tell({ event: "begun", account: "sandbox", tried: 1 });
        display.tell({ event: "ended", ...account("sandbox") });
        display.note("a note");
        expect(last()).toBe("\u001b[1A\u001b[Ja note\nup: 1 of 3 done, 1 failed, 0 in work, 1 to go\n");
        display.end(report);
        expect(last()).toBe(`\u001b[1A\u001b[J${SUMMARY}`);
    });

    test("accounts beyond eight are counted, and long lines cut", () => {
        const { written, display } = screen(true, { columns: 20 });
        for (let index = 0; index < 10; index += 1) {
            display.tell({ event: "begun", account: `account-${index}`, tried: 1 });
        }
        const lines = (written.at(-1) ?? "").split("\n");
        expect(lines.slice(-3)).toEqual(["  account-7: 0 reso", "  and 2 more", ""]);
        expect(lines.length).toBe(1 + 8 + 1 + 1);
    });
});

test("lines of JSON, without progress", () => {
    const written: string[] = [];
    const display = jsonDisplay({ write: (text) => written.push(text) });
    display.tell({ event: "begun", account: "shop", tried: 1 });
    display.tell({ event: "progress", account: "shop", done: 1 });
    display.tell({ event: "ended", ...failed });
    display.note("a note");
    display.end(report);
    expect(written.map((line): unknown => JSON.parse(line))).toEqual([
        { event: "begun", account: "shop", tried: 1 },
        { event: "ended", ...failed },
        { event: "note", text: "a note" },
        { event: "summary", operation: "up", halt: "failures", succeeded: 1, failed: 1, notBegun: 1 },
    ]);
    expect(written.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1)).toBe(true);
});
