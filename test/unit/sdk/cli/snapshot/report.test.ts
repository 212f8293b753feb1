/** What the snapshot commands tell: a line that moves on a terminal, JSON lines elsewhere. */
import { expect, test } from "@jest/globals";
import { refuseSetting } from "../../../../../provider/vault/snapshot/refuse";
import { ageText, reportTo, sizeText } from "../../../../../sdk/cli/snapshot/report";

function record(isTTY: boolean) {
    let written = "";
    let clock = Date.UTC(2026, 10, 22);
    const target = { isTTY, write: (text: string) => (written += text) };
    const report = reportTo(target, () => new Date(clock));
    return { report, pass: (ms: number) => (clock += ms), written: () => written };
}

test("elsewhere each happening is a line of JSON, and those that repeat come now and then", () => {
    const { report, pass, written } = record(false);
    report.tell({ event: "canary", index: 7 }, "text");
    for (let bytes = 0; bytes < 20; bytes += 1) {
        report.move({ event: "streaming", bytes }, "text");
        pass(1_000);
    }
    report.failed(refuseSetting("VAULT_ADDR", "It lacks.", "Set it."));
    report.failed(new Error("else"));
    const lines = written()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ event, bytes }) => [event, bytes])).toEqual([
        ["canary", undefined],
        ...[0, 5, 10, 15].map((bytes) => ["streaming", bytes]),
        ["failed", undefined],
        ["failed", undefined],
    ]);
    expect(lines[0]).toEqual({ time: "2026-11-22T00:00:00.000Z", event: "canary", index: 7 });
    expect(lines[5]).toMatchObject({
        ...{ code: "InvalidConfiguration", property: "VAULT_ADDR", problem: "It lacks.", remedy: "Set it." },
    });
    expect(lines[6]).toMatchObject({ problem: "else" });
});

test("on a terminal one line moves, and what follows begins where it was", () => {
    const { report, pass, written } = record(true);
    report.move({ event: "streaming" }, "saved 1 B");
    report.move({ event: "streaming" }, "too soon");
    pass(100);
    report.move({ event: "streaming" }, "saved 2 B");
    report.tell({ event: "checked" }, "It is whole.");
    report.failed(new Error("else"));
    expect(written()).toBe("\r\x1b[2Ksaved 1 B\r\x1b[2Ksaved 2 B\r\x1b[2KIt is whole.\nportcullis: else\n");
});

test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [3_070_000, "3.1 MB"],
    [2 ** 31, "2.1 GB"],
    [5e15, "5000.0 TB"],
])("%d bytes are %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
});

test.each([
    [-5, "0 min"],
    [59_999, "0 min"],
    [119 * 60_000, "119 min"],
    [120 * 60_000, "2 h"],
    [71 * 3_600_000, "71 h"],
    [72 * 3_600_000, "3 d"],
])("%d ms ago is %s", (ms, text) => {
    expect(ageText(ms)).toBe(text);
});
