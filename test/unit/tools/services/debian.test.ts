/** Debian packages: fetched once, whole or not at all, by lists of one's own where the machine's do not serve. */
import {
    chmodSync,
    existsSync,
    mkdtempSync,
    mkdirSync,
    readFileSync,
    readdirSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { debianPackages, packagedEnvironment, packagedFile } from "../../../../tools/services/debian";

let folder: string;
let cache: string;
const { PATH, LD_LIBRARY_PATH } = process.env;

/** Commands that behave as the real ones, for packages "one" and "two"; each run is a line of the file "runs". */
const APT = `#!/bin/sh
echo "$*" >> "$RUNS"
lists=machine
[ "$1" = -o ] && lists=own
while [ "$1" = -o ]; do shift 2; done
if [ "$1" = --quiet ]; then : > "$RUNS.updated"; exit 0; fi
case "$STAGE:$lists:$2" in
    no-lists:machine:*) echo "E: Unable to locate package" >&2; exit 100;;
    stale:machine:--print-uris) version=1;;
    stale:machine:*) echo "E: Failed to fetch, 404" >&2; exit 100;;
    offline:*) echo "E: Could not resolve host" >&2; exit 100;;
    *) version=2;;
esac
shift
if [ "$1" = --print-uris ]; then
    shift
    # The real one answers in an order of its own.
    reversed=""
    for name in "$@"; do reversed="$name $reversed"; done
    for name in $reversed; do echo "'http://debian.invalid/$name.deb' \${name}_\${version}_all.deb 1 SHA256:0"; done
else
    for name in "$@"; do : > \${name}_\${version}_all.deb; done
fi
`;
const DPKG = `#!/bin/sh
[ "$STAGE" = broken ] && { echo "not a Debian archive" >&2; exit 2; }
mkdir -p "$3/usr/bin" "$3/usr/lib/x86_64-linux-gnu/engines" && : > "$3/usr/bin/program-of-$2" && : > "$3/usr/lib/x86_64-linux-gnu/engines/$2.so"
`;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "portcullis-debian-"));
    cache = join(folder, "cache");
    mkdirSync(join(folder, "bin"));
    for (const [name, script] of [
        ["apt-get", APT],
        ["dpkg-deb", DPKG],
    ] as const) {
        writeFileSync(join(folder, "bin", name), script);
        chmodSync(join(folder, "bin", name), 0o755);
    }
    process.env.PATH = `${join(folder, "bin")}:${String(PATH)}`;
    process.env.RUNS = join(folder, "runs");
    delete process.env.LD_LIBRARY_PATH;
});

afterEach(() => {
    process.env.PATH = PATH;
    if (LD_LIBRARY_PATH !== undefined) process.env.LD_LIBRARY_PATH = LD_LIBRARY_PATH;
    delete process.env.RUNS;
    delete process.env.STAGE;
    rmSync(folder, { recursive: true });
});

const runs = (): string[] => readFileSync(join(folder, "runs"), "utf8").trim().split("\n");
const at = (version: number) => ({
    folders: ["one", "two"].map((name) => join(cache, `${name}_${version}_all`)),
});

test("are fetched once, each into a folder of its name and version", async () => {
    expect(await debianPackages(["one", "two"], cache)).toEqual(at(2));
    expect(await debianPackages(["one", "two"], cache)).toEqual(at(2));
    expect(runs()).toEqual([
        "download --print-uris one two",
        "download one two",
        "download --print-uris one two",
    ]);
    expect(readdirSync(cache).sort()).toEqual(["one_2_all", "two_2_all"]);
    rmSync(join(cache, "one_2_all"), { recursive: true });
    await debianPackages(["one", "two"], cache);
    expect(runs().at(-1)).toBe("download one");
});

test.each(["no-lists", "stale"])(
    "are fetched by lists of one's own where the machine's are: %s",
    async (stage) => {
        process.env.STAGE = stage;
        expect(await debianPackages(["one", "two"], cache)).toEqual(at(2));
        expect(existsSync(join(folder, "runs.updated"))).toBe(true);
        const state = join(cache, "apt", "state");
        const update = runs().find((run) => run.endsWith("update"));
        for (const setting of [`Dir::State=${state}`, `Dir::State::lists=${join(state, "lists")}/`]) {
            expect(update).toContain(`-o ${setting}`);
        }
    },
);

test.each([
    ["offline", "apt-get failed: Could not resolve host"],
    ["broken", "dpkg-deb failed: not a Debian archive"],
])("say why there are none, and leave nothing behind: %s", async (stage, why) => {
    process.env.STAGE = stage;
    expect(await debianPackages(["one", "two"], cache)).toEqual({
        missing: `one, two could not be had from Debian (${why})`,
    });
    expect(readdirSync(cache)).toEqual(["apt"]);
});

test("say so where there is no apt", async () => {
    process.env.PATH = join(folder, "nothing");
    expect(await debianPackages(["one"], cache)).toEqual({
        missing: "one could not be had from Debian (there is no apt-get command)",
    });
});

test("give their files and the folders of their libraries", async () => {
    const packages = await debianPackages(["one", "two"], cache);
    const folders = "folders" in packages ? packages.folders : [];
    const [, two = ""] = folders;
    expect(packagedFile(folders, "bin/program-of-two_2_all.deb")).toBe(
        join(two, "usr/bin/program-of-two_2_all.deb"),
    );
    expect(packagedFile(folders, "engines/two_2_all.deb.so")).toBe(
        join(two, "usr/lib/x86_64-linux-gnu/engines/two_2_all.deb.so"),
    );
    expect(packagedFile(folders, "bin/nothing")).toBeUndefined();
    const libraries = folders.flatMap((each) => [
        join(each, "usr/lib"),
        join(each, "usr/lib/x86_64-linux-gnu"),
    ]);
    expect(packagedEnvironment(folders)).toEqual({ LD_LIBRARY_PATH: libraries.join(":") });
});
