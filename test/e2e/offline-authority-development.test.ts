/** OfflineAuthority in development: @pulumi/tls makes what an operator would sign, and it is judged the same. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { OfflineAuthority } from "../../sdk/vault";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack, type UpResult } from "../../tools/pulumi/engine";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";
import { findingsOf, findPkilint, type Subject } from "../oracles/pkilint";
import { changesOf, OPENING, skipWherePlain } from "../support/deployment";
import { assertHidden, filesBelow, linesOf } from "../support/secrets";
import { foundOrSkip } from "../support/skip";

describe("OfflineAuthority in development", function () {
    this.timeout(240_000);

    let directory = "";
    let stack: EngineStack;
    let first: UpResult;

    const program = () => {
        const authority = new OfflineAuthority("pki", {
            mode: "development",
            organization: "Example",
            intermediate: { permittedDnsDomains: ["example.org"] },
            server: { dnsNames: ["vault.example.org"], ipAddresses: ["127.0.0.1"] },
        });
        const { stage, files, requests, notAfter } = authority;
        return Promise.resolve({ stage, files, requests, notAfter, ran: authority.whenSigned(() => true) });
    };

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        directory = mkdtempSync(join(tmpdir(), "portcullis-development-"));
        const cli = await findPulumi();
        const workDir = resolve(__dirname, "..", "..");
        const plugins = await choosePlugins(["tls"], { cli, workDir });
        const notice = standInNotice(plugins);
        if (notice !== undefined) console.log(`    ${notice}`);
        stack = await openStack({
            project: "vaultpki",
            stack: "dev",
            program,
            directory,
            workDir,
            cli,
            plugins,
        });
        first = await stack.up();
    });

    after(() => {
        if (directory !== "") rmSync(directory, { recursive: true, force: true });
    });

    const filesOf = (result: UpResult): Record<string, string> =>
        result.outputs.files?.value as Record<string, string>;

    it("is signed at once, and says what it is not fit for", () => {
        assert.equal(first.outputs.stage?.value, "signed");
        assert.equal(first.outputs.ran?.value, true);
        const warnings = first.diagnostics.map(({ message }) => message).join("\n");
        assert.match(warnings, /For development alone: the root's key is in the state\./);
        assert.match(warnings, /permittedDnsDomains is not applied: @pulumi\/tls has no name constraints\./);
    });

    it("makes a chain that openssl accepts strictly", () => {
        for (const [name, pem] of Object.entries(filesOf(first))) writeFileSync(join(directory, name), pem);
        const strict = ["verify", "-x509_strict", "-policy_check", "-purpose", "sslserver"];
        const verified = execFileSync(
            "openssl",
            [
                ...[...strict, "-verify_hostname", "vault.example.org", "-CAfile", "root-ca.pem"],
                ...["-untrusted", "ca-chain.pem", "vault.pem"],
            ],
            { cwd: directory, encoding: "utf8" },
        );
        assert.equal(verified, "vault.pem: OK\n");
        for (const name of Object.keys(filesOf(first))) rmSync(join(directory, name));
    });

    it("makes certificates in which pkilint finds nothing", async function () {
        const environment = foundOrSkip(this, await findPkilint());
        const names = ["root-ca.pem", "intermediate-ca.pem", "vault.pem"];
        const [root = "", intermediate = "", server = ""] = names.map((name) => {
            const path = join(directory, name);
            // The server's file holds its chain as well.
            const [pem = ""] = (filesOf(first)[name] ?? "").split(/(?<=-----END CERTIFICATE-----\n)/);
            writeFileSync(path, pem);
            return path;
        });
        const subjects: readonly Subject[] = [
            ...[[root] as const, [intermediate] as const, [server] as const],
            ...[[root, intermediate] as const, [intermediate, server] as const],
        ];
        const found = await findingsOf(environment.python, subjects);
        for (const path of [root, intermediate, server]) rmSync(path);
        assert.deepEqual(found, [[], [], [], [], []]);
    });

    it("shows no change at the next preview, and keeps its keys encrypted", async () => {
        assert.deepEqual(changesOf(await stack.preview({ program })), {});
        const key = filesOf(first)["vault-key.pem"] ?? "";
        const state = JSON.stringify(await stack.exportState());
        assertHidden([...linesOf(key), "PRIVATE KEY-----"], [["the state", state], ...filesBelow(directory)]);
    });
});
