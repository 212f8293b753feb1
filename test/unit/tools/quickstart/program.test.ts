/** The quickstart's own program, and the line that is taken out of it on purpose. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { transformSync } from "esbuild";
import { withoutLine } from "../../../../tools/quickstart/program";

const PROGRAM = "examples/quickstart/index.ts";

describe("withoutLine", () => {
    test("takes out the first line that holds the text, and that alone", () => {
        expect(withoutLine("a\nb x\nc\nd x\n", "x")).toBe("a\nc\nd x\n");
        expect(withoutLine("x", "x")).toBe("");
        expect(withoutLine("a\nx", "x")).toBe("a");
    });

    test("refuses where no line holds it, rather than to show a program that was not changed", () => {
        expect(() => withoutLine("a\nb", 'x"y')).toThrow('no line of the program holds "x\\"y"');
    });
});

test("the program declares its certificate rule on one line, and compiles without it", () => {
    const source = readFileSync(PROGRAM, "utf8");
    // As tools/quickstart/main.ts names it.
    const { 1: rule = "" } =
        /const RULE = "([^"]+)"/.exec(readFileSync("tools/quickstart/main.ts", "utf8")) ?? [];
    expect(source.split("\n").filter((line) => line.includes(rule))).toHaveLength(1);
    const sabotaged = withoutLine(source, rule);
    expect(sabotaged.split("\n")).toHaveLength(source.split("\n").length - 1);
    expect(transformSync(sabotaged, { loader: "ts" }).code).toContain("rules: {}");
    expect(transformSync(source, { loader: "ts" }).code).not.toContain("rules: {}");
});

test("the root project runs this program", () => {
    expect(readFileSync("Pulumi.yaml", "utf8")).toContain("examples/quickstart");
});
