import { beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ApiAccessRule } from "../../../../../provider/outscale/program/api-access-rule";

beforeAll(() =>
    pulumi.runtime.setMocks({
        newResource: ({ inputs }: pulumi.runtime.MockResourceArgs) => ({
            id: "aar-1",
            state: { caIds: [], cns: [], ...(inputs as Record<string, unknown>), ruleId: "aar-1" },
        }),
        call: () => ({}),
    }),
);

test("a list that the program leaves out is an output all the same, as the provider gives it", async () => {
    const rule = new ApiAccessRule("office", { ipRanges: ["192.0.2.0/24"] });
    const values = await new Promise((resolve) => {
        pulumi.all([rule.caIds, rule.cns, rule.ipRanges, rule.ruleId]).apply(resolve);
    });
    expect(pulumi.Output.isInstance(rule.caIds)).toBe(true);
    expect(pulumi.Output.isInstance(rule.cns)).toBe(true);
    expect(values).toEqual([[], [], ["192.0.2.0/24"], "aar-1"]);
});
