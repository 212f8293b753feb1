/** OUTSCALE's own clients, configured by nothing but what SdkProfile wrote, before the emulator's gate. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "mocha";
import {
    startOutscaleEmulator,
    type AccountState,
    type OutscaleAccount,
    type RunningEmulator,
} from "../../emulators/outscale";
import { Declarations } from "../../provider/declarations";
import type { Client } from "../../provider/outscale/profile/forms";
import { sdkProfile, type SdkProfileState } from "../../provider/outscale/sdk-profile";
import type { Context } from "../../provider/resource";
import { makeAuthority, makeClient } from "../oracles/certificates";
import { callApi, outcomeOf, type CallOptions } from "../oracles/https-client";
import { OSC_CLI, runOscCli } from "../oracles/osc_cli";
import { OSC_SDK_PYTHON, runOscSdkPython } from "../oracles/osc_sdk_python";
import { pythonWith, runPython } from "../../tools/services/python";
import { foundOrSkip } from "../support/skip";

const context: Context<undefined> = {
    client: undefined,
    now: () => new Date(),
    declared: new Declarations(),
    sleep: (ms) => sleep(ms),
};

describe("clients configured by SdkProfile", function () {
    this.timeout(240_000);
    let home: string;
    let emulator: RunningEmulator;
    let account: OutscaleAccount;
    let born: AccountState;
    let client: { readonly pem: string; readonly keyPem: string };
    let authorityPem: string;
    let states: SdkProfileState[] = [];

    before(async () => {
        home = mkdtempSync(join(tmpdir(), "sdk-profile-"));
        emulator = await startOutscaleEmulator();
        ({ account } = emulator);
        born = account.snapshot();
        const authority = await makeAuthority();
        authorityPem = authority.pem;
        client = await makeClient(authority);
    });
    beforeEach(() => {
        account.restore(born);
    });
    after(async () => {
        await emulator.stop();
        rmSync(home, { recursive: true, force: true });
    });

    const path = (): string => join(home, ".osc", "config.json");

    async function write(kind: Client, name: string, over: object = {}): Promise<void> {
        const { accessKey, secretKey, region, endpoint } = emulator;
        const given = { client: kind, profile: name, path: path(), region, endpoint, ...over };
        const keys = { accessKeyId: accessKey, secretKey };
        const { inputs, failures } = sdkProfile.check({ ...keys, ...given }, new Date(), {});
        assert.deepEqual(failures, []);
        // Nothing of what was checked is unknown.
        states.push((await sdkProfile.create(inputs as SdkProfileState, context)).state);
    }

    /** A profile with the certificate and one without, of each kind: both kinds stand in one file. */
    async function writeAll(): Promise<void> {
        const clientCertificate = { certificatePem: client.pem, privateKeyPem: client.keyPem };
        await Promise.all(
            (["osc-cli", "sdk"] as const).flatMap((kind) => [
                write(kind, `${kind}-secure`, { clientCertificate }),
                write(kind, `${kind}-bare`),
            ]),
        );
    }

    async function operator(call: string, parameters: object, certified = true): Promise<object> {
        const { endpoint, caPem, accessKey, secretKey } = emulator;
        const options: CallOptions = { body: JSON.stringify(parameters) };
        const answer = await callApi(
            { endpoint, caPem, accessKey, secretKey },
            call,
            certified ? { ...options, certificate: client } : options,
        );
        assert.equal(outcomeOf(answer), "200", call);
        return answer.body as object; // every answer of the API is an object
    }

    /** Leaves the account with one rule, which asks for a certificate of the authority. */
    async function closeGate(): Promise<void> {
        const { Ca } = (await operator("CreateCa", { CaPem: authorityPem })) as { Ca: { CaId: string } };
        const before = account.rules();
        await operator("CreateApiAccessRule", { CaIds: [Ca.CaId] });
        for (const { ApiAccessRuleId } of before) await operator("DeleteApiAccessRule", { ApiAccessRuleId });
    }

    async function openTrustedSession(): Promise<void> {
        await operator("UpdateAccessKey", { AccessKeyId: account.accessKey, ExpirationDate: "2063-04-05" });
        const policy = { MaxAccessKeyExpirationSeconds: 3_153_600_000, RequireTrustedEnv: true };
        await operator("UpdateApiAccessPolicy", policy);
    }

    const kinds: [Client, string, string][] = [
        ["osc-cli", "osc-sdk", OSC_CLI],
        ["sdk", "osc-sdk-python", OSC_SDK_PYTHON],
    ];
    for (const [kind, name, version] of kinds) {
        describe(`${name} ${version}`, () => {
            let python: string;
            before(async function () {
                this.timeout(360_000);
                const environment = foundOrSkip(this, await pythonWith(name, version));
                ({ python } = environment);
                states = [];
                await writeAll();
            });
            after(async () => {
                await Promise.all(states.map((state) => sdkProfile.delete("id", state, context)));
            });

            async function run(profile: string, call: string): Promise<string> {
                const { caFile } = emulator;
                const runClient = kind === "osc-cli" ? runOscCli : runOscSdkPython;
                return runClient({ python, home, caFile }, profile, call);
            }
            const secure = `${kind}-secure`;
            const bare = `${kind}-bare`;

            it("passes an open gate with either profile", async () => {
                assert.equal(await run(bare, "ReadApiAccessRules"), "200");
                assert.equal(await run(secure, "ReadApiAccessRules"), "200");
            });

            it("passes a closed one with the certificate's profile alone", async () => {
                await closeGate();
                assert.equal(await run(secure, "ReadApiAccessRules"), "200");
                assert.equal(await run(secure, "ReadVms"), "200");
                assert.equal(await run(bare, "ReadApiAccessRules"), "401/14");
                assert.equal(await run(bare, "ReadVms"), "401/14");
            });

            it("needs it in a trusted session for what guards the gate alone", async () => {
                await closeGate();
                await openTrustedSession();
                assert.equal(await run(secure, "ReadApiAccessRules"), "200");
                assert.equal(await run(bare, "ReadVms"), "200");
                assert.equal(await run(bare, "ReadApiAccessRules"), "401/14");
            });

            it("cannot read the other's form: the kinds are two", async () => {
                const other = kind === "sdk" ? "osc-cli-secure" : "sdk-secure";
                assert.match(await run(other, "ReadVms"), /^TypeError: .*unexpected keyword argument/);
            });

            it("has its two profiles and two others in the file, and after them nothing", async () => {
                const profiles = JSON.parse(readFileSync(path(), "utf8")) as object;
                assert.deepEqual(Object.keys(profiles).sort(), [
                    "osc-cli-bare",
                    "osc-cli-secure",
                    "sdk-bare",
                    "sdk-secure",
                ]);
                for (const state of states) {
                    const live = await sdkProfile.read("id", state, context);
                    assert.deepEqual(live?.state, state);
                }
            });
        });
    }

    it("reads a profile of the SDKs' kind with osc-cli too, without a certificate and an endpoint", async function () {
        const environment = foundOrSkip(this, await pythonWith("osc-sdk", OSC_CLI));
        states = [];
        await write("sdk", "plain", { endpoint: undefined });
        // What it would call, and how it would sign, without calling anybody.
        const script = [
            "import sys",
            "from osc_sdk import sdk",
            "call = sdk.OSCCall('plain', None, None, None, **sdk.get_conf('plain'))",
            "print(call.endpoint, call.region_name, call.access_key)",
        ].join("\n");
        const { stdout } = await runPython(environment.python, ["-c", script], { HOME: home });
        const { region, accessKey } = emulator;
        assert.equal(stdout.trim(), `https://api.${region}.outscale.com ${region} ${accessKey}`);
        await Promise.all(states.map((state) => sdkProfile.delete("id", state, context)));
    });
});
