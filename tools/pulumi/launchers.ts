/** Writes the few-line programs by which the engine starts plugins that run on Node. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

/** The provider plugins that `plugins/` has a stand-in for. */
export type StandIn = "aws" | "kubernetes" | "tls" | "vault";

/** Preloaded into every plugin: ends it when the engine that started it is gone, even when that was killed. */
const PRELOAD = "ends-with-engine.cjs";
const ENDS_WITH_ENGINE = `
const engine = process.ppid;
setInterval(() => {
    if (process.ppid !== engine) process.exit(0);
}, 500).unref();
`;

/**
 * Puts `pulumi-resource-pulumi-nodejs`, which serves dynamic resources, `pulumi-analyzer-policy-nodejs`, which runs
 * policy packs where there is no Node language host to do so, and one launcher for each stand-in into `folder`.
 * Writes only what is not there already, so it may be called again at any time.
 *
 * `workDir` is the folder whose node_modules holds the `@pulumi/pulumi` to serve dynamic resources and packs with. The path is
 * settled here: an engine whose launcher finds no such module waits for it for ever, and says nothing.
 */
export function writeLaunchers(folder: string, workDir: string, standIns: readonly StandIn[] = []): void {
    mkdirSync(folder, { recursive: true });
    const { resolve: locate } = createRequire(join(workDir, "package.json"));
    writeAtOnce(join(folder, PRELOAD), ENDS_WITH_ENGINE, 0o644);
    write(folder, "pulumi-resource-pulumi-nodejs", [locate("@pulumi/pulumi/cmd/dynamic-provider")]);
    write(folder, "pulumi-analyzer-policy-nodejs", [locate("@pulumi/pulumi/cmd/run-policy-pack")]);
    for (const name of standIns) {
        const main = join(__dirname, "plugins", name, "main.ts");
        write(folder, `pulumi-resource-${name}`, ["--require", require.resolve("tsx/cjs"), main]);
    }
}

function write(folder: string, name: string, args: readonly string[]): void {
    const command = [process.execPath, "--require", join(resolve(folder), PRELOAD), ...args]
        .map(quote)
        .join(" ");
    writeProgram(join(folder, name), `#!/bin/sh\nexec ${command} "$@"\n`);
}

/** Writes an executable file, unless it is there already. */
export function writeProgram(path: string, text: string): void {
    writeAtOnce(path, text, 0o755);
}

/** Writes by a rename, so that nobody ever starts half of it. */
function writeAtOnce(path: string, text: string, mode: number): void {
    if (existsSync(path) && readFileSync(path, "utf8") === text) return;
    const fresh = `${path}.${process.pid.toString()}`;
    writeFileSync(fresh, text);
    chmodSync(fresh, mode);
    renameSync(fresh, path);
}

/** A word that sh takes as it stands. */
export function quote(word: string): string {
    return `'${word.replaceAll("'", "'\\''")}'`;
}
