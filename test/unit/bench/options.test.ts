import { expect, test } from "@jest/globals";
import { parseOptions } from "../../../bench/options";

const NAMES = ["bytes", "preview", "rate"];

test("everything is measured unless asked otherwise", () => {
    expect(parseOptions([], NAMES)).toEqual({ json: false, help: false, wanted: NAMES });
});

test("named figures are measured in their own order, each once", () => {
    const args = ["--only", "rate", "--json", "--only", "bytes", "--only=rate"];
    expect(parseOptions(args, NAMES)).toEqual({ json: true, help: false, wanted: ["bytes", "rate"] });
});

test("what there is not is refused with what there is", () => {
    expect(() => parseOptions(["--only", "speed"], NAMES)).toThrow(
        'There is no figure "speed". Use one of: bytes, preview, rate.',
    );
    expect(() => parseOptions(["--quick"], NAMES)).toThrow("--quick");
    expect(() => parseOptions(["bytes"], NAMES)).toThrow("bytes");
});
