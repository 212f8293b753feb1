/** The official Python SDK of OUTSCALE against the emulator, with and without a client certificate. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, beforeEach, describe, it } from "mocha";
import {
    startOutscaleEmulator,
    type AccountState,
    type OutscaleAccount,
    type RunningEmulator,
} from "../../emulators/outscale";
import { makeAuthority, makeClient, type TestAuthority } from "../oracles/certificates";
import { outcomeOf } from "../oracles/https-client";
import { pythonWith } from "../../tools/services/python";
import { foundOrSkip } from "../support/skip";

interface SdkResult {
    readonly status: number;
    readonly body: Record<string, unknown>;
}

/** A process of the SDK that runs one call after the other. */
class SdkProcess {
    private readonly process: ChildProcess;
    private readonly lines: AsyncIterator<string>;

    constructor(python: string, folder: string, caFile: string) {
        const script = join(__dirname, "..", "oracles", "osc_sdk.py");
        const { PATH = "" } = process.env;
        const environment = {
            PATH,
            HOME: folder,
            OSC_CONFIG_FILE: join(folder, "config.json"),
            REQUESTS_CA_BUNDLE: caFile,
        };
        const child = spawn(python, [script], { env: environment, stdio: ["pipe", "pipe", "inherit"] });
        this.process = child;
        this.lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    }

    public async run(request: { profile: string; call: string; parameters: object }): Promise<SdkResult> {
        this.process.stdin?.write(`${JSON.stringify(request)}\n`);
        const line = await this.lines.next();
        if (line.done === true) throw new Error("the SDK's process ended");
        return JSON.parse(line.value) as SdkResult; // the script prints nothing else
    }

    public async end(): Promise<void> {
        if (this.process.exitCode !== null) return;
        this.process.stdin?.end();
        await once(this.process, "exit");
    }
}

/** The SDK with one of the profiles. */
class Sdk {
    constructor(
        private readonly sdk: SdkProcess,
        private readonly profile: string,
    ) {}

    public async call(call: string, parameters: object = {}): Promise<SdkResult> {
        return this.sdk.run({ profile: this.profile, call, parameters });
    }

    public async outcome(name: string, parameters: object = {}): Promise<string> {
        return outcomeOf(await this.call(name, parameters));
    }

    public async part(name: string, parameters: object, key: string): Promise<Record<string, unknown>> {
        const result = await this.call(name, parameters);
        assert.equal(outcomeOf(result), "200");
        return result.body[key] as Record<string, unknown>; // the caller names a part that is an object
    }
}

describe("osc-sdk-python 0.42.0 against the emulator", () => {
    let authority: TestAuthority;
    let folder: string | undefined;
    let emulator: RunningEmulator | undefined;
    let account: OutscaleAccount;
    let born: AccountState;
    let sdk: SdkProcess | undefined;
    let bare: Sdk;
    let secure: Sdk;
    let wrong: Sdk;

    before(async function () {
        this.timeout(360_000);
        const environment = foundOrSkip(this, await pythonWith("osc-sdk-python", "0.42.0"));
        authority = await makeAuthority();
        const client = await makeClient(authority);
        folder = mkdtempSync(join(tmpdir(), "osc-sdk-"));
        // The SDK hands one path to the TLS library: certificate and key share a file.
        writeFileSync(join(folder, "client.pem"), `${client.pem}\n${client.keyPem}`, { mode: 0o600 });
        emulator = await startOutscaleEmulator();
        ({ account } = emulator);
        born = account.snapshot();
        const { accessKey, secretKey, region, endpoint } = emulator;
        const profile = {
            access_key: accessKey,
            secret_key: secretKey,
            region,
            endpoints: { api: endpoint },
        };
        const profiles = {
            bare: profile,
            secure: { ...profile, x509_client_cert: join(folder, "client.pem") },
            wrong: { ...profile, secret_key: "A".repeat(40) },
        };
        writeFileSync(join(folder, "config.json"), JSON.stringify(profiles), { mode: 0o600 });
        sdk = new SdkProcess(environment.python, folder, emulator.caFile);
        bare = new Sdk(sdk, "bare");
        secure = new Sdk(sdk, "secure");
        wrong = new Sdk(sdk, "wrong");
    });
    beforeEach(() => {
        account.restore(born);
    });
    after(async () => {
        await sdk?.end();
        await emulator?.stop();
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    it("moves an account from address rules to a certificate", async () => {
        assert.equal(await bare.outcome("ReadApiAccessRules"), "200");
        assert.equal(await secure.outcome("ReadApiAccessRules"), "200");
        const ca = await bare.part("CreateCa", { CaPem: authority.pem, Description: "ours" }, "Ca");
        assert.deepEqual(Object.keys(ca).sort(), ["CaFingerprint", "CaId", "Description"]);
        const rule = await bare.part("CreateApiAccessRule", { CaIds: [ca["CaId"]] }, "ApiAccessRule");
        assert.deepEqual(rule["CaIds"], [ca["CaId"]]);
        const [world, cockpit] = account.rules();
        const deletion = (id: string | undefined) => ({ ApiAccessRuleId: id });
        assert.equal(await bare.outcome("DeleteApiAccessRule", deletion(cockpit?.ApiAccessRuleId)), "200");
        assert.equal(await bare.outcome("DeleteApiAccessRule", deletion(world?.ApiAccessRuleId)), "200");

        assert.equal(await bare.outcome("ReadApiAccessRules"), "401/14");
        assert.equal(await bare.outcome("ReadVms"), "401/14");
        const left = await secure.call("ReadApiAccessRules");
        assert.deepEqual(left.body["ApiAccessRules"], [rule]);
        const last = { ApiAccessRuleId: rule["ApiAccessRuleId"] };
        assert.equal(await secure.outcome("DeleteApiAccessRule", last), "409/9901");
    });

    it("opens a trusted session", async () => {
        const { CaId } = await bare.part("CreateCa", { CaPem: authority.pem }, "Ca");
        const created = await bare.part("CreateApiAccessRule", { CaIds: [CaId] }, "ApiAccessRule");
        for (const { ApiAccessRuleId } of account.rules()) {
            if (ApiAccessRuleId === created["ApiAccessRuleId"]) continue;
            assert.equal(await secure.outcome("DeleteApiAccessRule", { ApiAccessRuleId }), "200");
        }
        const policy = { MaxAccessKeyExpirationSeconds: 3_153_600_000, RequireTrustedEnv: true };
        assert.equal(await secure.outcome("UpdateApiAccessPolicy", policy), "409/9904");
        const key = { AccessKeyId: account.accessKey, ExpirationDate: "2063-04-05" };
        const updated = await secure.part("UpdateAccessKey", key, "AccessKey");
        assert.equal(updated["ExpirationDate"], "2063-04-05T00:00:00.000+0000");
        assert.deepEqual(await secure.part("UpdateApiAccessPolicy", policy, "ApiAccessPolicy"), policy);
        assert.equal(await bare.outcome("ReadVms"), "200");
        assert.equal(await bare.outcome("ReadApiAccessPolicy"), "401/14");
        assert.equal(await secure.outcome("ReadApiAccessPolicy"), "200");
    });

    it("makes keys and users", async () => {
        await bare.part("CreateUser", { UserName: "eve" }, "User");
        const key = await bare.part("CreateAccessKey", { UserName: "eve", Tag: "t" }, "AccessKey");
        assert.equal(await bare.outcome("DeleteUser", { UserName: "eve" }), "409/9903");
        const inactive = { AccessKeyId: key["AccessKeyId"], UserName: "eve", State: "INACTIVE" };
        await bare.part("UpdateAccessKey", inactive, "AccessKey");
        const deletion = { AccessKeyId: key["AccessKeyId"], UserName: "eve" };
        assert.equal(await bare.outcome("DeleteAccessKey", deletion), "200");
        assert.equal(await bare.outcome("DeleteUser", { UserName: "eve" }), "200");
        assert.deepEqual((await bare.call("ReadUsers")).body["Users"], []);
    });

    it("is refused with a wrong secret", async () => {
        assert.equal(await wrong.outcome("ReadVms"), "401/1");
        assert.equal(await bare.outcome("ReadVms"), "200");
    });
});
