/** The package as users get it: what `npm pack` holds, and that programs of both module kinds can use it. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
    copyFileSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { z } from "zod";

const packed = z
    .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
    .length(1);

/** Arguments in order, for components that are declared until they miss a package. */
const CLUSTER_ARGS = {
    mode: "dev",
    binary: { path: "/usr/bin/bao" },
    serverName: "vault.example.org",
    vpcId: "vpc-1",
    subnets: [{ id: "subnet-1", availabilityZone: "eu-west-3a" }],
    clients: { cidrs: ["10.0.0.0/16"] },
    instanceTypes: ["m6i.large"],
    image: { id: "ami-1" },
    tls: { certificate: "", privateKey: { later: true }, authorities: "" },
};
const PKI_ARGS = {
    organization: "Example",
    country: "FR",
    address: "https://vault.example.org:8200",
    commonName: "Issuer",
    domains: ["example.org"],
    certManager: { boundCidrs: ["10.0.0.0/16"] },
    snapshot: { boundCidrs: ["10.0.0.0/16"] },
};

/** Of @pulumi/kubernetes, whose index takes seconds to load. */
const LOADED = [
    "apiextensions/customResource.js",
    "batch/v1/cronJob.js",
    "core/v1/configMap.js",
    "core/v1/serviceAccount.js",
    "helm/v3/release.js",
    "networking/v1/networkPolicy.js",
    "rbac/v1/role.js",
    "rbac/v1/roleBinding.js",
    "utilities.js",
];

describe("the package", function () {
    this.timeout(120_000);
    const folder = mkdtempSync(join(tmpdir(), "portcullis-package-"));
    let files: readonly string[] = [];

    before(() => {
        // The declarations take longest, and a quickstart's build leaves them out.
        if (!existsSync("dist/sdk/index.d.ts")) execFileSync("node", ["tools/build.mjs"]);
        const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
        const [pack] = packed.parse(JSON.parse(execFileSync("npm", args, { encoding: "utf8" })));
        assert.ok(pack);
        files = pack.files.map(({ path }) => path);
        const installed = join(folder, "node_modules/pulumi-portcullis");
        mkdirSync(installed, { recursive: true });
        execFileSync("tar", ["-xzf", join(folder, pack.filename), "-C", installed, "--strip-components=1"]);
        // Its dependencies, as a package manager would have put them beside it.
        for (const name of [
            "@pulumi",
            "@peculiar",
            "zod",
            "@aws-sdk",
            "commander",
            "fflate",
            "ipaddr.js",
            "jsonc-parser",
            "openpgp",
            "reflect-metadata",
            "yaml",
            "@types",
        ]) {
            symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
        }
    });

    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    it("holds the build and its documents, and nothing else", () => {
        const others = files.filter(
            (path) => !/^dist\/(provider|components|policy|sdk|emulators)\//.test(path),
        );
        assert.deepEqual(others.sort(), [
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
            "SECURITY.md",
            "package.json",
        ]);
        assert.deepEqual(
            files.filter((path) => path.startsWith("dist/") && !/\.(js|d\.ts)$/.test(path)).sort(),
            // What the nodes of a cluster run: user data is read from them.
            ["agent/agent.py", "boot.py"].map((name) => `dist/components/vault-cluster/node/${name}`),
        );
    });

    it("declares every package that its build requires", () => {
        // A message of the AWS SDK quotes a call, behind a bracket.
        const script = `
            const fs = require("node:fs"), path = require("node:path"), { builtinModules } = require("node:module");
            const { dependencies, peerDependencies } = require("./package.json");
            const known = [...Object.keys({ ...dependencies, ...peerDependencies }), ...builtinModules];
            const missing = new Set();
            for (const file of fs.readdirSync("dist", { recursive: true }).filter((each) => each.endsWith(".js"))) {
                for (const [, name] of fs.readFileSync(path.join("dist", file), "utf8").matchAll(/(?<!\\[)require\\("([^".][^"]*)"\\)/g)) {
                    const root = name.replace(/^node:/, "").split("/").slice(0, name.startsWith("@") ? 2 : 1).join("/");
                    if (!known.includes(root)) missing.add(root);
                }
            }
            console.log(JSON.stringify([...missing]));`;
        const installed = join(folder, "node_modules/pulumi-portcullis");
        const missing: unknown = JSON.parse(
            execFileSync("node", ["-e", script], { cwd: installed, encoding: "utf8" }),
        );
        assert.deepEqual(missing, []);
    });

    it("serves resources without loading Pulumi's SDK: another front may serve them", () => {
        const runtime = join(folder, "node_modules/pulumi-portcullis/dist/sdk/runtime.js");
        assert.doesNotMatch(readFileSync(runtime, "utf8"), /require\("@pulumi\//);
    });

    it("is required and imported", () => {
        const names = "[p.AccountMfa.name, p.outscale.Ca.name, p.pki.ClientCertificate.name]";
        const expected = JSON.stringify(["AccountMfa", "Ca", "ClientCertificate"]);
        const run = (...args: string[]): string =>
            execFileSync("node", args, { cwd: folder, encoding: "utf8" }).trim();
        assert.equal(
            run("-e", `const p = require("pulumi-portcullis"); console.log(JSON.stringify(${names}))`),
            expected,
        );
        const esm = `import * as p from "pulumi-portcullis"; console.log(JSON.stringify(${names}))`;
        assert.equal(run("--input-type=module", "-e", esm), expected);
        assert.equal(
            run(
                "-e",
                `console.log(typeof require("pulumi-portcullis/runtime").provider("outscale:Ca").create)`,
            ),
            "function",
        );
        assert.equal(
            run("-e", `console.log(require("pulumi-portcullis/policy").accessPolicies().length)`),
            "6",
        );
        assert.equal(
            run("-e", `console.log(Object.keys(require("pulumi-portcullis/kubernetes")).sort().join())`),
            "CertIssuers,GatewayTls,PortcullisError,VaultBackup",
        );
    });

    it("loads @pulumi/kubernetes for its own subpath alone, and only the classes that it needs", () => {
        const loaded = (...subpaths: string[]): unknown => {
            const required = subpaths.map((path) => `require("pulumi-portcullis${path}");`).join("");
            const script = `${required} console.log(JSON.stringify(Object.keys(require.cache)
                .flatMap((path) => path.split("/node_modules/@pulumi/kubernetes/")[1] ?? []).sort()))`;
            return JSON.parse(execFileSync("node", ["-e", script], { cwd: folder, encoding: "utf8" }));
        };
        assert.deepEqual(loaded("", "/runtime", "/vault", "/fleet"), []);
        assert.deepEqual(loaded("/kubernetes"), LOADED);
    });

    for (const [name, line, declare] of [
        ["aws", 7, 'new VaultCluster("a", cluster)'],
        [
            "tls",
            5,
            'new OfflineAuthority("a", { mode: "development", intermediate: {}, server: { dnsNames: ["a.b"] } })',
        ],
        ["vault", 7, 'new VaultPki("a", pki)'],
        ["kubernetes", 4, undefined],
        ["policy", 1, undefined],
    ] as const) {
        it(`is used without @pulumi/${name}, until something is declared that is made of it`, () => {
            const script = `
                const Module = require("node:module"), find = Module._resolveFilename;
                Module._resolveFilename = function (name, ...others) {
                    if (!/^@pulumi\\/${name}(\\/|$)/.test(name)) return find.call(this, name, ...others);
                    throw Object.assign(new Error("Cannot find module " + name), { code: "MODULE_NOT_FOUND" });
                };
                const { OfflineAuthority, VaultCluster, VaultInitialization, VaultPki } = require("pulumi-portcullis/vault");
                require("@pulumi/pulumi").runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
                const kinds = [OfflineAuthority, VaultCluster, VaultInitialization, VaultPki].map((kind) => typeof kind);
                const cluster = ${JSON.stringify(CLUSTER_ARGS)}, pki = ${JSON.stringify(PKI_ARGS)};
                let said = "";
                try { ${declare ?? ""} } catch (error) { said = error.name + " " + error.code + " " + error.message; }
                process.stdout.write(JSON.stringify({ kinds, said }));
                process.exit();`;
            const { stdout, stderr } = spawnSync("node", ["-e", script], { cwd: folder, encoding: "utf8" });
            assert.notEqual(stdout, "", stderr);
            const { kinds, said } = z
                .object({ kinds: z.array(z.string()), said: z.string() })
                .parse(JSON.parse(stdout));
            assert.deepEqual(kinds, ["function", "function", "function", "function"]);
            if (declare === undefined) return;
            const remedy = `Install it beside pulumi-portcullis: npm install @pulumi/${name}@${line}.`;
            assert.match(said, /^PortcullisError InvalidConfiguration /);
            assert.ok(said.endsWith(remedy), said);
        });
    }

    it("needs @pulumi/policy for policy packs alone", () => {
        const build = join(folder, "node_modules/pulumi-portcullis/dist");
        const others = files
            .filter(
                (path) =>
                    path.endsWith(".js") && path.startsWith("dist/") && !path.startsWith("dist/policy/"),
            )
            .map((path) => join(build, "..", path));
        assert.notEqual(others.length, 0);
        for (const path of others) assert.doesNotMatch(readFileSync(path, "utf8"), /"@pulumi\/policy"/, path);
    });

    it("type-checks in a strict program and in the README's, and refuses a wrong argument", () => {
        const options = {
            strict: true,
            noEmit: true,
            module: "node16",
            moduleResolution: "node16",
            target: "ES2022",
            types: ["node"],
        };
        writeFileSync(
            join(folder, "tsconfig.json"),
            JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
        );
        writeFileSync(
            join(folder, "program.ts"),
            [
                'import * as pulumi from "@pulumi/pulumi";',
                'import { AccountMfa, outscale } from "pulumi-portcullis";',
                'const mfa = new AccountMfa("a", { clients: { operator: {} }, protect: [{ client: "operator" }] });',
                "export const ids: pulumi.Output<string[]> = mfa.caIds;",
                'new outscale.ApiAccessRule("r", { ipRanges: [pulumi.output("192.0.2.1")] });',
                "// @ts-expect-error a rule takes no such argument",
                'new outscale.ApiAccessRule("r", { addresses: [] });',
                "// @ts-expect-error clients are required",
                'new AccountMfa("b", {});',
            ].join("\n"),
        );
        const readme = readFileSync("README.md", "utf8");
        const programs = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, text = ""]) => text);
        assert.notEqual(programs.length, 0);
        // The declarations of @pulumi/policy do not stand a check of their own (1.21): theirs is left out there alone.
        const packs = join(folder, "packs");
        mkdirSync(packs);
        const packOptions = { ...options, skipLibCheck: true };
        writeFileSync(
            join(packs, "tsconfig.json"),
            JSON.stringify({ compilerOptions: packOptions, include: ["*.ts"] }),
        );
        programs.forEach((text, index) => {
            const place = text.includes('"@pulumi/policy"') ? packs : folder;
            writeFileSync(join(place, `readme-${index}.ts`), text);
        });
        assert.equal(readdirSync(packs).length, 2);
        for (const project of [folder, packs]) {
            const { stdout, status } = spawnSync(resolve("node_modules/.bin/tsc"), ["-p", project], {
                encoding: "utf8",
            });
            assert.equal(stdout, "");
            assert.equal(status, 0);
        }
    });

    it("holds the program for snapshots in one file, small enough for a ConfigMap, that needs Node alone", () => {
        const program = join(folder, "node_modules/pulumi-portcullis/dist/sdk/cli/snapshot/program.js");
        const empty = mkdtempSync(join(folder, "empty-"));
        copyFileSync(program, join(empty, "snapshot.js"));
        // An object of Kubernetes has 1 MiB at most, what goes around the file among it.
        assert.ok(statSync(program).size < 900 * 1024, `${statSync(program).size} bytes`);
        const run = (...args: readonly string[]) =>
            spawnSync(process.execPath, ["snapshot.js", ...args], {
                cwd: empty,
                env: { AWS_EC2_METADATA_DISABLED: "true" },
                encoding: "utf8",
            });
        assert.match(run("--help").stdout, /^Usage: snapshot /);
        const place = ["--bucket", "b", "--cluster", "main", "--region", "eu-west-3"];
        const away = run("list", ...place, "--s3-endpoint", "http://127.0.0.1:1");
        assert.equal(away.status, 1);
        assert.match(away.stderr, /S3 did not do ListObjectsV2/);
        // The terms of what is in it go with it.
        assert.match(readFileSync(program, "utf8"), /tar-stream[^]*MIT License/i);
    });

    it("has a command that says its version", () => {
        const manifest = z
            .object({ version: z.string() })
            .parse(JSON.parse(execFileSync("cat", ["package.json"], { encoding: "utf8" })));
        const main = join(folder, "node_modules/pulumi-portcullis/dist/sdk/cli/main.js");
        assert.equal(execFileSync(main, ["--version"], { encoding: "utf8" }).trim(), manifest.version);
    });
});
