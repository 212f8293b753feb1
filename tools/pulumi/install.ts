/** Installs a whole Pulumi distribution with the official installer, where that can be reached. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Progress } from "../progress";
import { runProgram } from "./processes";
import { PINNED_VERSION } from "./version";

/** How long the installer's host may take to answer, and the installation to end, in milliseconds. */
const LIMITS = { reach: 5_000, install: 4 * 60_000 };

/**
 * Runs `PulumiCommand.install` of the Automation API, which downloads and runs the official installer. It does so in
 * a process of its own: the installer knows no time limit, and what it started would outlive it.
 */
export async function install(root: string, progress: Progress): Promise<void> {
    await reach();
    progress.step(`Installing Pulumi ${PINNED_VERSION}`);
    const fresh = `${root}.installing`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(dirname(fresh), { recursive: true });
    const { code, stderr, timedOut } = await runProgram(process.execPath, ["-e", program(fresh)], {
        limit: LIMITS.install,
    });
    if (code !== 0) {
        rmSync(fresh, { recursive: true, force: true });
        throw new Error(
            `the official installer ${timedOut ? "took too long" : `failed (${lastLine(stderr)})`}`,
        );
    }
    // An interrupted build may have left an empty folder, which a rename does not replace.
    rmSync(root, { recursive: true, force: true });
    renameSync(fresh, root);
    progress.done(`Installed Pulumi ${PINNED_VERSION}.`);
}

/** Throws within a few seconds where the installer cannot be downloaded, which would else be tried for minutes. */
async function reach(): Promise<void> {
    try {
        const answer = await fetch("https://get.pulumi.com/install.sh", {
            method: "HEAD",
            signal: AbortSignal.timeout(LIMITS.reach),
        });
        if (!answer.ok) throw new Error(answer.status.toString());
    } catch {
        throw new Error("the official installer could not be reached");
    }
}

function program(root: string): string {
    const automation = require.resolve("@pulumi/pulumi/automation");
    // The SemVer that the SDK itself uses.
    const semver = createRequire(automation).resolve("semver");
    return `
        const { PulumiCommand } = require(${JSON.stringify(automation)});
        const { SemVer } = require(${JSON.stringify(semver)});
        PulumiCommand.install({ root: ${JSON.stringify(root)}, version: new SemVer("${PINNED_VERSION}") })
            .catch((error) => { console.error(error.message); process.exit(1); });`;
}

function lastLine(text: string): string {
    return text.trim().split("\n").at(-1) ?? "no message";
}
