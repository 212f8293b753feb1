/** The root project as its users run it, by plain `pulumi` commands, where a whole Pulumi installation is present. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { startOutscaleEmulator, type RunningEmulator } from "../../emulators/outscale";
import { findPulumi } from "../../tools/pulumi/cli";
import { openPlain, plainUnavailable, type PlainProject } from "../../tools/pulumi/plain";
import { configFor, OPENING, OUTSIDE } from "../support/deployment";
import { filesBelow, assertHidden } from "../support/secrets";
import { shapeOf, type AccountShape } from "../support/staged-account";

const ROOT = resolve(__dirname, "..", "..");

/** A copy of the root project: its program, and links to what is built and installed. */
function copyProject(folder: string): void {
    mkdirSync(folder);
    for (const part of ["Pulumi.yaml", "package.json", join("examples", "quickstart")]) {
        cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    }
    for (const part of ["dist", "node_modules"]) symlinkSync(join(ROOT, part), join(folder, part));
}

describe("the root project by plain pulumi commands", function () {
    this.timeout(240_000);

    let root: string;
    let emulator: RunningEmulator | undefined;
    let project: PlainProject;
    let found: AccountShape;
    let deployed: AccountShape;
    const account = () => {
        assert.ok(emulator);
        return emulator.account;
    };

    before(async function () {
        this.timeout(OPENING);
        const cli = await findPulumi();
        const reason = plainUnavailable(cli);
        if (reason !== undefined) {
            console.log(`    skipped: ${reason}`);
            this.skip();
        }
        root = mkdtempSync(join(tmpdir(), "portcullis-root-"));
        copyProject(join(root, "project"));
        emulator = await startOutscaleEmulator({ directory: root, sourceAddress: OUTSIDE });
        found = shapeOf(emulator.account);
        const place = { folder: join(root, "project"), directory: join(root, "engine") };
        project = await openPlain({ ...place, stack: "dev", cli, config: configFor(emulator) });
    });

    after(async () => {
        await emulator?.stop();
        if (root) rmSync(root, { recursive: true, force: true });
    });

    it("previews what is to be made, and touches nothing", async () => {
        assert.match((await project.run("preview")).stdout, /\+ 15 to create/);
        assert.deepEqual(emulator?.calls, []);
    });

    it("comes up, and prints no secret", async () => {
        const { stdout, stderr } = await project.run("up");
        assert.match(stdout, /\+ 15 created/);
        assert.match(stdout, /certificates *: \[secret\]/);
        assert.equal(account().admits({ sourceAddress: OUTSIDE }), false);
        deployed = shapeOf(account());
        assert.equal(deployed.rules.length, 2);
        const told = new Map([...filesBelow(join(root, "engine")), ["the output", stdout + stderr]]);
        assertHidden([emulator?.secretKey ?? "", "PRIVATE KEY-----"], told);
    });

    it("shows no change then, nor after a refresh", async () => {
        await project.run("preview", "--expect-no-changes");
        await project.run("refresh", "--expect-no-changes");
        await project.run("preview", "--expect-no-changes");
        assert.deepEqual(shapeOf(account()), deployed);
    });

    it("gives back on destroy what it found", async () => {
        assert.match((await project.run("destroy")).stdout, /- 15 deleted/);
        assert.deepEqual(shapeOf(account()), found);
    });
});
