/** The programs that are measured: access rules, and the least that a dynamic resource can be. */
import * as pulumi from "@pulumi/pulumi";
import { ApiAccessRule } from "../provider/outscale/program/api-access-rule";

/** What the nth rule says, as the API has it too. */
export interface RuleText {
    readonly ipRange: string;
    readonly description: string;
}

/** The nth rule, 0 to 255. */
export function ruleText(index: number): RuleText {
    return { ipRange: `10.0.${index}.0/24`, description: `office ${index}` };
}

/** Declares that many access rules, each of its own. */
export function declareRules(count: number): void {
    for (let index = 0; index < count; index++) {
        const { ipRange, description } = ruleText(index);
        new ApiAccessRule(nameOf(index), { ipRanges: [ipRange], description });
    }
}

const nothing: pulumi.dynamic.ResourceProvider = {
    check: (_olds: unknown, inputs: unknown) => Promise.resolve({ inputs, failures: [] }),
    diff: () => Promise.resolve({ changes: false }),
    create: () => Promise.resolve({ id: "empty", outs: {} }),
};

class Empty extends pulumi.dynamic.Resource {
    constructor(name: string) {
        super(nothing, name, {}, undefined, "bench", "Empty");
    }
}

/** The engine's type of an empty resource. */
export const EMPTY_TYPE = "pulumi-nodejs:dynamic/bench:Empty";

/** Declares that many resources without any property, all of one provider, which Pulumi then serializes only once. */
export function declareEmpties(count: number): void {
    for (let index = 0; index < count; index++) new Empty(nameOf(index));
}

/** The name of the nth resource of a program. */
export function nameOf(index: number): string {
    return `resource-${index}`;
}
