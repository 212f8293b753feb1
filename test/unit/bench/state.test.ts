import { expect, test } from "@jest/globals";
import { multiply } from "../../../bench/state";

const stack = { urn: "urn:pulumi:dev::bench::pulumi:pulumi:Stack::bench-dev", type: "pulumi:pulumi:Stack" };
const original = {
    urn: "urn:pulumi:dev::bench::pulumi:pulumi:Stack$x:Rule::rule-0",
    type: "x:Rule",
    id: "aar-0",
    custom: true,
    parent: stack.urn,
    inputs: { ranges: ["a"], __provider: "text" },
    outputs: { ranges: ["a"], __provider: "text", ruleId: "aar-0" },
};
const deployment = { version: 3, deployment: { manifest: { magic: "m" }, resources: [stack, original] } };

test("copies differ in name, id and what they are told; everything else stays, in its place", () => {
    const copies = ["b", "c"].map((range, index) => ({
        name: `rule-${index}`,
        id: `aar-${range}`,
        inputs: { ranges: [range] },
        outputs: { ruleId: `aar-${range}` },
    }));
    const copy = (index: number, range: string) => ({
        ...original,
        urn: `urn:pulumi:dev::bench::pulumi:pulumi:Stack$x:Rule::rule-${index}`,
        id: `aar-${range}`,
        inputs: { ranges: [range], __provider: "text" },
        outputs: { ranges: [range], __provider: "text", ruleId: `aar-${range}` },
    });
    expect(multiply(deployment, "x:Rule", copies)).toEqual({
        version: 3,
        deployment: { manifest: { magic: "m" }, resources: [stack, copy(0, "b"), copy(1, "c")] },
    });
});

test("a state without the one resource is refused, and so is one with several", () => {
    expect(() => multiply(deployment, "x:Other", [])).toThrow("one resource of the type x:Other");
    const twice = { version: 3, deployment: { resources: [original, { ...original }] } };
    expect(() => multiply(twice, "x:Rule", [])).toThrow("one resource of the type x:Rule");
});
