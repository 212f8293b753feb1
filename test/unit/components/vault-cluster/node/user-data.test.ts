/** A node's user data: small enough, the same wherever it is made, and whole when it is unpacked by others. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { carried } from "../../../../../components/vault-cluster/node/carried";
import { nodeFiles, userData, USER_DATA_LIMIT } from "../../../../../components/vault-cluster/node/user-data";
import { settings } from "./settings";

interface CloudConfig {
    readonly write_files: readonly {
        readonly path: string;
        readonly permissions: string;
        readonly content: string;
    }[];
    readonly runcmd: readonly (readonly string[])[];
}
const NODE = join(__dirname, "../../../../../components/vault-cluster/node");

test("is a cloud-config with the settings as they are, and everything else in one archive", () => {
    const text = userData(settings());
    expect(text.split("\n")[0]).toBe("#cloud-config");
    const config = parse(text) as CloudConfig;
    expect(config.write_files.map(({ path }) => path)).toEqual([
        "/etc/portcullis/node.json",
        "/usr/local/lib/portcullis/node.tar.gz",
    ]);
    expect(JSON.parse(config.write_files[0]?.content ?? "")).toEqual(settings());
    expect(config.runcmd).toEqual([
        ["python3", "-m", "tarfile", "-e", "/usr/local/lib/portcullis/node.tar.gz", "/"],
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "portcullis-boot.service"],
        ["systemctl", "start", "--no-block", "portcullis-boot.service"],
    ]);
});

test("has every file in the archive, as tar reads it", () => {
    const { write_files: files } = parse(userData(settings())) as CloudConfig;
    const input = Buffer.from(files[1]?.content ?? "", "base64");
    const listed = execFileSync("tar", ["-tvzf", "-"], { input, encoding: "utf8" }).trim().split("\n");
    const wanted = nodeFiles(settings());
    expect(listed.map((line) => line.replace(/ +/g, " ").replace(/ 1970-.*? (?=\S+$)/, " "))).toEqual(
        wanted.map(({ path, text }) => `-rw-r--r-- root/root ${Buffer.byteLength(text)} ${path.slice(1)}`),
    );
    for (const { path, text } of wanted) {
        const content = execFileSync("tar", ["-xzOf", "-", path.slice(1)], { input, encoding: "utf8" });
        expect(content).toBe(text);
    }
});

test("is the same at any time", () => {
    const { write_files: files } = parse(userData(settings())) as CloudConfig;
    const archive = Buffer.from(files[1]?.content ?? "", "base64");
    // The time in the header of gzip.
    expect(archive.readUInt32LE(4)).toBe(0);
    expect(gunzipSync(archive).length % 512).toBe(0);
    expect(userData(settings())).toBe(userData(settings()));
});

test("leaves room for long names", () => {
    const long = userData(
        settings({
            clusterName: "vault-of-the-platform-team-in-production",
            serverName: "vault.internal.production.platform.example-company.com",
            binary: {
                url: `https://artifacts.example-company.com/${"a".repeat(100)}.tar.gz`,
                sha256: "0".repeat(64),
            },
            telemetry: true,
        }),
    );
    expect(Buffer.byteLength(long)).toBeLessThan(USER_DATA_LIMIT - 1_000);
});

test("is refused over the limit of EC2, with what to shorten", () => {
    let noise = "";
    for (let index = 0; noise.length < 4_000; index++) noise += `${(index * 2_654_435_761).toString(36)}/`;
    const binary = { url: `https://releases.example.com/${noise}bao`, sha256: "0".repeat(64) };
    expect(() => userData(settings({ binary }))).toThrow(
        /^The user data of a node would have \d+ bytes, and EC2 takes 16384\. Shorten the longest of the cluster's settings, binary\.$/,
    );
});

test("refuses what a node cannot be told", () => {
    expect(() => userData(settings({ clusterName: "a b" }))).toThrow(/clusterName/);
});

test.each(["boot.py", join("agent", "agent.py")])(
    "carries %s without comments, and it is the same program",
    (file) => {
        const whole = readFileSync(join(NODE, file), "utf8");
        const small = carried(whole);
        expect(small.length).toBeLessThan(whole.length);
        expect(small).not.toMatch(/^\s*#|"""|^\s*$(?!\n*$)/m);
        // What Python makes of each, without the docstrings.
        const tree = (program: string): string =>
            execFileSync("python3", ["-c", TREE], { input: program, encoding: "utf8", maxBuffer: 1 << 24 });
        expect(tree(small)).toBe(tree(whole));
    },
);

const TREE = `
import ast, sys
tree = ast.parse(sys.stdin.read())
for node in ast.walk(tree):
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
        node.body = node.body[1:]
print(ast.dump(tree))
`;
