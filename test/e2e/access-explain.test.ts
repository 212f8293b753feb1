/** `portcullis access explain` on states that the real engine wrote, encrypted and in clear text. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import type { AccessReport } from "../../provider/outscale/explain/report";
import { fingerprintSha1 } from "../../provider/pki/pem";
import { outscale } from "../../sdk";
import { engineEnvironment } from "../../tools/pulumi/workspace";
import { accountProgram, certificatesOf, OFFICE } from "../support/account-program";
import { openDeployment, OPENING, skipWherePlain, type Deployment } from "../support/deployment";
import { runPortcullis, type RunOptions } from "../support/portcullis";
import { testAuthority } from "../unit/provider/outscale/api/certificates";

describe("portcullis access explain, of a stack's state", function () {
    this.timeout(180_000);

    const open: Deployment[] = [];
    after(() => Promise.all(open.map((deployment) => deployment.close())));

    async function explain(
        { home }: Deployment,
        args: readonly string[],
        options: Partial<RunOptions> = {},
    ): Promise<AccessReport> {
        const all = ["access", "explain", "--json", ...args];
        const { code, out, err } = await runPortcullis(all, { directory: home, ...options });
        assert.deepEqual([code, err], [0, ""]);
        assert.equal(/PRIVATE KEY|ciphertext|plaintext/.test(out), false, "the report holds secrets");
        // The command prints exactly this type.
        return JSON.parse(out) as AccessReport;
    }

    describe("of AccountMfa", () => {
        const at = new Date(Date.now() + 60_000).toISOString();
        let deployment: Deployment;
        let report: AccessReport;
        let operatorPem: string;

        before(async function () {
            this.timeout(OPENING);
            deployment = await openDeployment({ program: accountProgram() });
            open.push(deployment);
            const up = await deployment.stack.up();
            operatorPem = certificatesOf(up).operator?.certificatePem ?? "";
            const state = JSON.stringify(await deployment.stack.exportState());
            writeFileSync(join(deployment.home, "state.json"), state);
            report = await explain(deployment, ["--state", "state.json", "--at", at]);
        });

        it("has the rules that are on the account, and not those that were retired", () => {
            const byId = (ids: readonly string[]): readonly string[] => [...ids].sort();
            const live = deployment.account.rules();
            assert.equal(live.length, 2);
            assert.deepEqual(
                byId(report.rules.map(({ id }) => id)),
                byId(live.map(({ ApiAccessRuleId }) => ApiAccessRuleId)),
            );
            assert.deepEqual(
                report.authorities.map(({ id, fingerprint }) => [id, fingerprint]),
                deployment.account.cas().map(({ CaId, CaFingerprint }) => [CaId, CaFingerprint]),
            );
            assert.deepEqual(report.source, { kind: "state", file: "state.json", stack: "gatehouse/test" });
            assert.deepEqual([report.keys, report.policy, report.notes.length], [null, null, 1]);
        });

        it("says who is admitted, and what they hang on", () => {
            const { account } = deployment;
            const certificate = account.ruleDescribed("rule-certificate-1").ApiAccessRuleId;
            const backup = account.ruleDescribed("backup-rule").ApiAccessRuleId;
            assert.deepEqual(
                report.identities.map(({ name, verdict, by }) => [name, verdict, [...by].sort()]),
                [
                    ["operator", "admitted", [certificate, backup].sort()],
                    ["ci", "admitted", [certificate, backup].sort()],
                    ["office", "admitted", [backup]],
                ],
            );
            assert.equal(report.identities[0]?.certificate?.fingerprint, fingerprintSha1(operatorPem));
            const without = Object.fromEntries(report.rules.map((rule) => [rule.id, rule.without]));
            const narrowed = ["operator", "ci"].map((identity) => ({ identity, effect: "narrowed" }));
            assert.deepEqual(without, {
                [certificate]: narrowed,
                [backup]: [{ identity: "office", effect: "lockedOut" }],
            });
            assert.deepEqual(report.authorities[0]?.without, narrowed);
        });

        it("says the same of the backend's own file, from standard input", async () => {
            const file = join(deployment.directory, "backend", ".pulumi", "stacks", "gatehouse", "test.json");
            const same = await explain(deployment, ["--state", "-", "--at", at], {
                input: readFileSync(file, "utf8"),
            });
            const source = { kind: "state", file: "standard input", stack: "gatehouse/test" };
            assert.deepEqual(same, { ...report, source });
        });

        it("says the same of the account itself, whose authorities the state knows", async () => {
            const { emulator } = deployment;
            // The command has no certificate here: it calls from the backup address.
            emulator.faults.defaultSourceAddress = OFFICE;
            const args = ["--state", "state.json", "--live", "--at", at, "--endpoint", emulator.endpoint];
            const live = await explain(deployment, [...args, "--ca-file", emulator.caFile], {
                environment: { OSC_ACCESS_KEY: emulator.accessKey, OSC_SECRET_KEY: emulator.secretKey },
            });
            assert.deepEqual(
                live.identities.map(({ name, verdict }) => [name, verdict]),
                [
                    ["operator", "admitted"],
                    ["ci", "admitted"],
                    ["office", "admitted"],
                ],
            );
            assert.deepEqual(live.authorities, report.authorities);
            assert.deepEqual(
                live.keys?.map(({ id, isCalling }) => [id, isCalling]),
                [[emulator.accessKey, true]],
            );
            assert.deepEqual(live.notes, []);
        });
    });

    it("says what is encrypted, and reads it where the export shows secrets", async function () {
        skipWherePlain(this);
        const authority = await testAuthority("Authority");
        const { certificatePem } = await authority.issue("ada");
        const protect = [{ name: "ada", certificatePem, authorityPems: [authority.caPem] }];
        const deployment = await openDeployment({
            program: () => {
                const ca = new outscale.Ca("ca", { caPem: pulumi.secret(authority.caPem) });
                const rule = { caIds: [ca.caId], protect: pulumi.secret(protect) };
                new outscale.ApiAccessRule("rule", rule);
                return Promise.resolve({});
            },
        });
        open.push(deployment);
        await deployment.stack.up();

        const { directory, home } = deployment;
        writeFileSync(join(home, "sealed.json"), JSON.stringify(await deployment.stack.exportState()));
        const sealed = await explain(deployment, ["--state", "sealed.json"]);
        assert.deepEqual(sealed.identities, []);
        assert.equal(sealed.authorities[0]?.certificate, null);
        const show = "Export the state with `pulumi stack export --show-secrets`, and it is.";
        assert.deepEqual(sealed.notes.slice(1, 3).sort(), [
            `The certificate of the authority ca is encrypted in this state and was not read. ${show}`,
            `\`protect\` of rule is encrypted in this state and was not read. ${show}`,
        ]);

        const args = ["stack", "export", "--show-secrets", "--stack", "test", "--non-interactive"];
        const clear = execFileSync(join(directory, "bin", "pulumi"), args, {
            cwd: join(directory, "project"),
            env: { ...process.env, ...engineEnvironment(directory) },
            encoding: "utf8",
        });
        const report = await explain(deployment, ["--state", "-"], { input: clear });
        assert.deepEqual(
            report.identities.map(({ name, verdict }) => [name, verdict]),
            [["ada", "admitted"]],
        );
        assert.equal(report.authorities[0]?.fingerprint, fingerprintSha1(authority.caPem));
        assert.equal(report.notes.length, 1);
    });
});
