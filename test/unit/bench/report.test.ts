import { expect, test } from "@jest/globals";
import type { Figure } from "../../../bench/figure";
import { jsonLine, table } from "../../../bench/report";

const bytes: Figure = {
    name: "bytes",
    ratio: 0.042,
    goal: { atMost: 0.25 },
    met: true,
    detail: "96 of 2312",
};
const rate: Figure = { name: "rate", ratio: 0.9, goal: { atLeast: 1 }, met: false, detail: "9 of 10" };

test("a figure is one line of JSON with exactly four fields", () => {
    expect(jsonLine(bytes)).toBe('{"name":"bytes","ratio":0.042,"goal":0.25,"met":true}');
    expect(jsonLine(rate)).toBe('{"name":"rate","ratio":0.9,"goal":1,"met":false}');
});

test("the table says which way each goal points, and which are missed", () => {
    expect(table([bytes, rate]).split("\n")).toEqual([
        "figure  ratio  goal                  measured",
        "bytes   0.042  at most 0.25  met     96 of 2312",
        "rate    0.9    at least 1    MISSED  9 of 10",
    ]);
});
