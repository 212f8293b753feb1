/** A node's user data, run as an image runs it: by the real cloud-init, under a real systemd, unchanged. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { runProgram } from "../../tools/pulumi/processes";
import { findCloudInit, type CloudInit } from "../../tools/services/cloud-init";
import { debianPackages, packagedEnvironment } from "../../tools/services/debian";
import { until } from "../../tools/services/vault-cluster";
import { startNodeMachine, type BootedNode } from "../support/booted-node";
import { ground, type Ground } from "../support/vault-clusters";
import { foundOrSkip } from "../support/skip";

describe("a node's user data", function () {
    this.timeout(240_000);
    let at: Ground;
    let cloudInit: CloudInit;
    let node: BootedNode;
    let folder: string;
    let token: string;

    before(async function () {
        const skip = (why: string): never => {
            console.log(`      skipped: ${why}`);
            return this.skip();
        };
        const found = await findCloudInit();
        if ("missing" in found) return skip(found.missing);
        cloudInit = found;
        const grounds = await ground();
        if ("missing" in grounds) return skip(grounds.missing);
        at = grounds;
        folder = mkdtempSync(join(tmpdir(), "portcullis-boot-"));
        const started = await startNodeMachine({
            directory: folder,
            program: at.program,
            moto: at.moto,
            cloudInit,
        });
        if ("missing" in started) return skip(started.missing);
        node = started;
    });
    after(async () => {
        await (node as BootedNode | undefined)?.close();
        await (at as Ground | undefined)?.close();
        if ((folder as string | undefined) !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    const on = async (...command: [string, ...string[]]): Promise<string> =>
        (await node.machine().run(command)).stdout.trim();
    const show = (unit: string, property: string): Promise<string> =>
        on("systemctl", "show", "-P", property, unit);
    const server = "openbao.service";
    const boot = "portcullis-boot.service";
    const healthy = (status: number) =>
        until(
            `the server's health is ${status}`,
            60_000,
            async () => (await node.ask("GET", "sys/health")).status === status,
        );

    it("is valid for cloud-init's own schema, which knows an invalid one", async () => {
        const judged = async (text: string): Promise<number | null> => {
            const file = join(folder, "user-data.yaml");
            writeFileSync(file, text);
            const [command, ...args] = cloudInit.command;
            const { code } = await runProgram(command, [...args, "schema", "--config-file", file], {
                ...{ limit: 60_000, environment: cloudInit.environment },
            });
            return code;
        };
        assert.equal(await judged(node.userData), 0);
        assert.equal(await judged(node.userData.replace('permissions: "0644"', "permissions: 0644")), 1);
    });

    it("waits for the secret with the TLS files, and starts nothing before", async () => {
        await node.cloudInit();
        await until("it has asked for the secret", 60_000, async () =>
            (await on("journalctl", "-o", "cat", "-u", boot)).includes("fetching the TLS files failed"),
        );
        assert.equal(await show(boot, "ActiveState"), "activating");
        assert.equal(await show(server, "ActiveState"), "inactive");
        await node.putSecret();
        await healthy(501);
        assert.equal(await show(boot, "ActiveState"), "active");
        assert.equal(await show("portcullis-agent.service", "ActiveState"), "active");
    });

    it("has put every file in place, for its owner and nobody else", async () => {
        const paths = [
            ...["/etc/portcullis/node.json", "/etc/portcullis/tls", "/etc/portcullis/tls/private-key.pem"],
            ...["/etc/openbao", "/etc/openbao/server.hcl", "/var/lib/openbao", "/var/log/openbao"],
            ...[
                "/usr/local/bin/bao",
                "/usr/local/lib/portcullis/boot.py",
                "/usr/local/lib/portcullis/agent.py",
            ],
        ];
        assert.deepEqual((await on("stat", "-L", "-c", "%a %U:%G %n", ...paths)).split("\n"), [
            "644 root:root /etc/portcullis/node.json",
            "750 root:openbao /etc/portcullis/tls",
            "640 root:openbao /etc/portcullis/tls/private-key.pem",
            "750 root:openbao /etc/openbao",
            "640 root:openbao /etc/openbao/server.hcl",
            "700 openbao:openbao /var/lib/openbao",
            "750 openbao:openbao /var/log/openbao",
            "755 root:root /usr/local/bin/bao",
            "644 root:root /usr/local/lib/portcullis/boot.py",
            "644 root:root /usr/local/lib/portcullis/agent.py",
        ]);
        assert.deepEqual(JSON.parse(await on("cat", "/etc/portcullis/node.json")), node.settings);
        assert.doesNotMatch(await on("cat", "/etc/openbao/server.hcl"), /@/);
    });

    it("runs the server with no right but its own files, and no dump of its memory", async () => {
        const pid = await show(server, "MainPID");
        const status = await on("cat", `/proc/${pid}/status`);
        assert.equal(await on("stat", "-c", "%U", `/proc/${pid}`), "openbao");
        assert.match(status, /^CapBnd:\t0+$/m);
        assert.match(status, /^NoNewPrivs:\t1$/m);
        assert.match(status, /^Seccomp:\t2$/m);
        assert.match(await on("cat", `/proc/${pid}/limits`), /^Max core file size +0 +0 /m);
        const exposure = async (unit: string): Promise<number> =>
            Number(/: ([\d.]+) OK/.exec(await on("systemd-analyze", "--no-pager", "security", unit))?.[1]);
        assert((await exposure(server)) < 2);
        assert((await exposure("portcullis-agent.service")) < 3);
    });

    it("forms a cluster, under the instance's id, that writes both of its audit logs", async () => {
        const answer = await node.ask("PUT", "sys/init", { recovery_shares: 1, recovery_threshold: 1 });
        assert.equal(answer.status, 200);
        token = (JSON.parse(answer.text) as { root_token: string }).root_token;
        await healthy(200);
        const raft = await node.ask("GET", "sys/storage/raft/configuration", undefined, token);
        assert.match(raft.text, new RegExp(`"node_id":"${node.id}","address":"10.0.0.5:8201"`));
        assert.equal(await on("stat", "-c", "%a %U", "/var/log/openbao/audit.log"), "600 openbao");
        for (const log of [
            await on("cat", "/var/log/openbao/audit.log"),
            await on("journalctl", "-o", "cat", "-u", server),
        ])
            assert.match(log, /"path":"sys\/storage\/raft\/configuration"/);
    });

    it("may run its boot program again: nothing changes, and the server goes on", async () => {
        const state = async () => [
            await show(server, "MainPID"),
            await on("sh", "-c", "sha256sum /etc/openbao/server.hcl /etc/portcullis/tls/*.pem"),
            await on("stat", "-c", "%Y", "/usr/local/bin/bao"),
        ];
        const before = await state();
        assert.equal((await node.machine().run(["systemctl", "restart", boot])).code, 0);
        assert.deepEqual(await state(), before);
    });

    it("has its audit log turned when it is large, and the server writes to the new one", async function () {
        const packages = foundOrSkip(this, await debianPackages(["logrotate", "libpopt0"]));
        const program = join(packages.folders[0] ?? "", "usr", "sbin", "logrotate");
        const turn = () =>
            node
                .machine()
                .run(
                    [program, "--force", "--state", "/run/logrotate.status", "/etc/logrotate.d/portcullis"],
                    packagedEnvironment(packages.folders),
                );
        const turned = await turn();
        assert.equal(turned.code, 0, turned.stderr);
        const log = "/var/log/openbao/audit.log";
        await until("the server writes to the new file", 20_000, async () => {
            await node.ask("GET", "sys/mounts", undefined, token);
            return (await on("cat", log)).includes('"path":"sys/mounts"');
        });
        assert.equal(await on("stat", "-c", "%a %U", log, `${log}.1`), "600 openbao\n600 openbao");
        // What the server's user may not read is not read for it either: root would compress it beside the log.
        await on("install", "-m", "600", "/etc/hostname", `${log}.1`);
        assert.notEqual((await turn()).code, 0);
        assert.equal(await on("sh", "-c", `ls ${log}*.gz || true`), "");
        await on("rm", `${log}.1`);
    });

    it("is started again and again while the key service is away, and unseals once it is back", async () => {
        node.keys(false);
        await on("systemctl", "restart", "--no-block", server);
        await until(
            "systemd has started it three times",
            60_000,
            async () => Number(await show(server, "NRestarts")) >= 3,
        );
        assert.notEqual(await show(server, "ActiveState"), "failed");
        node.keys(true);
        await healthy(200);
    });

    it("comes back by itself after the power was cut, with its data", async () => {
        await node.restart();
        await healthy(200);
        assert.equal((await node.ask("GET", "sys/storage/raft/configuration", undefined, token)).status, 200);
        await until(
            "its boot program is done",
            30_000,
            async () => (await show(boot, "ActiveState")) === "active",
        );
    });

    it("leaves no key and no token in the journal, and carries none", async () => {
        const key = readFileSync(node.tls.paths.privateKey, "utf8").split("\n")[1] ?? "";
        assert(key.length > 40);
        const journal = await on("journalctl", "--no-pager", "-o", "cat");
        for (const text of [journal, node.userData]) {
            assert.equal(text.includes(key), false);
            assert.equal(text.includes(token), false);
            assert.doesNotMatch(text, /PRIVATE KEY/);
        }
    });
});

describe("the boot program, when it fetches the server program", function () {
    this.timeout(30_000);
    let folder: string;
    const driver = join(__dirname, "../../components/vault-cluster/node/boot.py");

    before(() => {
        folder = mkdtempSync(join(tmpdir(), "portcullis-fetch-"));
    });
    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    /** Calls its function for a file of this machine; gives what it said where it refused. */
    async function fetchFrom(file: string, sha256: string): Promise<string> {
        const program = [
            "import runpy, sys, json",
            "boot = runpy.run_path(sys.argv[1])",
            "boot['fetch'].__globals__['LIBRARY'] = sys.argv[2]",
            "boot['place'].__globals__['os'].fchown = lambda *_: None",
            "boot['fetch'](json.loads(sys.argv[3]), sys.argv[2] + '/bao')",
        ].join("\n");
        const binary = JSON.stringify({ url: `file://${join(folder, file)}`, sha256 });
        const { stderr } = await runProgram("python3", ["-c", program, driver, folder, binary], {
            limit: 20_000,
        });
        return stderr.trim().split("\n").at(-1) ?? "";
    }
    const digest = (file: string): string =>
        createHash("sha256")
            .update(readFileSync(join(folder, file)))
            .digest("hex");
    const installed = (): string => readFileSync(join(folder, "bao"), "utf8");

    it("refuses one that is not the declared one, and leaves nothing that could be run", async () => {
        writeFileSync(join(folder, "plain"), "another program");
        const said = await fetchFrom("plain", "0".repeat(64));
        assert.equal(
            said,
            `ValueError: the server program has the digest ${digest("plain")}, not the one declared`,
        );
        assert.throws(installed, /ENOENT/);
    });

    it("installs it from a file, a .tar.gz and a .zip, by the digest of what was fetched", async () => {
        const inner = join(folder, "inner");
        await runProgram("mkdir", ["-p", inner], { limit: 5_000 });
        const packed = [
            [
                "one.tar.gz",
                "from a tar",
                ["tar", "-czf", join(folder, "one.tar.gz"), "-C", folder, "inner/bao"],
            ],
            [
                "two.zip",
                "from a zip",
                ["python3", "-m", "zipfile", "-c", join(folder, "two.zip"), join(inner, "bao")],
            ],
        ] as const;
        for (const [file, text, [command, ...args]] of packed) {
            writeFileSync(join(inner, "bao"), text);
            await runProgram(command, args, { limit: 10_000 });
            assert.equal(await fetchFrom(file, digest(file)), "");
            assert.equal(installed(), text);
        }
        writeFileSync(join(folder, "plain"), "by itself");
        assert.equal(await fetchFrom("plain", digest("plain")), "");
        assert.equal(installed(), "by itself");
    });

    it("fetches it once, and again where the installed one is no longer it", async () => {
        const sha256 = digest("plain");
        writeFileSync(join(folder, "bao"), "changed by somebody");
        assert.equal(await fetchFrom("plain", sha256), "");
        assert.equal(installed(), "by itself");
        rmSync(join(folder, "plain"));
        assert.equal(await fetchFrom("plain", sha256), "");
    });
});
