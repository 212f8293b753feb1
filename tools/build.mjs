// Builds dist/: every source file transpiled one to one by esbuild, and its declarations by tsc.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const quiet = process.argv.includes("--quiet");
const folders = ["provider", "components", "sdk", "emulators"];

/** All TypeScript files below a folder. */
function sources(folder) {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => join(entry.parentPath, entry.name));
}

rmSync("dist", { recursive: true, force: true });
const started = performance.now();
await build({
    entryPoints: folders.flatMap(sources),
    outdir: "dist",
    outbase: ".",
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: false,
});
const main = "dist/sdk/cli/main.js";
if (existsSync(main)) chmodSync(main, 0o755);
// A quickstart needs no declarations: tsc takes longer than all the rest.
if (!quiet) execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
if (!quiet) console.log(`built dist in ${((performance.now() - started) / 1000).toFixed(1)} s`);
