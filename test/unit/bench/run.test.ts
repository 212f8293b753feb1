import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { Benchmark } from "../../../bench/figure";
import { measureAll } from "../../../bench/run";
import { silent } from "../../../tools/progress";

test("what cannot be measured is told with its reason, the others go on, and nothing made for them stays", async () => {
    const folders: string[] = [];
    const benchmark = (name: string, measure: () => number): Benchmark => ({
        name,
        goal: { atMost: 1 },
        measure(scope) {
            folders.push(scope.folder(), scope.folder());
            return Promise.resolve().then(() => ({ ratio: measure(), detail: "" }));
        },
    });
    const broken = benchmark("broken", () => {
        throw new Error("no openssl");
    });
    const seen: string[] = [];
    const { figures, failures } = await measureAll([broken, benchmark("missed", () => 2)], {
        progress: silent,
        onFigure: ({ name, met }) => seen.push(`${name} ${String(met)}`),
    });
    expect(failures).toEqual([{ name: "broken", reason: "no openssl" }]);
    expect(figures.map(({ name }) => name)).toEqual(["missed"]);
    expect(seen).toEqual(["missed false"]);
    expect(folders).toHaveLength(4);
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
});
