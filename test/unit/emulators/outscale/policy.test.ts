import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { makeAuthority, makeClient, type TestAuthority } from "../../../oracles/certificates";
import { Bench, DAY, NOW, object, outcome, SECOND, text, WORLD } from "./account-helper";

let authority: TestAuthority;
let certificate: Buffer;
beforeAll(async () => {
    authority = await makeAuthority();
    certificate = (await makeClient(authority)).der;
});

const YEAR_SECONDS = 31_536_000;
const inDays = (days: number) => new Date(NOW + days * DAY).toISOString();

let bench: Bench;
beforeEach(() => {
    bench = new Bench();
});

function setPolicy(seconds: number, trusted: boolean, caller = {}): string {
    return outcome(
        bench.call(
            "UpdateApiAccessPolicy",
            { MaxAccessKeyExpirationSeconds: seconds, RequireTrustedEnv: trusted },
            { ...WORLD, ...caller },
        ),
    );
}

function expireRootKey(days: number): void {
    const answer = bench.call("UpdateAccessKey", {
        AccessKeyId: bench.account.accessKey,
        ExpirationDate: inDays(days),
    });
    expect(outcome(answer)).toBe("200");
}

describe("the policy", () => {
    test("is born without limits", () => {
        expect(bench.part("ReadApiAccessPolicy", {}, "ApiAccessPolicy")).toEqual({
            MaxAccessKeyExpirationSeconds: 0,
            RequireTrustedEnv: false,
        });
    });

    test.each([
        [{ MaxAccessKeyExpirationSeconds: 0 }, "400/7000"],
        [{ RequireTrustedEnv: false }, "400/7000"],
        [{ MaxAccessKeyExpirationSeconds: "0", RequireTrustedEnv: false }, "400/4110"],
        [{ MaxAccessKeyExpirationSeconds: 1.5, RequireTrustedEnv: false }, "400/4110"],
        [{ MaxAccessKeyExpirationSeconds: -1, RequireTrustedEnv: false }, "400/4047"],
        [{ MaxAccessKeyExpirationSeconds: 3_153_600_001, RequireTrustedEnv: false }, "400/4047"],
    ])("refuses %j", (request, expected) => {
        expect(outcome(bench.call("UpdateApiAccessPolicy", request))).toBe(expected);
    });

    test("needs every key to expire, sooner than its maximum", () => {
        expect(setPolicy(YEAR_SECONDS, false)).toBe("409/9904");
        expireRootKey(10);
        expect(setPolicy(10 * 86_400, false)).toBe("409/9904");
        expect(setPolicy(10 * 86_400 + 1, false)).toBe("200");
        bench.part("CreateUser", { UserName: "eve" }, "User");
        expect(setPolicy(0, false)).toBe("200");
        bench.part("CreateAccessKey", { UserName: "eve" }, "AccessKey");
        expect(setPolicy(YEAR_SECONDS, false)).toBe("409/9904");
    });

    test("then demands as much of new and updated keys", () => {
        expireRootKey(10);
        expect(setPolicy(20 * 86_400, false)).toBe("200");
        expect(outcome(bench.call("CreateAccessKey"))).toBe("409/9904");
        expect(outcome(bench.call("CreateAccessKey", { ExpirationDate: inDays(21) }))).toBe("409/9904");
        expect(outcome(bench.call("CreateAccessKey", { ExpirationDate: inDays(20) }))).toBe("200");
        const root = { AccessKeyId: bench.account.accessKey };
        expect(outcome(bench.call("UpdateAccessKey", { ...root, State: "ACTIVE" }))).toBe("409/9904");
        expect(outcome(bench.call("UpdateAccessKey", { ...root, ClearExpirationDate: true }))).toBe(
            "409/9904",
        );
        expect(outcome(bench.call("UpdateAccessKey", { ...root, ExpirationDate: inDays(5) }))).toBe("200");
    });
});

describe("a trusted session", () => {
    function prepare(): string {
        const caId = bench.uploadCa(authority.pem);
        bench.keepOnly(bench.createRule({ CaIds: [caId], IpRanges: ["198.51.100.0/24"] }), {
            ...WORLD,
            certificate,
        });
        return caId;
    }
    function expire(): void {
        const key = { AccessKeyId: bench.account.accessKey, ExpirationDate: inDays(10) };
        expect(outcome(bench.call("UpdateAccessKey", key, { ...WORLD, certificate }))).toBe("200");
    }

    test("needs a maximum, expiring keys and a CA in every rule", () => {
        expireRootKey(10);
        expect(setPolicy(YEAR_SECONDS, true)).toBe("409/9904");
        prepare();
        expect(setPolicy(0, true, { certificate })).toBe("409/9904");
        expect(setPolicy(YEAR_SECONDS, true, { certificate })).toBe("200");
    });

    test("asks the certificate of the fourteen calls alone", () => {
        const caId = prepare();
        expire();
        expect(setPolicy(YEAR_SECONDS, true, { certificate })).toBe("200");
        const guarded = [
            "CreateCa ReadCas UpdateCa DeleteCa",
            "CreateApiAccessRule ReadApiAccessRules UpdateApiAccessRule DeleteApiAccessRule",
            "CreateAccessKey ReadAccessKeys UpdateAccessKey DeleteAccessKey",
            "ReadApiAccessPolicy UpdateApiAccessPolicy",
        ].flatMap((names) => names.split(" "));
        expect(guarded).toHaveLength(14);
        for (const name of guarded) expect([name, outcome(bench.call(name))]).toEqual([name, "401/14"]);
        const open = ["ReadVms", "ReadUsers"];
        for (const name of open) expect([name, outcome(bench.call(name))]).toEqual([name, "200"]);
        expect(outcome(bench.call("CreateUser", { UserName: "eve" }))).toBe("200");
        expect(outcome(bench.call("UpdateUser", { UserName: "eve", NewPath: "/x/" }))).toBe("200");
        expect(outcome(bench.call("DeleteUser", { UserName: "eve" }))).toBe("200");
        // The address of a rule counts as before.
        expect(outcome(bench.call("ReadVms", {}, { sourceAddress: "203.0.113.9" }))).toBe("401/14");
        // Once no rule can be met at all, ordinary calls still do without the certificate.
        expect(outcome(bench.call("DeleteCa", { CaId: caId }, { ...WORLD, certificate }))).toBe("200");
        expect(outcome(bench.call("ReadVms"))).toBe("200");
    });

    test("refuses rules without a CA while it lasts", () => {
        prepare();
        expire();
        expect(setPolicy(YEAR_SECONDS, true, { certificate })).toBe("200");
        const caller = { ...WORLD, certificate };
        const request = { IpRanges: ["192.0.2.1"] };
        expect(outcome(bench.call("CreateApiAccessRule", request, caller))).toBe("409/9904");
    });
});

describe("enforcement that lags", () => {
    test("applies rules, CAs and policy as they were", () => {
        bench = new Bench({ enforcementLagMs: 10 * SECOND });
        const backup = bench.createRule({ IpRanges: ["203.0.113.9"] });
        const office = { sourceAddress: "203.0.113.9" };
        bench.time += 60 * SECOND;
        bench.keepOnly(backup);
        expect(bench.account.rules()).toHaveLength(1);
        expect(outcome(bench.call("ReadVms"))).toBe("200");
        bench.time += 10 * SECOND - 1;
        expect(bench.account.admits(WORLD)).toBe(true);
        bench.time += 1;
        expect(bench.account.admits(WORLD)).toBe(false);
        expect(bench.account.admits(office)).toBe(true);
    });

    test("does not admit by a new rule before its time", () => {
        bench = new Bench({ enforcementLagMs: 10 * SECOND });
        const caId = bench.uploadCa(authority.pem);
        bench.createRule({ CaIds: [caId] });
        const caller = { sourceAddress: "2001:db8::1", certificate };
        expect(bench.account.admits(caller)).toBe(false);
        bench.time += 10 * SECOND;
        expect(bench.account.admits(caller)).toBe(true);
    });

    test("ends with its switch, and with a restored state", () => {
        bench = new Bench({ enforcementLagMs: 10 * SECOND });
        const locked = { ...bench.account.snapshot(), rules: [] };
        bench.time += SECOND;
        bench.account.restore(locked);
        expect(bench.account.admits(WORLD)).toBe(false);
        bench = new Bench({ enforcementLagMs: 10 * SECOND });
        bench.keepOnly(bench.createRule({ IpRanges: ["203.0.113.9"] }));
        expect(bench.account.admits(WORLD)).toBe(true);
        bench.account.enforcementLagMs = 0;
        expect(bench.account.admits(WORLD)).toBe(false);
    });
});

test("a snapshot is plain JSON that another account takes over", () => {
    bench.createRule({ IpRanges: ["203.0.113.9"] });
    const snapshot = bench.account.snapshot();
    const other = new Bench();
    const read: typeof snapshot = structuredClone(snapshot);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    other.account.restore(read);
    expect(other.account.rules()).toEqual(bench.account.rules());
    expect(text(object(read)["rootAccessKey"])).toBe(other.account.accessKey);
    // What happens later does not reach the snapshot.
    bench.keepOnly(text(bench.account.rules()[0]?.ApiAccessRuleId));
    expect(snapshot.rules).toHaveLength(3);
});
