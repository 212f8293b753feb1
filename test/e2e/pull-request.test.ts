/** The steps of the example's workflow, in bash: the real engine previews, the real `gh` comments. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { AccountMfa, outscale } from "../../sdk";
import { findPulumi } from "../../tools/pulumi/cli";
import { quote } from "../../tools/pulumi/launchers";
import { debianProgram } from "../oracles/debian";
import { ACCOUNT, accountProgram, certificatesOf } from "../support/account-program";
import { openDeployment, OPENING, type Deployment } from "../support/deployment";
import { BOT, GithubComments } from "../support/github-comments";
import { assertHidden, failureOf, linesOf } from "../support/secrets";
import { scriptOf } from "../support/workflow";
import { foundOrSkip } from "../support/skip";

const PACK = resolve(__dirname, "..", "..", "examples", "policy-pack");
/** The shell of a step, as GitHub starts it. */
const SHELL = "bash --noprofile --norc -eo pipefail";

/** The refusal of this change: whom it locks out, what would remain, and what to do. */
const REFUSAL = (name: string): string =>
    `rules: Lock-out refused: the protected identity "${name}" (from any IPv4 address, with its client certificate) ` +
    'would no longer be admitted ("backup": from 198.51.100.7/32 only). Rules as planned: "backup" [IP 198.51.100.7/32]. ' +
    `Declare a rule that admits "${name}" and keep it, wait with this change until its holder uses the new certificate, ` +
    "or, if it may lose its access, take it out of `protect`. Nothing has been changed.";

describe("a pull request", function () {
    this.timeout(180_000);

    const github = new GithubComments();
    let deployment: Deployment;
    let secrets: string[];

    before(async function () {
        this.timeout(OPENING);
        const gh = foundOrSkip(this, await debianProgram("gh"));
        deployment = await openDeployment({
            program: accountProgram(),
            stack: "prod",
            // Its keys are in the profile of whoever deploys: a pull request has none.
            config: ({ endpoint, caFile, region }) => ({
                "outscale:endpoint": endpoint,
                "outscale:caFile": caFile,
                "outscale:region": region,
            }),
        });
        const { directory, emulator, home, stack } = deployment;
        mkdirSync(join(home, ".osc"));
        const profile = { access_key: emulator.accessKey, secret_key: emulator.secretKey };
        writeFileSync(join(home, ".osc", "config.json"), JSON.stringify({ default: profile }));
        const up = await stack.up();
        const keys = Object.values(certificatesOf(up)).flatMap(({ privateKeyPem = "" }) =>
            linesOf(privateKeyPem),
        );
        secrets = [emulator.secretKey, github.token, "PRIVATE KEY-----", ...keys];
        await runStepsInPlaceOfEngine(directory, gh.program);
    });

    after(async () => {
        await github.stop();
        await deployment.close();
    });

    beforeEach(() => {
        github.comments = [];
    });

    /**
     * The Automation API starts the engine to preview a program: here it starts the steps of the workflow, and the
     * `pulumi` of the first one is the engine, which is told where that program is.
     */
    async function runStepsInPlaceOfEngine(directory: string, gh: string): Promise<void> {
        const runner = join(directory, "runner");
        mkdirSync(join(runner, "bin"), { recursive: true });
        cpSync(PACK, join(directory, "project", "policy-pack"), { recursive: true });
        const script = (name: string, text: string): string => {
            writeFileSync(join(runner, name), text, { mode: 0o755 });
            return quote(join(runner, name));
        };
        const { command } = await findPulumi();
        script("bin/pulumi", `#!/bin/sh\nexec ${quote(command)} "$@" "$PROGRAM"\n`);
        script("bin/gh", `#!/bin/sh\nexec ${quote(gh)} "$@"\n`);
        const variables = {
            ...(await github.start()),
            STACK: "prod",
            RUNNER_TEMP: runner,
            HOME: runner,
            npm_config_update_notifier: "false",
            PATH: [join(runner, "bin"), join(directory, "bin"), process.env.PATH ?? ""].join(delimiter),
        };
        const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
        const steps = [
            `if ${SHELL} ${script("preview.sh", scriptOf("Preview"))}; then OUTCOME=success; else OUTCOME=failure; fi`,
            "export OUTCOME",
            `${SHELL} ${script("comment.sh", scriptOf("Comment"))} || exit 9`,
            '[ "$OUTCOME" = success ]',
        ];
        const find = 'for each in "$@"; do case "$each" in --client=*) export PROGRAM="$each";; esac; done';
        const engine = join(directory, "bin", "pulumi");
        const job = [find, ...exports, ...steps].join("\n");
        writeFileSync(join(runner, "job"), `#!/bin/sh\n${job}\n`, { mode: 0o755 });
        writeFileSync(engine, `#!/bin/sh\nexec ${quote(join(runner, "job"))} "$@"\n`);
    }

    /** Runs the workflow on this change; gives its comments. */
    async function comments(program: PulumiFn, outcome: "success" | "failure"): Promise<readonly string[]> {
        const { account, emulator, stack, directory } = deployment;
        const found = account.snapshot();
        const calls = emulator.calls.length;
        const run = stack.preview({ program });
        if (outcome === "success") await run;
        else await failureOf(run);
        assert.equal(emulator.calls.length, calls, "the preview asks the account nothing");
        assert.deepEqual(account.snapshot(), found);
        const bodies = github.comments.filter(({ user }) => user.login === BOT).map(({ body }) => body);
        assertHidden(secrets, [
            ["the comment", bodies.join()],
            ["the log", readFileSync(join(directory, "runner", "preview.txt"), "utf8")],
        ]);
        return bodies;
    }

    it("that locks somebody out gets one comment, with the refusal whole and once", async () => {
        const [comment = "", ...others] = await comments(accountProgram({ rules: {} }), "failure");
        assert.deepEqual(others, []);
        assert.match(comment, /^<!-- portcullis preview: prod -->\n\n### Preview of `prod`: refused\n/);
        for (const name of ["operator", "ci"]) {
            const callout = `> [!CAUTION]\n> **account-plan**\n>\n> ${REFUSAL(name)}\n`;
            assert.equal(comment.split(callout).length, 2, `the refusal of "${name}" is a callout`);
            assert.equal(comment.split(REFUSAL(name)).length, 2, "it stands there once");
        }
        assert.equal(comment.split("Lock-out refused").length, 3);
    });

    it("that is mended gets its comment changed, among those of others", async () => {
        const others = Array.from({ length: 40 }, (_, index) => `comment ${index}`);
        github.say("reviewer", ...others, "<!-- portcullis preview: prod -->\n\nnot ours");
        github.say(BOT, "<!-- portcullis preview: staging -->\n\nof another stack");
        await comments(accountProgram({ rules: {} }), "failure");
        const refused = github.comments;
        const mended = await comments(accountProgram({ rules: { certificate: {} } }), "success");
        assert.equal(mended.length, 2);
        assert.match(
            mended[1] ?? "",
            /^<!-- portcullis preview: prod -->\n\n### Preview of `prod`: passed\n/,
        );
        assert.doesNotMatch(mended[1] ?? "", /refused/);
        assert.deepEqual(
            github.comments.slice(0, -1),
            refused.slice(0, -1),
            "all other comments are as they were",
        );
        assert.equal(github.comments.at(-1)?.id, refused.at(-1)?.id);
    });

    it("that breaks a policy gets what the policy says", async () => {
        const program = () => {
            new AccountMfa("account", ACCOUNT);
            new outscale.ApiAccessRule("everybody", { ipRanges: ["0.0.0.0/0"] });
            return Promise.resolve({});
        };
        const [comment = ""] = await comments(program, "failure");
        assert.match(
            comment,
            /### Preview of `prod`: refused\n\n> \[!CAUTION\]\n> \*\*no-world-open-rule \(mandatory\) on everybody\*\*\n/,
        );
        assert.equal(comment.split('The rule "everybody" admits calls from everywhere.').length, 2);
    });
});
