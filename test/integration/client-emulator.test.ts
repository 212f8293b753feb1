/** The OUTSCALE client against the emulator: what it signs is accepted, and what goes wrong ends well. */
import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import { startOutscaleEmulator, type RunningEmulator } from "../../emulators/outscale";
import {
    AnswerLost,
    createOnce,
    createOutscaleApi,
    OutscaleError,
    type OutscaleApi,
    type OutscaleApiParts,
} from "../../provider/outscale/api/client";
import { httpsTransport } from "../../provider/outscale/api/https-transport";
import { resolveSettings, type OutscaleSettings } from "../../provider/outscale/settings";
import { testAuthority, type Pair, type TestAuthority } from "../unit/provider/outscale/api/certificates";

describe("the OUTSCALE client and the emulator", () => {
    let authority: TestAuthority;
    let alice: Pair;
    let emulator: RunningEmulator;
    let settings: OutscaleSettings;
    let slept: number[];

    before(async () => {
        authority = await testAuthority("Test CA");
        alice = await authority.issue("alice");
    });
    beforeEach(async () => {
        emulator = await startOutscaleEmulator();
        slept = [];
        settings = resolveSettings({
            arguments: {},
            environment: {
                OSC_ACCESS_KEY: emulator.accessKey,
                OSC_SECRET_KEY: emulator.secretKey,
                OSC_REGION: emulator.region,
                OSC_ENDPOINT_API: emulator.endpoint,
                OSC_CA_FILE: "/ca.pem",
            },
            home: "/nowhere",
            readFile: (path) => {
                if (path === "/ca.pem") return emulator.caPem;
                throw Object.assign(new Error("no such file"), { code: "ENOENT" });
            },
        });
    });
    afterEach(() => emulator.stop());

    function client(changes: Partial<OutscaleSettings> = {}, parts: OutscaleApiParts = {}): OutscaleApi {
        const sleep = (ms: number): Promise<void> => {
            slept.push(ms);
            return Promise.resolve();
        };
        const all = { transport: httpsTransport(), sleep, random: () => 0, timeoutMs: 5_000, ...parts };
        return createOutscaleApi({ ...settings, ...changes }, all);
    }

    const made = async (api: OutscaleApi): Promise<number> => (await api.call("ReadCas", {})).Cas.length;
    const createCa = (api: OutscaleApi): Promise<string> =>
        createOnce({
            create: async () => (await api.call("CreateCa", { CaPem: authority.caPem })).Ca.CaId,
            find: async () => (await api.call("ReadCas", {})).Cas[0]?.CaId,
        });

    it("makes all 19 calls, and every answer is understood", async () => {
        const api = client();
        const { Ca } = await api.call("CreateCa", { CaPem: authority.caPem, Description: "one" });
        await api.call("UpdateCa", { CaId: Ca.CaId, Description: "two" });
        const cas = await api.call("ReadCas", { Filters: { CaIds: [Ca.CaId] } });
        assert.deepEqual(cas, { Cas: [{ ...Ca, Description: "two" }] });

        const criteria = { CaIds: [Ca.CaId], Cns: ["alice"], IpRanges: [], Description: "rule" };
        const { ApiAccessRule: rule } = await api.call("CreateApiAccessRule", criteria);
        const id = { ApiAccessRuleId: rule.ApiAccessRuleId };
        assert.deepEqual(rule, { ...id, ...criteria });
        await api.call("UpdateApiAccessRule", { ...id, ...criteria, Cns: [] });
        const rules = await api.call("ReadApiAccessRules", { Filters: { CaIds: [Ca.CaId] } });
        assert.deepEqual(rules, { ApiAccessRules: [{ ...rule, Cns: [] }] });
        await api.call("DeleteApiAccessRule", id);
        await api.call("DeleteCa", { CaId: Ca.CaId });

        const { ApiAccessPolicy: policy } = await api.call("ReadApiAccessPolicy", {});
        const { ApiAccessPolicy: same } = await api.call("UpdateApiAccessPolicy", policy);
        assert.deepEqual(same, policy);

        await api.call("CreateUser", { UserName: "eve" });
        await api.call("UpdateUser", { UserName: "eve", NewUserEmail: "eve@example.com" });
        const { Users } = await api.call("ReadUsers", {});
        assert.deepEqual(
            Users.map(({ UserName, UserEmail }) => [UserName, UserEmail]),
            [["eve", "eve@example.com"]],
        );
        const UserName = "eve";
        const { AccessKey } = await api.call("CreateAccessKey", { UserName });
        assert.match(AccessKey.SecretKey, /^[A-Z0-9]{40}$/);
        const { AccessKeyId } = AccessKey;
        await api.call("UpdateAccessKey", { AccessKeyId, UserName, State: "INACTIVE" });
        const { AccessKeys } = await api.call("ReadAccessKeys", { UserName });
        assert.deepEqual(
            AccessKeys.map((key) => [key.AccessKeyId, key.State]),
            [[AccessKeyId, "INACTIVE"]],
        );
        await api.call("DeleteAccessKey", { AccessKeyId, UserName });
        await api.call("DeleteUser", { UserName });
        await api.call("ReadVms", {});
        assert.equal(new Set(emulator.calls.map(({ name }) => name)).size, 19);
    });

    it("is refused once for a wrong secret key, and does not try again", async () => {
        await assert.rejects(client({ secretKey: "X".repeat(40) }).call("ReadCas", {}), (error) => {
            assert(error instanceof OutscaleError);
            assert.deepEqual([error.status, error.apiCode], [401, "1"]);
            return true;
        });
        assert.deepEqual(slept, []);
    });

    it("is told of a clock that is off", async () => {
        const now = (): Date => new Date(Date.now() - 20 * 60_000);
        await assert.rejects(client({}, { now }).call("ReadCas", {}), /clock: it is 20 minutes behind/);
    });

    it("goes on by certificate where the address rules are gone", async () => {
        const configured = client();
        const api = configured.fallingBackOn(alice);
        const { Ca } = await api.call("CreateCa", { CaPem: authority.caPem });
        const { ApiAccessRules: found } = await api.call("ReadApiAccessRules", {});
        await api.call("CreateApiAccessRule", { CaIds: [Ca.CaId], Cns: ["alice"] });
        for (const { ApiAccessRuleId } of found) await api.call("DeleteApiAccessRule", { ApiAccessRuleId });
        await assert.rejects(configured.call("ReadCas", {}), /code 14.*client certificate/s);
        assert.equal(await made(api), 1);
        assert.equal(await made(configured.presenting(alice)), 1);
        const stranger = await authority.issue("mallory");
        await assert.rejects(configured.presenting(stranger).call("ReadCas", {}), /CN=mallory/);
        await api.call("CreateApiAccessRule", { IpRanges: ["127.0.0.1/32"] });
        assert.equal(await made(configured), 1);
    });

    it("waits while it is throttled, also in a create", async () => {
        emulator.faults.throttleNext(2, 429);
        emulator.faults.throttleNext(1, 503);
        const api = client();
        await api.call("CreateCa", { CaPem: authority.caPem });
        assert.deepEqual(slept, [1_000, 2_000, 4_000]);
        assert.equal(await made(api), 1);
        emulator.faults.throttleNext(4);
        await assert.rejects(api.call("ReadCas", {}), OutscaleError);
    });

    for (const fault of ["loseAnswer", "refuseConnection", "hang"] as const) {
        it(`creates one authority where a create meets ${fault}`, async () => {
            const api = client({}, { timeoutMs: 1_000 });
            emulator.faults[fault]("CreateCa");
            await createCa(api);
            assert.equal(await made(api), 1);
        });
    }

    it("creates one authority where the service answers 500 to a create", async () => {
        const api = client();
        emulator.faults.failNext(1);
        await createCa(api);
        assert.equal(await made(api), 1);
    });

    it("does not send a lost create again by itself", async () => {
        const api = client();
        emulator.faults.loseAnswer("CreateCa");
        await assert.rejects(api.call("CreateCa", { CaPem: authority.caPem }), AnswerLost);
        assert.equal(await made(api), 1);
    });

    it("deletes what a lost delete has already deleted, and says that it may have", async () => {
        const api = client();
        const { Ca } = await api.call("CreateCa", { CaPem: authority.caPem });
        emulator.faults.loseAnswer("DeleteCa");
        await assert.rejects(api.call("DeleteCa", { CaId: Ca.CaId }), (error) => {
            assert(error instanceof OutscaleError);
            assert.equal(error.afterLostAnswer, true);
            return true;
        });
        assert.equal(await made(api), 0);
    });

    it("makes one call of 200 reads at once", async () => {
        const api = client();
        await Promise.all(Array.from({ length: 200 }, () => api.call("ReadApiAccessRules", {})));
        assert.equal(emulator.calls.length, 1);
    });
});
