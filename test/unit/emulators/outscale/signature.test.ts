import { describe, expect, test } from "@jest/globals";
import { OutscaleAccount } from "../../../../emulators/outscale";
import { authenticate } from "../../../../emulators/outscale/authentication";
import { BruteForceLock } from "../../../../emulators/outscale/lockout";
import { Refusal } from "../../../../emulators/outscale/refusals";
import type { SignedRequest } from "../../../../emulators/outscale/signature";
import { signedHeaders, type Signing } from "../../../oracles/signer";

const NOW = Date.parse("2026-03-04T05:06:07Z");
const ACCESS_KEY = "ABCDEFGHIJ0123456789";
const SECRET_KEY = "ABCDEFGHIJ0123456789ABCDEFGHIJ0123456789";
const SIGNING: Signing = {
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
    host: "127.0.0.1:4443",
    path: "/api/v1/ReadCas",
    body: "{}",
    now: new Date(NOW),
};

class Gate {
    public time = NOW;
    private readonly lock = new BruteForceLock();
    private readonly account = new OutscaleAccount({
        accessKey: ACCESS_KEY,
        secretKey: SECRET_KEY,
        clock: () => new Date(this.time),
    });

    /** The key, or the code of the refusal. */
    public tries(
        signing: Partial<Signing>,
        change: (request: SignedRequest) => SignedRequest = (same) => same,
    ): string {
        const whole = { ...SIGNING, ...signing };
        const request = {
            method: "POST",
            path: whole.path,
            headers: { host: SIGNING.host, ...signedHeaders(whole) },
            body: Buffer.from(whole.body),
        };
        try {
            return authenticate(change(request), this.account, this.lock);
        } catch (error) {
            if (error instanceof Refusal) return error.code;
            throw error;
        }
    }

    public lockForGood(): void {
        this.lock.lockForGood(ACCESS_KEY);
    }
}

describe("a signature", () => {
    test.each<[string, Partial<Signing>]>([
        ["of the OSC4 form", {}],
        ["with the host's port left out", { host: "127.0.0.1" }],
        ["with osc-cli's headers", { headers: { "x-osc-target": "OutscaleService.ReadCas" } }],
        [
            "with other headers",
            { headers: { "content-type": "application/json; charset=utf-8", accept: " a   b " } },
        ],
        ["of the AWS4 form", { dialect: "AWS4", service: "oapi" }],
        ["of the AWS4 form for api", { dialect: "AWS4" }],
        ["of the latest path", { path: "/api/latest/ReadCas" }],
        ["five minutes early", { now: new Date(NOW + 300_000) }],
        ["five minutes late", { now: new Date(NOW - 300_000) }],
    ])("is accepted %s", (_, signing) => {
        expect(new Gate().tries(signing)).toBe(ACCESS_KEY);
    });

    test.each<[string, Partial<Signing>]>([
        ["of another secret", { secretKey: SECRET_KEY.replace("A", "B") }],
        ["of an unknown key", { accessKey: ACCESS_KEY.replace("A", "B") }],
        ["for another host", { host: "example.com" }],
        ["for another region", { region: "us-east-2" }],
        ["for another service", { service: "lbu" }],
        ["of the OSC4 form for oapi", { service: "oapi" }],
        ["more than five minutes early", { now: new Date(NOW + 301_000) }],
        ["more than five minutes late", { now: new Date(NOW - 301_000) }],
        ["that ends wrongly", { terminator: "aws4_request" }],
        ["of another day in its scope", { scopeDate: "20260303" }],
        ["that leaves out the host", { leaveOut: "host" }],
        ["that leaves out the date", { leaveOut: "x-osc-date" }],
    ])("is refused %s", (_, signing) => {
        expect(new Gate().tries(signing)).toBe("1");
    });

    const header = (name: string, value: string | undefined) => (request: SignedRequest) => ({
        ...request,
        headers: { ...request.headers, [name]: value },
    });
    test.each<[string, (request: SignedRequest) => SignedRequest, string]>([
        ["the body was changed", (request) => ({ ...request, body: Buffer.from("{ }") }), "1"],
        ["the path was changed", (request) => ({ ...request, path: "/api/v1/DeleteCa" }), "1"],
        ["the method was changed", (request) => ({ ...request, method: "GET" }), "1"],
        ["a signed header was changed", header("x-osc-date", "20260304T050608Z"), "1"],
        ["a signed header is missing", header("x-osc-date", undefined), "1"],
        ["the content hash is another's", header("x-amz-content-sha256", "0".repeat(64)), "1"],
        ["the payload is said to be unsigned", header("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), "1"],
        ["there is none", header("authorization", undefined), "1"],
        ["it is malformed", header("authorization", "OSC4-HMAC-SHA256 Credential=x"), "1"],
        ["it is a password", header("authorization", "Basic YTpi"), "9"],
        ["it is of an unknown form", header("authorization", "Bearer x"), "12"],
    ])("is refused where %s", (_, change, code) => {
        expect(new Gate().tries({}, change)).toBe(code);
    });
});

describe("the lock against brute force", () => {
    const BAD = { secretKey: "B".repeat(40) };
    const MINUTE = 60_000;
    const fail = (gate: Gate, times: number) =>
        Array.from({ length: times }, () => gate.tries({ ...BAD, now: new Date(gate.time) }));
    const good = (gate: Gate) => gate.tries({ now: new Date(gate.time) });

    test("falls after four in a row, for a minute, even for the good", () => {
        const gate = new Gate();
        expect(fail(gate, 4)).toEqual(["1", "1", "1", "1"]);
        expect(good(gate)).toBe("13");
        gate.time += MINUTE - 1;
        expect(good(gate)).toBe("13");
        gate.time += 1;
        expect(good(gate)).toBe(ACCESS_KEY);
    });

    test("lasts a minute longer each time, up to ten", () => {
        const gate = new Gate();
        for (const minutes of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]) {
            fail(gate, 4);
            gate.time += minutes * MINUTE - 1;
            expect([minutes, fail(gate, 1)]).toEqual([minutes, ["13"]]);
            gate.time += 1;
        }
        expect(good(gate)).toBe(ACCESS_KEY);
        fail(gate, 4);
        gate.time += MINUTE;
        expect(good(gate)).toBe(ACCESS_KEY);
    });

    test("does not fall where a good signature comes between, nor for other faults", () => {
        const gate = new Gate();
        fail(gate, 3);
        expect(good(gate)).toBe(ACCESS_KEY);
        fail(gate, 3);
        expect(gate.tries({ now: new Date(gate.time - 600_000) })).toBe("1");
        expect(good(gate)).toBe(ACCESS_KEY);
    });

    test("falls for the key that was tried alone", () => {
        const gate = new Gate();
        for (let index = 0; index < 4; index++) gate.tries({ accessKey: "B".repeat(20) });
        expect(gate.tries({ accessKey: "B".repeat(20) })).toBe("13");
        expect(good(gate)).toBe(ACCESS_KEY);
    });

    test("can be for good", () => {
        const gate = new Gate();
        gate.lockForGood();
        expect(good(gate)).toBe("11");
    });
});
