/** The example's workflow as it stands: what it may do, what it uses, and that GitHub would take it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, describe, it } from "mocha";
import { goProgram } from "../oracles/go";
import { readWorkflow, WORKFLOW } from "../support/workflow";

describe("the workflow for pull requests", () => {
    const workflow = readWorkflow();
    const { preview } = workflow.jobs;

    it("may read the repository and write comments, and nothing else", () => {
        assert.deepEqual(workflow.permissions, {});
        assert.deepEqual(preview.permissions, { contents: "read", "pull-requests": "write" });
        assert.equal(preview.steps[0]?.with?.["persist-credentials"], false);
    });

    it("runs on no code of forks", () => {
        assert.deepEqual(workflow.on, { pull_request: null });
        assert.equal(preview.if, "github.event.pull_request.head.repo.full_name == github.repository");
    });

    it("uses actions of GitHub and of Pulumi at one commit each, and runs no scripts of packages", () => {
        assert.deepEqual(
            preview.steps.flatMap(({ uses }) => uses ?? []),
            [
                "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
                "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020",
                "pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d",
            ],
        );
        const installs = preview.steps.flatMap(({ run }) => (run?.startsWith("npm") === true ? run : []));
        assert.deepEqual(installs, ["npm ci --ignore-scripts"]);
    });

    it("hands each secret to the one step that needs it, in its environment", () => {
        const expressions = (value: unknown): readonly string[] =>
            JSON.stringify(value ?? {}).match(/secrets\.\w+|github\.token/g) ?? [];
        assert.deepEqual(expressions(preview.env), []);
        assert.deepEqual(
            preview.steps
                .filter((step) => expressions(step).length > 0)
                .map((step) => [step.name, expressions(step.env)]),
            [
                ["Preview", ["secrets.PULUMI_CONFIG_PASSPHRASE"]],
                ["Comment", ["github.token"]],
            ],
        );
        for (const { run = "" } of preview.steps)
            assert.doesNotMatch(run, /\$\{\{/, "no expression in a script");
    });

    it("lets no preview of a pull request wait for, or overtake, another one of it", () => {
        assert.deepEqual(workflow.concurrency, {
            group: "preview-${{ github.event.pull_request.number }}",
            "cancel-in-progress": true,
        });
        assert.equal(workflow.defaults.run.shell, "bash");
    });

    describe("by actionlint", function () {
        let actionlint: string;

        before(async function () {
            this.timeout(20 * 60_000);
            const found = await goProgram("github.com/rhysd/actionlint/cmd/actionlint", "1.7.12");
            if ("missing" in found) {
                console.log(`    skipped: ${found.missing}`);
                this.skip();
            } else actionlint = found.program;
        });

        it("has no fault", () => {
            const { stdout, stderr, status } = spawnSync(actionlint, ["-no-color", WORKFLOW], {
                encoding: "utf8",
            });
            assert.deepEqual([stdout, stderr, status], ["", "", 0]);
        });
    });
});
