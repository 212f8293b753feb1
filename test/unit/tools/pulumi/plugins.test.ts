import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { PulumiCli } from "../../../../tools/pulumi/cli";
import { choosePlugins, standInNotice } from "../../../../tools/pulumi/plugins";

const workDir = resolve(__dirname, "../../../..");
let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "portcullis-plugins-"));
});
afterEach(() => {
    rmSync(root, { recursive: true, force: true });
});

/** A CLI that notes its arguments and ends with `code`. */
function fakeCli(origin: PulumiCli["origin"], code: number): PulumiCli {
    const command = join(root, "pulumi");
    writeFileSync(command, `#!/bin/sh\necho "$@" >> ${root}/calls\nexit ${code.toString()}\n`);
    chmodSync(command, 0o755);
    return { command, version: "3.256.0", origin, languageHost: false };
}

const calls = (): string[] => readFileSync(join(root, "calls"), "utf8").trim().split("\n");

test("a plugin that installs is real", async () => {
    const plugins = await choosePlugins(["tls"], { cli: fakeCli("path", 0), workDir, cache: root });
    expect(plugins).toEqual({ standIns: [], folder: join(root, "home", "plugins") });
    expect(standInNotice(plugins)).toBeUndefined();
    expect(calls()).toEqual(["plugin install resource tls v5.6.1 --non-interactive"]);
});

test("one that does not is replaced, said so, and not tried again at once", async () => {
    const options = { cli: fakeCli("path", 1), workDir, cache: root };
    await choosePlugins(["tls"], options);
    const plugins = await choosePlugins(["tls"], options);
    expect(plugins.standIns).toEqual(["tls"]);
    expect(standInNotice(plugins)).toMatch(/Stand-ins took the place of provider plugins: tls \(/);
    expect(calls()).toHaveLength(1);
});

test("AWS's is never real, be it installed, on PATH or to be had", async () => {
    mkdirSync(join(root, "home", "plugins", "resource-aws-v7.48.0"), { recursive: true });
    writeFileSync(join(root, "pulumi-resource-aws"), "#!/bin/sh\n", { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = `${root}:${before ?? ""}`;
    try {
        const options = { cli: fakeCli("path", 0), workDir, cache: root };
        expect((await choosePlugins(["aws", "tls"], options)).standIns).toEqual(["aws"]);
    } finally {
        process.env.PATH = before;
    }
    expect(calls()).toEqual(["plugin install resource tls v5.6.1 --non-interactive"]);
});

test("where the CLI had to be built, only a plugin that is there already is real", async () => {
    const options = { cli: fakeCli("built", 0), workDir, cache: root };
    expect((await choosePlugins(["tls"], options)).standIns).toEqual(["tls"]);
    mkdirSync(join(root, "home", "plugins", "resource-tls-v5.6.1"), { recursive: true });
    expect((await choosePlugins(["tls"], options)).standIns).toEqual([]);
});
