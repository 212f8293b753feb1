// Builds dist/: every source file transpiled one to one by esbuild, sdk/runtime.js bundled, declarations by tsc, and
// the programs in Python copied.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import {
    appendFileSync,
    chmodSync,
    copyFileSync,
    existsSync,
    mkdirSync,
    readFileSync,
    readdirSync,
    rmSync,
    symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";

const quiet = process.argv.includes("--quiet");
const folders = ["provider", "components", "policy", "sdk", "emulators"];

/** All files below a folder that are TypeScript, or those that are programs for other machines, in Python. */
function sources(folder, ending = ".ts") {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
        .map((entry) => join(entry.parentPath, entry.name));
}

/** The terms of the packages that a bundle was made of, as one comment: the same text once. */
function licenses(files) {
    const packages = new Map();
    for (const file of files) {
        const [folder, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
        if (folder === undefined || packages.has(name)) continue;
        const found = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
        const { license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const isApache = license === "Apache-2.0";
        packages.set(
            name,
            isApache || found === undefined ? license : readFileSync(join(folder, found), "utf8"),
        );
    }
    const texts = [...new Set(packages.values())].map((text) => {
        const names = [...packages].filter(([, each]) => each === text).map(([name]) => name);
        return `${names.sort().join(", ")}:\n\n${text.trim().replaceAll("*/", "* /")}\n`;
    });
    return `/*!\n${texts.join("\n")}*/\n`;
}

/** Leaves zod's fifty languages out of a bundle: its messages are in English, or ours. */
const onlyEnglish = {
    name: "only-english",
    setup({ onLoad }) {
        const contents = 'export { default as en } from "./en.js";';
        onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ }, ({ path }) => ({
            contents,
            resolveDir: dirname(path),
        }));
    },
};

rmSync("dist", { recursive: true, force: true });
const started = performance.now();
await build({
    entryPoints: folders.flatMap((folder) => sources(folder)),
    outdir: "dist",
    outbase: ".",
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: false,
});
// What state calls, in one file with zod: the engine's plugin process loads it in every run, and finding a hundred
// and fifty small files takes three times as long as reading this one.
await build({
    entryPoints: ["sdk/runtime.ts"],
    outfile: "dist/sdk/runtime.js",
    allowOverwrite: true,
    bundle: true,
    // These are loaded late, where something is signed, encrypted or delivered, or are small.
    external: [
        "@peculiar/x509",
        "reflect-metadata",
        "ipaddr.js",
        "jsonc-parser",
        "openpgp",
        "@aws-sdk/client-secrets-manager",
    ],
    plugins: [onlyEnglish],
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: false,
    // The terms under which that file may hold zod.
    footer: { js: `/*! zod\n\n${readFileSync("node_modules/zod/LICENSE", "utf8")}*/` },
});
// What a job in a cluster runs on an image that holds Node alone, from a ConfigMap: one small file, for a ConfigMap
// holds no more than 1 MiB.
const { metafile } = await build({
    entryPoints: ["sdk/cli/snapshot/program.ts"],
    outfile: "dist/sdk/cli/snapshot/program.js",
    allowOverwrite: true,
    bundle: true,
    minify: true,
    metafile: true,
    // The modules' own form, of which what is not used can be left out.
    mainFields: ["module", "main"],
    plugins: [onlyEnglish],
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: false,
    legalComments: "none",
});
appendFileSync("dist/sdk/cli/snapshot/program.js", licenses(Object.keys(metafile.inputs)));
for (const file of folders.flatMap((folder) => sources(folder, ".py"))) {
    mkdirSync(dirname(join("dist", file)), { recursive: true });
    copyFileSync(file, join("dist", file));
}
const main = "dist/sdk/cli/main.js";
if (existsSync(main)) chmodSync(main, 0o755);
// npm links commands when it installs, and then there is no build yet: `npx portcullis` works in a clone too.
const command = "node_modules/.bin/portcullis";
if (existsSync("node_modules/.bin") && !existsSync(command)) {
    rmSync(command, { force: true });
    symlinkSync(join("..", "..", main), command);
}
// A quickstart needs no declarations: tsc takes longer than all the rest.
if (!quiet) execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
if (!quiet) console.log(`built dist in ${((performance.now() - started) / 1000).toFixed(1)} s`);
