/** The example's policy pack on the real engine: what it refuses, at preview and before anything is touched, and what not. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { outscale } from "../../sdk";
import type { Violation } from "../../tools/pulumi/events";
import { makeAuthority } from "../oracles/certificates";
import { accountProgram } from "../support/account-program";
import { Bridged, writeBridgedPlugin } from "../support/bridged-outscale";
import { configFor, openDeployment, OPENING, type Deployment } from "../support/deployment";
import { assertHidden, failureOf, linesOf, toldBy } from "../support/secrets";

const PACK = resolve(__dirname, "..", "..", "examples", "policy-pack");
const policyPacks = [PACK];
const DAY = 86_400_000;

const keyPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();

/** A program that declares this and puts nothing out. */
const declares = (declare: () => unknown): PulumiFn => {
    return () => {
        declare();
        return Promise.resolve({});
    };
};

/** The resource's name and the policy, one line a violation. */
const briefly = (violations: readonly Violation[]): string[] =>
    violations.map(({ urn = "", policy }) => `${urn.slice(urn.lastIndexOf("::") + 2)}: ${policy}`).sort();

describe("the policy pack on the real engine", function () {
    this.timeout(180_000);

    let deployment: Deployment;

    before(async function () {
        this.timeout(OPENING);
        deployment = await openDeployment({ program: () => Promise.resolve({}) });
        writeBridgedPlugin(deployment.directory);
    });

    after(() => deployment.close());

    /** What the pack refuses of a program, at preview and at deployment alike; the account stays as it was. */
    async function refused(
        program: PulumiFn,
        configs: readonly string[] = [],
    ): Promise<readonly Violation[]> {
        const { account, emulator, stack } = deployment;
        const found = account.snapshot();
        const calls = emulator.calls.length;
        const options = { program, policyPacks, policyPackConfigs: configs };
        const preview = await failureOf(stack.preview(options));
        assert.ok(preview.report.violations.length > 0, preview.message);
        assert.equal(emulator.calls.length, calls, "a preview asks the account nothing");
        assert.deepEqual(account.snapshot(), found);
        return preview.report.violations;
    }

    it("lets an account with certificates pass, and again when it stands", async () => {
        const { stack } = deployment;
        const program = accountProgram();
        assert.deepEqual((await stack.preview({ program, policyPacks })).violations, []);
        assert.deepEqual((await stack.up({ program, policyPacks, outputs: false })).violations, []);
        assert.deepEqual((await stack.preview({ program, policyPacks })).violations, []);
        await stack.destroy();
    });

    it("refuses rules that are open to the world, and no others", async () => {
        const { pem } = await makeAuthority();
        const program = declares(() => {
            const { caId } = new outscale.Ca("gate", { caPem: pem });
            new outscale.ApiAccessRule("certified", { caIds: [caId], ipRanges: ["0.0.0.0/0"] });
            new outscale.ApiAccessRule("office", { ipRanges: ["198.51.100.0/24"] });
            new outscale.ApiAccessRule("world", { ipRanges: ["192.0.2.1/32", "0.0.0.0/0"] });
            new Bridged("apiAccessRule:ApiAccessRule", "bridged-world", { ipRanges: ["::/0"] });
            new Bridged("apiAccessRule:ApiAccessRule", "bridged-certified", {
                caIds: [caId],
                ipRanges: ["::/0"],
            });
            new Bridged("apiAccessRule:ApiAccessRule", "bridged-broad", { ipRanges: ["64.0.0.0/2"] });
        });
        const violations = await refused(program);
        assert.deepEqual(briefly(violations), [
            "bridged-broad: no-world-open-rule",
            "bridged-world: no-world-open-rule",
            "world: no-world-open-rule",
        ]);
        assert.equal(
            violations.find(({ urn }) => urn?.endsWith("::world"))?.message,
            "An access rule that asks for no certificate is not open to the world.\n" +
                'The rule "world" admits calls from everywhere. Name an authority in `caIds`, so that its callers need ' +
                "a certificate, or open it to the addresses that need it.",
        );
        const { account, stack } = deployment;
        const found = account.snapshot();
        const up = await failureOf(stack.up({ program: declaresWorld, policyPacks, outputs: false }));
        assert.deepEqual(briefly(up.report.violations), ["world: no-world-open-rule"]);
        assert.deepEqual(account.snapshot(), found, "no call was made");
    });

    const declaresWorld = declares(() => new outscale.ApiAccessRule("world", { ipRanges: ["0.0.0.0/0"] }));

    it("refuses rules that are open together, as its configuration says", async () => {
        const config = join(deployment.directory, "policies.json");
        const halves = { broadestIpv4Prefix: 1 };
        writeFileSync(
            config,
            JSON.stringify({ "no-world-open-rule": halves, "no-world-open-rules-together": halves }),
        );
        const program = (...ranges: string[]) =>
            declares(() => {
                ranges.forEach((range, index) => {
                    new outscale.ApiAccessRule(`half-${index}`, { ipRanges: [range] });
                });
            });
        const violations = await refused(program("0.0.0.0/1", "128.0.0.0/1"), [config]);
        assert.deepEqual(
            violations.map(({ policy }) => policy),
            ["no-world-open-rules-together"],
        );
        assert.match(violations[0]?.message ?? "", /The rules "half-[01]", "half-[01]" together leave/);
        const { stack } = deployment;
        const run = { program: program("0.0.0.0/1"), policyPacks, policyPackConfigs: [config] };
        assert.deepEqual((await stack.preview(run)).violations, []);
    });

    it("refuses access keys that never expire, live too long, or are in state in plain text", async () => {
        const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();
        const secret = { additionalSecretOutputs: ["secretKey"] };
        const program = declares(() => {
            new Bridged("accessKey:AccessKey", "good", { expirationDate: inDays(89) }, secret);
            new Bridged("accessKey:AccessKey", "endless", {}, secret);
            new Bridged("accessKey:AccessKey", "long", { expirationDate: inDays(91) }, secret);
            new Bridged("accessKey:AccessKey", "plain", { expirationDate: inDays(1) });
            const later = pulumi.output(
                new Bridged("accessKey:AccessKey", "first", { expirationDate: inDays(1) }, secret).id,
            );
            new Bridged("accessKey:AccessKey", "unknown", { expirationDate: later }, secret);
            new outscale.AccessKey("ours-good", { lifetime: "90d" });
            new outscale.AccessKey("ours-endless", { state: "INACTIVE" });
            new outscale.AccessKey("ours-long", { lifetime: "91d" });
        });
        assert.deepEqual(briefly(await refused(program)), [
            "endless: access-key-expires",
            "long: access-key-max-lifetime",
            "ours-endless: access-key-expires",
            "ours-long: access-key-max-lifetime",
            "plain: access-key-secret-encrypted",
        ]);
    });

    it("refuses private keys in plain inputs of whatever resource, and lets encrypted ones pass", async () => {
        const files = { nested: [{ file: Buffer.from(keyPem).toString("base64") }] };
        const program = declares(() => {
            new Bridged("ca:Ca", "plain", { caPem: `${keyPem}\n`, ...files });
            new Bridged("ca:Ca", "encrypted", { caPem: pulumi.secret(keyPem), files: pulumi.secret(files) });
        });
        const violations = await refused(program);
        assert.deepEqual(
            violations.map(({ policy, message }) => [
                policy,
                /The property (\S+) of "plain" holds/.exec(message)?.[1],
            ]),
            [
                ["no-plain-private-key", "caPem"],
                ["no-plain-private-key", "nested[0].file"],
            ],
        );
        const told = toldBy(await failureOf(deployment.stack.preview({ program, policyPacks })));
        assertHidden([...linesOf(keyPem), files.nested[0]?.file ?? ""], [["the refusal", told]]);
    });

    it("refuses a secret setting in plain configuration, and does not show it", async () => {
        let secretKey = "";
        const other = await openDeployment({
            program: accountProgram(),
            config: (emulator) => {
                secretKey = emulator.secretKey;
                return { ...configFor(emulator), "outscale:secretKeyId": secretKey, "gatehouse:key": keyPem };
            },
        });
        try {
            const failure = await failureOf(other.stack.preview({ policyPacks }));
            assert.deepEqual(
                failure.report.violations.map(({ policy, message }) => [
                    policy,
                    /`pulumi config set (\S+) --secret`/.exec(message)?.[1],
                ]),
                [
                    ["no-plain-private-key", "outscale:secretKeyId"],
                    ["no-plain-private-key", "gatehouse:key"],
                ],
            );
            const told = JSON.stringify(failure.report.violations);
            assertHidden([secretKey, ...linesOf(keyPem)], [["the violations", told]]);
            assert.deepEqual(other.emulator.calls, []);
        } finally {
            await other.close();
        }
    });
});
