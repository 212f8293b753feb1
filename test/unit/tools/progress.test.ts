import { describe, expect, test } from "@jest/globals";
import { createProgress, spell, type ProgressOptions } from "../../../tools/progress";

function screen(isTTY: boolean, options: ProgressOptions = {}, columns = 40) {
    const written: string[] = [];
    const stream = { write: (text: string) => written.push(text), isTTY, columns };
    return { written, progress: createProgress(stream, { environment: {}, ...options }) };
}

describe("on a pipe", () => {
    test("a new step is a line at once; its detail only every fifteen seconds", () => {
        let now = 100_000;
        const { written, progress } = screen(false, { now: () => now });
        progress.step("Building", "1 of 9");
        now += 14_999;
        progress.step("Building", "2 of 9");
        now += 1;
        progress.step("Building", "3 of 9");
        progress.step("Linking");
        progress.note("a note");
        progress.done("Built.");
        expect(written).toEqual([
            "Building: 1 of 9\n",
            "Building: 3 of 9\n",
            "Linking\n",
            "a note\n",
            "Built.\n",
        ]);
    });

    test("a step that ends without a text leaves its own line as it is, and the same step may begin again", () => {
        const { written, progress } = screen(false);
        progress.step("Up");
        progress.done();
        progress.step("Up");
        progress.fail("no engine");
        expect(written).toEqual(["Up\n", "Up\n", "failed: no engine\n"]);
    });

    test("there are no control characters, whatever the environment says", () => {
        const { written, progress } = screen(false, { environment: { TERM: "xterm", FORCE_COLOR: "1" } });
        progress.step("a");
        progress.done("b");
        expect(written.join("")).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    });
});

describe("on a terminal", () => {
    test("the status line is rewritten, and ends with a sign", () => {
        const { written, progress } = screen(true, { environment: { NO_COLOR: "1" } });
        progress.step("Building", "1 of 9");
        progress.step("Building", "2 of 9");
        progress.done();
        progress.fail("broken");
        expect(written).toEqual([
            "\r\u001b[2K· Building: 1 of 9",
            "\r\u001b[2K· Building: 2 of 9",
            "\r\u001b[2K✓ Building\n",
            "\r\u001b[2K✗ broken\n",
        ]);
    });

    test("a note goes above the status line, which is shown again", () => {
        const { written, progress } = screen(true, { environment: { NO_COLOR: "1" } });
        progress.step("Up");
        progress.note("hello");
        expect(written.slice(1)).toEqual(["\r\u001b[2Khello\n", "\r\u001b[2K· Up"]);
    });

    test("colours are used unless NO_COLOR is set", () => {
        const coloured = screen(true);
        coloured.progress.done("ok");
        expect(coloured.written).toEqual(["\r\u001b[2K\u001b[32m✓\u001b[0m ok\n"]);
    });

    test("a line longer than the terminal is cut, so that it can be rewritten", () => {
        const { written, progress } = screen(true, { environment: { NO_COLOR: "1" } }, 20);
        progress.step("a".repeat(100));
        expect(written).toEqual([`\r\u001b[2K· ${"a".repeat(17)}`]);
    });

    test("a dumb terminal gets plain lines", () => {
        const { written, progress } = screen(true, { environment: { TERM: "dumb" } });
        progress.step("Up");
        expect(written).toEqual(["Up\n"]);
    });
});

test.each([
    [0, "0 s"],
    [59_400, "59 s"],
    [59_600, "1 min 0 s"],
    [185_000, "3 min 5 s"],
])("spells %d milliseconds as %s", (milliseconds, spelled) => {
    expect(spell(milliseconds)).toBe(spelled);
});
