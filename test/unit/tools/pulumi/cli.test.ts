import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { BuildError } from "../../../../tools/pulumi/build";
import { findPulumi, PulumiMissing, type Getters } from "../../../../tools/pulumi/cli";
import { PINNED_VERSION } from "../../../../tools/pulumi/version";

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "portcullis-cli-"));
});
afterEach(() => {
    rmSync(root, { recursive: true, force: true });
});

/** A program that answers any command with a version. */
function fake(folder: string, name: string, version = "v3.256.0"): string {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
    chmodSync(path, 0o755);
    return path;
}

const unreachable = (): Promise<void> => Promise.reject(new Error("the installer could not be reached"));

/** Ways to a CLI that note in `calls` when they are tried. */
function getters(calls: string[], ways: Partial<Getters> = {}): Getters {
    return {
        async install(folder, progress) {
            calls.push("install");
            await (ways.install ?? unreachable)(folder, progress);
        },
        async build(folder, progress) {
            calls.push("build");
            await ways.build?.(folder, progress);
            if (ways.build) return;
            await new Promise((done) => setTimeout(done, 50));
            fake(join(folder, "bin"), "pulumi");
        },
    };
}

function find(calls: string[], ways: Partial<Getters> = {}, path = join(root, "empty")) {
    const cache = join(root, "cache");
    return findPulumi({ cache, environment: { PATH: path }, getters: getters(calls, ways) });
}

test("a CLI on PATH is used as it is, of whatever version, and nothing is fetched", async () => {
    const command = fake(join(root, "bin"), "pulumi", "v3.300.1");
    const calls: string[] = [];
    expect(await find(calls, {}, `/nowhere:${join(root, "bin")}`)).toEqual({
        command,
        version: "3.300.1",
        origin: "path",
        languageHost: false,
    });
    expect(calls).toEqual([]);
});

test("a language host beside the CLI or on PATH is noticed", async () => {
    fake(join(root, "bin"), "pulumi");
    fake(join(root, "hosts"), "pulumi-language-nodejs");
    expect((await find([], {}, `${join(root, "bin")}:${join(root, "hosts")}`)).languageHost).toBe(true);
});

test("the installer comes before the build, and what it installs is complete", async () => {
    const calls: string[] = [];
    const install = (folder: string): Promise<void> => {
        fake(join(folder, "bin"), "pulumi");
        fake(join(folder, "bin"), "pulumi-language-nodejs");
        return Promise.resolve();
    };
    const command = join(root, "cache", "v3.256.0", "bin", "pulumi");
    const found = { command, version: "3.256.0", origin: "installed", languageHost: true };
    expect(await find(calls, { install })).toEqual(found);
    expect(await find(calls)).toEqual(found);
    expect(calls).toEqual(["install"]);
});

test("where the installer cannot be reached the CLI is built, once, even when asked for many times at once", async () => {
    const calls: string[] = [];
    const found = await Promise.all([find(calls), find(calls), find(calls)]);
    expect(new Set(found.map(({ origin }) => origin))).toEqual(new Set(["built"]));
    expect((await find(calls)).origin).toBe("built");
    expect(calls).toEqual(["install", "build"]);
    expect(existsSync(join(root, "cache", "v3.256.0.lock"))).toBe(false);
});

test("where every way fails, the error says what was tried and what to install", async () => {
    const build = (): Promise<void> => Promise.reject(new Error("there is no `go` to build it with"));
    const failure = find([], { build });
    await expect(failure).rejects.toBeInstanceOf(PulumiMissing);
    await expect(failure).rejects.toThrow(
        "every way to it failed: no `pulumi` on PATH; the installer could not be reached; " +
            "there is no `go` to build it with. Install Pulumi 3.256.0 or later",
    );
});

test("a failed build can be tried again", async () => {
    const calls: string[] = [];
    await expect(find(calls, { build: () => Promise.reject(new BuildError("disk full")) })).rejects.toThrow(
        "disk full",
    );
    expect((await find(calls)).origin).toBe("built");
});

test("the go.mod that the CLI is built from pins the same version", () => {
    const goMod = readFileSync(join(__dirname, "../../../../tools/pulumi/cli/go.mod"), "utf8");
    expect(goMod).toContain(`\tgithub.com/pulumi/pulumi/pkg/v3 v${PINNED_VERSION} //`);
});

test("a CLI that does not run is named", async () => {
    const path = fake(join(root, "bin"), "pulumi");
    writeFileSync(path, "#!/bin/sh\necho broken >&2\nexit 3\n");
    await expect(find([], {}, join(root, "bin"))).rejects.toThrow(
        `${path} does not run: broken. Reinstall it.`,
    );
});
