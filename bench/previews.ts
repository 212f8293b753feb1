/** How long the engine takes to preview 200 access rules, against 200 resources that do nothing. */
import type { EngineStack, RunResult } from "../tools/pulumi/engine";
import type { Benchmark, Measured } from "./figure";
import { compare, timePairs, type Turns } from "./pairs";
import { emptiesInPlace, programOf, rulesInPlace } from "./prepared";
import { declareEmpties, declareRules } from "./programs";
import type { Scope } from "./scope";

const COUNT = 200;
/** What the contract's own work may add to what any dynamic resource costs. */
const GOAL = { atMost: 1.15 };
const TURNS: Turns = { atLeast: 3, atMost: 5, within: 30_000 };

/** The first preview of a new stack: everything is to be created. */
export const previewNew: Benchmark = {
    name: `preview-${COUNT}-new`,
    goal: GOAL,
    async measure(scope) {
        const rules = await scope.stack("rules", programOf(declareRules, COUNT));
        const empties = await scope.stack("empties", programOf(declareEmpties, COUNT));
        return measure(scope, rules, empties, "create");
    },
};

/** The preview of a stack that is up already: nothing is to be changed. */
export const previewUnchanged: Benchmark = {
    name: `preview-${COUNT}-unchanged`,
    goal: GOAL,
    async measure(scope) {
        const rules = await rulesInPlace(scope, await scope.emulator(), COUNT);
        const empties = await emptiesInPlace(scope, COUNT);
        return measure(scope, rules, empties, "same");
    },
};

async function measure(
    scope: Scope,
    rules: EngineStack,
    empties: EngineStack,
    operation: "create" | "same",
): Promise<Measured> {
    let turn = 0;
    const preview = async (stack: EngineStack): Promise<void> => {
        scope.progress.step(`previewing ${COUNT} resources`, `run ${++turn}`);
        expectOnly(operation, await stack.preview());
    };
    // The first run of each side loads Pulumi's modules, and serializes the empty resources' provider.
    await preview(rules);
    await preview(empties);
    return compare(
        await timePairs(
            () => preview(rules),
            () => preview(empties),
            TURNS,
        ),
    );
}

/** A preview that planned anything else was not the one to measure. */
function expectOnly(operation: "create" | "same", { changes }: RunResult): void {
    // The stack itself is one resource more.
    if (changes[operation] === COUNT + 1 && Object.keys(changes).length === 1) return;
    throw new Error(`The preview should plan ${COUNT + 1} × ${operation}, not ${JSON.stringify(changes)}.`);
}
