/** The OUTSCALE emulator over real TLS, met by node:https and signatures that the test writes itself. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import { startOutscaleEmulator, type RunningEmulator } from "../../emulators/outscale";
import { makeAuthority, makeClient, type TestAuthority, type TestClient } from "../oracles/certificates";
import { callApi, outcomeOf, type CallOptions } from "../oracles/https-client";

describe("the OUTSCALE emulator over TLS", () => {
    let authority: TestAuthority;
    let client: TestClient;
    let stranger: TestClient;
    let emulator: RunningEmulator;
    const call = async (name: string, options: CallOptions = {}) =>
        outcomeOf(await callApi(emulator, name, options));
    const run = async (name: string, parameters: object, options: CallOptions = {}) => {
        const result = await callApi(emulator, name, { body: JSON.stringify(parameters), ...options });
        assert.equal(outcomeOf(result), "200");
        return result.body;
    };
    const code = (error: unknown) => (error instanceof Error && "code" in error ? error.code : undefined);
    /** Leaves a rule for the authority's certificates alone. */
    const demandCertificate = async () => {
        const { Ca } = (await run("CreateCa", { CaPem: authority.pem })) as { Ca: { CaId: string } };
        await run("CreateApiAccessRule", { CaIds: [Ca.CaId] });
        const [world, cockpit] = emulator.account.rules();
        await run("DeleteApiAccessRule", { ApiAccessRuleId: cockpit?.ApiAccessRuleId });
        await run("DeleteApiAccessRule", { ApiAccessRuleId: world?.ApiAccessRuleId });
    };

    before(async () => {
        authority = await makeAuthority();
        client = await makeClient(authority);
        stranger = await makeClient(await makeAuthority());
    });
    beforeEach(async () => {
        emulator = await startOutscaleEmulator();
    });
    afterEach(async () => {
        await emulator.stop();
    });

    it("gives what a client needs, and takes its file away at the stop", async () => {
        assert.match(emulator.endpoint, /^https:\/\/127\.0\.0\.1:\d+\/api\/v1$/);
        assert.equal(readFileSync(emulator.caFile, "utf8"), emulator.caPem);
        assert.equal(emulator.region, "eu-west-2");
        await emulator.stop();
        assert.equal(existsSync(emulator.caFile), false);
        await assert.rejects(call("ReadVms"), (error) => code(error) === "ECONNREFUSED");
    });

    it("shows a certificate for its names that only its own authority vouches for", async () => {
        const port = new URL(emulator.endpoint).port;
        const localhost = { ...emulator, endpoint: `https://localhost:${port}/api/v1` };
        assert.equal(outcomeOf(await callApi(localhost, "ReadVms")), "200");
        await assert.rejects(
            callApi({ ...emulator, caPem: authority.pem }, "ReadVms"),
            (error) => code(error) === "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        );
    });

    it("takes both signatures, both paths and the host with its port or without", async () => {
        assert.equal(await call("ReadVms"), "200");
        assert.equal(await call("ReadVms", { signing: { host: "127.0.0.1" } }), "200");
        assert.equal(await call("ReadVms", { signing: { dialect: "AWS4", service: "oapi" } }), "200");
        assert.equal(await call("ReadVms", { signing: { secretKey: "A".repeat(40) } }), "401/1");
        const latest = { ...emulator, endpoint: emulator.endpoint.replace("/v1", "/latest") };
        assert.equal(outcomeOf(await callApi(latest, "ReadVms")), "200");
    });

    it("refuses what is no call, no POST, no JSON or too much", async () => {
        assert.equal(await call("CreateVms"), "404/5011");
        assert.equal(await call("ReadVms?Filters"), "404/5011");
        const elsewhere = { ...emulator, endpoint: emulator.endpoint.replace("/api/v1", "/api/v2") };
        assert.equal(outcomeOf(await callApi(elsewhere, "ReadVms")), "404/5011");
        for (const method of ["GET", "PUT", "DELETE"])
            assert.equal(await call("ReadVms", { method }), "405/2");
        assert.equal(await call("ReadVms", { body: "{" }), "400/4045");
        assert.equal(await call("ReadVms", { body: "[]" }), "400/4045");
        assert.equal(await call("ReadVms", { body: "" }), "200");
        assert.equal(await call("ReadVms", { body: '{"Unknown":1}' }), "400/4045");
        const agent = new Agent({ keepAlive: true });
        const large = call("ReadVms", { body: " ".repeat(2_000_000), agent }).catch(code);
        // The answer may be overtaken by the end of a connection whose body was not read.
        assert.match(String(await large), /^(413\/4106|EPIPE|ECONNRESET)$/);
        agent.destroy();
        assert.equal(await call("ReadVms"), "200");
    });

    it("admits by certificate alone once the world is shut out", async () => {
        await demandCertificate();
        assert.equal(await call("ReadApiAccessRules"), "401/14");
        assert.equal(await call("ReadVms"), "401/14");
        assert.equal(await call("ReadApiAccessRules", { certificate: stranger }), "401/14");
        assert.equal(await call("ReadApiAccessRules", { certificate: client }), "200");
        // A certificate without the key's signature proves nothing; a signature without the certificate neither.
        const signing = { secretKey: "A".repeat(40) };
        assert.equal(await call("ReadApiAccessRules", { certificate: client, signing }), "401/1");
        assert.deepEqual(
            emulator.calls
                .slice(-2)
                .map(({ certificatePresented, status }) => [certificatePresented, status]),
            [
                [true, 200],
                [true, 401],
            ],
        );
    });

    it("keeps connections alive, each with its own certificate", async () => {
        await demandCertificate();
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const first = await callApi(emulator, "ReadVms", { agent, certificate: client });
        const second = await callApi(emulator, "ReadApiAccessRules", { agent, certificate: client });
        const bare = await callApi(emulator, "ReadApiAccessRules", { agent });
        assert.deepEqual([first, second, bare].map(outcomeOf), ["200", "200", "401/14"]);
        assert.equal(second.port, first.port);
        assert.notEqual(bare.port, first.port);
        // The next call of the same connection sees the rules of its own time.
        emulator.account.restore({ ...emulator.account.snapshot(), rules: [] });
        const third = await callApi(emulator, "ReadVms", { agent, certificate: client });
        assert.deepEqual([outcomeOf(third), third.port], ["401/14", first.port]);
        agent.destroy();
    });

    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        it(`resumes no ${version} session, so that none inherits a certificate`, async () => {
            const port = Number(new URL(emulator.endpoint).port);
            const shake = (options: object) =>
                new Promise<{ socket: TLSSocket; session: Buffer | undefined }>((resolve, reject) => {
                    let session: Buffer | undefined;
                    const socket = connect({
                        port,
                        host: "127.0.0.1",
                        ca: emulator.caPem,
                        minVersion: version,
                        maxVersion: version,
                        ...options,
                    });
                    socket.on("session", (given: Buffer) => (session = given));
                    socket.on("error", reject);
                    socket.on("secureConnect", () => {
                        // A ticket of TLS 1.3 comes after the handshake: an answer comes after that.
                        socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                        socket.once("data", () => {
                            resolve({ socket, session: session ?? socket.getSession() });
                        });
                    });
                });
            const first = await shake({ cert: client.pem, key: client.keyPem });
            first.socket.destroy();
            const second = await shake({ session: first.session });
            assert.equal(second.socket.isSessionReused(), false);
            second.socket.destroy();
        });
    }

    it("takes a caller's address from the header, the key, the name or the option", async () => {
        await run("CreateApiAccessRule", { IpRanges: ["203.0.113.0/24"] });
        for (const rule of emulator.account.rules().slice(0, 2)) {
            await run(
                "DeleteApiAccessRule",
                { ApiAccessRuleId: rule.ApiAccessRuleId },
                { headers: { "X-Emulated-Source": "203.0.113.1" } },
            );
        }
        assert.equal(await call("ReadVms"), "401/14");
        assert.equal(await call("ReadVms", { headers: { "X-Emulated-Source": "nowhere" } }), "400/4047");
        emulator.faults.sourceByCommonName.set("alice", "203.0.113.2");
        assert.equal(await call("ReadVms", { certificate: client }), "200");
        assert.equal(await call("ReadVms"), "401/14");
        emulator.faults.defaultSourceAddress = "203.0.113.3";
        assert.equal(await call("ReadVms"), "200");
        emulator.faults.sourceByAccessKey.set(emulator.accessKey, "192.0.2.1");
        assert.equal(await call("ReadVms"), "401/14");
        assert.deepEqual(
            emulator.calls.slice(-5).map((recorded) => recorded.sourceAddress),
            [undefined, "203.0.113.2", "127.0.0.1", "203.0.113.3", "192.0.2.1"],
        );
    });

    it("loses an answer after the call, refuses a connection before it", async () => {
        const create = (from: string) =>
            call("CreateApiAccessRule", { body: JSON.stringify({ IpRanges: [from] }) });
        emulator.faults.loseAnswer("CreateApiAccessRule");
        await assert.rejects(create("192.0.2.1"), (error) => code(error) === "ECONNRESET");
        emulator.faults.refuseConnection("CreateApiAccessRule");
        await assert.rejects(create("192.0.2.2"), (error) => code(error) === "ECONNRESET");
        assert.equal(await create("192.0.2.3"), "200");
        assert.deepEqual(
            emulator.account
                .rules()
                .slice(2)
                .map((rule) => rule.IpRanges),
            [["192.0.2.1"], ["192.0.2.3"]],
        );
        assert.deepEqual(
            emulator.calls.map(({ status, answered }) => [status, answered]),
            [
                [200, false],
                [undefined, false],
                [200, true],
            ],
        );
    });

    it("hangs, and still stops", async () => {
        emulator.faults.hang("ReadVms");
        await assert.rejects(call("ReadVms", { timeoutMs: 200 }), /no answer in time/);
        emulator.faults.hang("ReadVms");
        const waiting = assert.rejects(call("ReadVms"), (error) => code(error) === "ECONNRESET");
        while (emulator.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        await emulator.stop();
        await waiting;
    });

    it("throttles, fails and dawdles as told", async () => {
        emulator.faults.throttleNext(1);
        emulator.faults.throttleNext(1, 503);
        emulator.faults.failNext(1);
        assert.deepEqual(
            [await call("ReadVms"), await call("ReadVms"), await call("ReadVms"), await call("ReadVms")],
            ["429/25", "503/6", "500/2000", "200"],
        );
        emulator.faults.latencyMs = 150;
        const started = performance.now();
        await call("ReadVms");
        assert.ok(performance.now() - started >= 145);
    });

    it("does not execute after the stop what it was dawdling over", async () => {
        emulator.faults.latencyMs = 200;
        const begun = new Promise<void>((resolve) => {
            emulator.faults.onCall = () => {
                resolve();
            };
        });
        const body = JSON.stringify({ IpRanges: ["192.0.2.1"] });
        const waiting = assert.rejects(call("CreateApiAccessRule", { body, timeoutMs: 10_000 }));
        await begun;
        await emulator.stop();
        await waiting;
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.equal(emulator.account.rules().length, 2);
    });

    it("tells a hook of each call, before and after, and waits for it", async () => {
        const seen: string[] = [];
        emulator.faults.onCall = async ({ index, call: name, phase }) => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            seen.push(`${index} ${name} ${phase} ${emulator.account.rules().length}`);
        };
        await run("CreateApiAccessRule", { IpRanges: ["192.0.2.1"] });
        seen.push("answered");
        await call("ReadVms");
        assert.deepEqual(seen, [
            "0 CreateApiAccessRule before 2",
            "0 CreateApiAccessRule after 3",
            "answered",
            "1 ReadVms before 3",
            "1 ReadVms after 3",
        ]);
    });

    it("enforces with a lag that a test sets", async () => {
        await run("CreateApiAccessRule", { IpRanges: ["203.0.113.9"] });
        emulator.faults.enforcementLagMs = 3_600_000;
        const rules = emulator.account.rules().slice(0, 2);
        for (const rule of rules) await run("DeleteApiAccessRule", { ApiAccessRuleId: rule.ApiAccessRuleId });
        assert.equal(await call("ReadVms"), "200");
        emulator.faults.enforcementLagMs = 0;
        assert.equal(await call("ReadVms"), "401/14");
    });

    it("locks a key after four bad signatures, and records no secret", async () => {
        const signing = { secretKey: "A".repeat(40) };
        for (let index = 0; index < 4; index++) assert.equal(await call("ReadVms", { signing }), "401/1");
        assert.equal(await call("ReadVms"), "401/13");
        emulator.lock.lockForGood(emulator.accessKey);
        assert.equal(await call("ReadVms"), "401/11");
        assert.equal(JSON.stringify(emulator.calls).includes(emulator.secretKey), false);
    });

    it("reports a port that is taken", async () => {
        await assert.rejects(
            startOutscaleEmulator({ port: emulator.port }),
            (error) => code(error) === "EADDRINUSE",
        );
    });

    it("survives connections that break off", async () => {
        const url = new URL(`${emulator.endpoint}/ReadVms`);
        const cut = request(url, { method: "POST", ca: emulator.caPem, headers: { "content-length": 100 } });
        cut.on("error", () => undefined);
        await new Promise<void>((resolve) => {
            cut.on("socket", (socket) => {
                socket.on("secureConnect", () => {
                    cut.write("{");
                    setTimeout(() => {
                        cut.destroy();
                        resolve();
                    }, 20);
                });
            });
            cut.flushHeaders();
        });
        assert.equal(await call("ReadVms"), "200");
    });
});
