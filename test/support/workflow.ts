/** The example's workflow, read strictly. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const WORKFLOW = resolve(__dirname, "../../examples/pull-requests/.github/workflows/preview.yml");

const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const step = z.strictObject({
    name: z.string().optional(),
    id: z.string().optional(),
    if: z.string().optional(),
    uses: z.string().optional(),
    with: values.optional(),
    env: values.optional(),
    run: z.string().optional(),
});

const workflow = z.strictObject({
    name: z.string(),
    on: z.strictObject({ pull_request: z.null() }),
    permissions: z.record(z.string(), z.string()),
    concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
    defaults: z.strictObject({ run: z.strictObject({ shell: z.string() }) }),
    jobs: z.strictObject({
        preview: z.strictObject({
            if: z.string(),
            "runs-on": z.string(),
            "timeout-minutes": z.number(),
            permissions: z.record(z.string(), z.string()),
            env: values,
            steps: z.array(step),
        }),
    }),
});

export type WorkflowStep = z.output<typeof step>;

export function readWorkflow(): z.output<typeof workflow> {
    return workflow.parse(parse(readFileSync(WORKFLOW, "utf8"), { strict: true, uniqueKeys: true }));
}

/** The step of this name, which runs a script. */
export function scriptOf(name: string): string {
    const found = readWorkflow().jobs.preview.steps.find((each) => each.name === name)?.run;
    if (found === undefined) throw new Error(`The workflow has no step "${name}" that runs something.`);
    return found;
}
