/** Stacks that are already up, with as many resources as a benchmark wants, made by one small update and a copy. */
import type { RunningEmulator } from "../emulators/outscale";
import { engineType } from "../provider/dynamic";
import { apiAccessRule } from "../provider/outscale/api-access-rule";
import type { EngineStack } from "../tools/pulumi/engine";
import { z } from "zod";
import { declareEmpties, declareRules, EMPTY_TYPE, nameOf, ruleText } from "./programs";
import type { Scope } from "./scope";
import { multiply, type Copy } from "./state";

/** A stack of access rules that the emulated account has, each as declared. */
export async function rulesInPlace(
    scope: Scope,
    emulator: RunningEmulator,
    count: number,
): Promise<EngineStack> {
    const stack = await scope.stack("rules", programOf(declareRules, count), emulator);
    await stack.up({ program: programOf(declareRules, 1), outputs: false });
    const copies = indices(count).map((index): Copy => {
        const { ipRange, description } = ruleText(index);
        const id = ruleIdOn(emulator, ipRange) ?? createRule(emulator, index);
        return {
            name: nameOf(index),
            id,
            inputs: { ipRanges: [ipRange], description },
            outputs: { ruleId: id },
        };
    });
    await stack.importState(multiply(await stack.exportState(), engineType(apiAccessRule.token), copies));
    return stack;
}

/** A stack of empty resources. */
export async function emptiesInPlace(scope: Scope, count: number): Promise<EngineStack> {
    const stack = await scope.stack("empties", programOf(declareEmpties, count));
    await stack.up({ program: programOf(declareEmpties, 1), outputs: false });
    const copies = indices(count).map((index): Copy => ({
        name: nameOf(index),
        id: "empty",
        inputs: {},
        outputs: {},
    }));
    await stack.importState(multiply(await stack.exportState(), EMPTY_TYPE, copies));
    return stack;
}

/** A program that declares that many resources. */
export function programOf(declare: (count: number) => void, count: number): () => Promise<void> {
    return () => {
        declare(count);
        return Promise.resolve();
    };
}

function indices(count: number): readonly number[] {
    return Array.from({ length: count }, (_, index) => index);
}

function ruleIdOn({ account }: RunningEmulator, ipRange: string): string | undefined {
    return account.rules().find(({ IpRanges }) => IpRanges.includes(ipRange))?.ApiAccessRuleId;
}

const created = z.object({ ApiAccessRule: z.object({ ApiAccessRuleId: z.string() }) });

/** Directly in the account, so that no call is counted. */
function createRule({ account }: RunningEmulator, index: number): string {
    const { ipRange, description } = ruleText(index);
    const request = { IpRanges: [ipRange], Description: description };
    const { body } = account.execute("CreateApiAccessRule", request, { sourceAddress: "127.0.0.1" });
    return created.parse(body).ApiAccessRule.ApiAccessRuleId;
}
