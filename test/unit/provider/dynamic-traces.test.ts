/** Stack traces while a resource is declared: none for bookkeeping, one where the program is at fault. */
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ApiAccessRule } from "../../../provider/outscale/program/api-access-rule";

const LIMIT = 17;
const { stackTraceLimit, prepareStackTrace } = Error;

beforeAll(() =>
    pulumi.runtime.setMocks({
        newResource: ({ inputs }: pulumi.runtime.MockResourceArgs) => ({
            id: "aar-1",
            state: inputs as Record<string, unknown>,
        }),
        call: () => ({}),
    }),
);

afterEach(() => {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
});

function declare(name: string): Promise<unknown> {
    const rule = new ApiAccessRule(name, { ipRanges: ["192.0.2.0/24"] });
    return new Promise((resolve) => rule.ruleId.apply(resolve));
}

test("the SDK's bookkeeping takes none, its source position stays, and the limit is as it was", async () => {
    const taken: number[] = [];
    Error.stackTraceLimit = LIMIT;
    Error.prepareStackTrace = (error, frames) => {
        taken.push(frames.length);
        return String(error);
    };
    const declared = declare("office");
    expect(Error.stackTraceLimit).toBe(LIMIT);
    const inConstructor = [...taken];
    await declared;
    expect(inConstructor.length).toBeGreaterThan(20);
    const positions = inConstructor.filter((frames) => frames > 0);
    expect(positions.length).toBeGreaterThan(0);
    expect(positions.length).toBeLessThan(3);
});

test("a mistake in the program is still told with its place, and the limit is as it was", () => {
    Error.stackTraceLimit = LIMIT;
    let thrown: unknown;
    try {
        void declare("");
    } catch (error) {
        thrown = error;
    }
    expect(Error.stackTraceLimit).toBe(LIMIT);
    expect(thrown).toBeInstanceOf(Error);
    expect(String((thrown as Error).stack)).toContain("dynamic-traces.test.ts");
});
