/** A project folder brought up as plain `pulumi up`, where a whole Pulumi installation is present. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { findPulumi } from "../../tools/pulumi/cli";
import { openPlain, plainUnavailable, type PlainProject } from "../../tools/pulumi/plain";

const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const provider = {
    diff: async (id, olds, news) => ({ changes: olds.word !== news.word }),
    create: async (inputs) => ({ id: "word", outs: inputs }),
};
class Word extends pulumi.dynamic.Resource {
    constructor(name, word) { super(provider, name, { word }, undefined, "portcullis", "Word"); }
}
exports.id = new Word("one", new pulumi.Config().requireSecret("word")).id;
`;

describe("plain `pulumi up` in a project folder", function () {
    this.timeout(180_000);
    let project: PlainProject;
    let root: string;

    before(async function () {
        this.timeout(30 * 60_000);
        const cli = await findPulumi();
        const reason = plainUnavailable(cli);
        if (reason !== undefined) {
            console.log(`    skipped: ${reason}`);
            this.skip();
        }
        root = mkdtempSync(join(tmpdir(), "portcullis-plain-"));
        const folder = join(root, "folder");
        mkdirSync(folder);
        writeFileSync(join(folder, "Pulumi.yaml"), "name: words\nruntime: nodejs\n");
        writeFileSync(join(folder, "package.json"), `{ "main": "index.js" }\n`);
        writeFileSync(join(folder, "index.js"), PROGRAM);
        symlinkSync(resolve(__dirname, "..", "..", "node_modules"), join(folder, "node_modules"));
        const config = { "words:word": { secret: "tiger" } };
        project = await openPlain({ folder, stack: "test", directory: join(root, "engine"), cli, config });
    });

    after(() => {
        if (root) rmSync(root, { recursive: true, force: true });
    });

    it("comes up, sees no change then, and is destroyed; the folder stays as it was", async () => {
        assert.match((await project.run("preview")).stdout, /\+ 2 to create/);
        const up = await project.run("up");
        assert.match(up.stdout, /\+ 2 created/);
        assert.equal(up.stdout.includes("tiger"), false);
        await project.run("preview", "--expect-no-changes");
        assert.match((await project.run("destroy")).stdout, /- 2 deleted/);
        assert.deepEqual(readdirSync(join(root, "folder")).sort(), [
            "Pulumi.yaml",
            "index.js",
            "node_modules",
            "package.json",
        ]);
    });

    it("tells what the command said where it fails", async () => {
        await assert.rejects(project.run("up", "--no-such-flag"), /pulumi up failed: [^]*no-such-flag/);
    });
});
