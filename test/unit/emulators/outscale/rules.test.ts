import { beforeAll, describe, expect, test } from "@jest/globals";
import { makeAuthority, makeClient, type TestAuthority } from "../../../oracles/certificates";
import { Bench, list, object, outcome, text, WORLD } from "./account-helper";

let authority: TestAuthority;
let alice: Buffer;
let bob: Buffer;
let nameless: Buffer;
let twoNames: Buffer;
beforeAll(async () => {
    authority = await makeAuthority();
    alice = (await makeClient(authority, { commonName: "alice" })).der;
    bob = (await makeClient(authority, { commonName: "bob" })).der;
    nameless = (await makeClient(authority, { subject: "O=alice" })).der;
    twoNames = (await makeClient(authority, { subject: "CN=alice,CN=eve" })).der;
});

const OFFICE = { sourceAddress: "203.0.113.9" };

describe("a new account", () => {
    test("has the older default rules", () => {
        const bench = new Bench();
        const rules = list(object(bench.call("ReadApiAccessRules").body)["ApiAccessRules"]);
        expect(
            rules.map(({ ApiAccessRuleId, ...rest }) => [
                /^aar-[0-9a-f]{32}$/.test(text(ApiAccessRuleId)),
                rest,
            ]),
        ).toEqual([
            [true, { CaIds: [], Cns: [], IpRanges: ["0.0.0.0/0"], Description: "Allows all IPv4 domain" }],
            [
                true,
                {
                    CaIds: [],
                    Cns: [],
                    IpRanges: ["46.231.144.177/32"],
                    Description: "Allows Outscale Cockpit of this region",
                },
            ],
        ]);
    });

    test("has the newest default rule", () => {
        const { account } = new Bench({ defaultRules: "world-only" });
        expect(account.rules().map((rule) => [rule.Description, rule.IpRanges])).toEqual([
            ["Default Rule", ["0.0.0.0/0"]],
        ]);
    });

    test("without rules admits nobody", () => {
        const bench = new Bench({ defaultRules: "none" });
        expect(outcome(bench.call("ReadVms"))).toBe("401/14");
        expect(bench.account.admits(WORLD)).toBe(false);
    });

    test.each([
        [{ region: "mars-1" }, /region/],
        [{ accessKey: "short" }, /access key/],
        [{ secretKey: "short" }, /secret key/],
    ])("refuses %j", (options, message) => {
        expect(() => new Bench(options)).toThrow(message);
    });
});

describe("a rule admits", () => {
    type Who = () => { sourceAddress: string; certificate?: Buffer };
    const table: [string, object, Who, boolean][] = [
        ["its address", { IpRanges: ["203.0.113.0/24"] }, () => OFFICE, true],
        ["no other address", { IpRanges: ["203.0.113.0/24"] }, () => WORLD, false],
        ["any of its addresses", { IpRanges: ["192.0.2.1", "203.0.113.9"] }, () => OFFICE, true],
        ["its CA's certificate", { CaIds: true }, () => ({ ...WORLD, certificate: alice }), true],
        ["no caller without one", { CaIds: true }, () => WORLD, false],
        [
            "a name of its own",
            { CaIds: true, Cns: ["bob", "alice"] },
            () => ({ ...WORLD, certificate: alice }),
            true,
        ],
        ["no other name", { CaIds: true, Cns: ["bob"] }, () => ({ ...WORLD, certificate: alice }), false],
        [
            "no name in other letters",
            { CaIds: true, Cns: ["Alice"] },
            () => ({ ...WORLD, certificate: alice }),
            false,
        ],
        ["no wildcard", { CaIds: true, Cns: ["*"] }, () => ({ ...WORLD, certificate: alice }), false],
        [
            "no certificate without a name",
            { CaIds: true, Cns: ["alice"] },
            () => ({ ...WORLD, certificate: nameless }),
            false,
        ],
        [
            "no certificate of two names",
            { CaIds: true, Cns: ["alice"] },
            () => ({ ...WORLD, certificate: twoNames }),
            false,
        ],
        [
            "no certificate that is none",
            { CaIds: true },
            () => ({ ...WORLD, certificate: Buffer.from("x") }),
            false,
        ],
        [
            "certificate and address together",
            { CaIds: true, IpRanges: ["203.0.113.9"] },
            () => ({ ...OFFICE, certificate: alice }),
            true,
        ],
        ["not the address alone", { CaIds: true, IpRanges: ["203.0.113.9"] }, () => OFFICE, false],
        [
            "not the certificate alone",
            { CaIds: true, IpRanges: ["203.0.113.9"] },
            () => ({ ...WORLD, certificate: alice }),
            false,
        ],
    ];
    test.each(table)("%s", (_, rule, who, expected) => {
        const bench = new Bench();
        const caId = bench.uploadCa(authority.pem);
        const request = "CaIds" in rule ? { ...rule, CaIds: [caId] } : rule;
        bench.keepOnly(bench.createRule(request));
        expect(bench.account.admits(who())).toBe(expected);
        expect(outcome(bench.call("ReadVms", {}, who()))).toBe(expected ? "200" : "401/14");
    });

    test("no certificate of a CA that it does not name", async () => {
        const bench = new Bench();
        const other = await makeAuthority({ name: "Another authority" });
        const named = bench.uploadCa(authority.pem);
        bench.uploadCa(other.pem);
        bench.keepOnly(bench.createRule({ CaIds: [named] }));
        const stranger = (await makeClient(other)).der;
        expect(bench.account.admits({ ...WORLD, certificate: stranger })).toBe(false);
        expect(bench.account.admits({ ...WORLD, certificate: alice })).toBe(true);
    });

    test("if any rule does", () => {
        const bench = new Bench();
        const caId = bench.uploadCa(authority.pem);
        bench.createRule({ CaIds: [caId], Cns: ["alice"] });
        bench.createRule({ IpRanges: ["203.0.113.9"] });
        const [world, cockpit] = bench.account.rules();
        for (const rule of [world, cockpit]) {
            bench.call("DeleteApiAccessRule", { ApiAccessRuleId: rule?.ApiAccessRuleId }, OFFICE);
        }
        expect(bench.account.admits(OFFICE)).toBe(true);
        expect(bench.account.admits({ ...WORLD, certificate: alice })).toBe(true);
        expect(bench.account.admits({ ...WORLD, certificate: bob })).toBe(false);
        expect(bench.account.admits(WORLD)).toBe(false);
    });

    test("refuses changes, too, and makes none", () => {
        const bench = new Bench();
        bench.keepOnly(bench.createRule({ IpRanges: ["203.0.113.9"] }), OFFICE);
        const before = bench.account.snapshot();
        expect(outcome(bench.call("CreateApiAccessRule", { IpRanges: ["0.0.0.0/0"] }))).toBe("401/14");
        expect(bench.account.snapshot()).toBe(before);
    });
});

describe("rules and CAs through the API", () => {
    test.each([
        ["neither CAs nor addresses", { Description: "x" }, "400/7000"],
        ["empty lists", { CaIds: [], IpRanges: [] }, "400/7000"],
        ["names without CAs", { Cns: ["alice"], IpRanges: ["192.0.2.1"] }, "400/7000"],
        ["an unknown CA", { CaIds: [`ca-${"0".repeat(32)}`] }, "400/5012"],
        ["a bad address", { IpRanges: ["192.0.2.0/33"] }, "400/4047"],
        ["an empty name", { CaIds: "known", Cns: [""] }, "400/4047"],
        ["an unknown parameter", { IpRanges: ["192.0.2.1"], Ranges: [] }, "400/4045"],
        ["a wrong type", { IpRanges: "192.0.2.1" }, "400/4110"],
        ["a wrong type within a list", { IpRanges: [1] }, "400/4110"],
        ["a null", { IpRanges: null }, "400/4110"],
    ])("are refused with %s", (_, rule, expected) => {
        const bench = new Bench();
        const caId = bench.uploadCa(authority.pem);
        const request = "CaIds" in rule && rule.CaIds === "known" ? { ...rule, CaIds: [caId] } : rule;
        expect(outcome(bench.call("CreateApiAccessRule", request))).toBe(expected);
        expect(bench.account.rules()).toHaveLength(2);
        const id = bench.account.rules()[0]?.ApiAccessRuleId;
        expect(outcome(bench.call("UpdateApiAccessRule", { ApiAccessRuleId: id, ...request }))).toBe(
            expected,
        );
    });

    test("an update replaces all", () => {
        const bench = new Bench();
        const caId = bench.uploadCa(authority.pem);
        const id = bench.createRule({
            CaIds: [caId],
            Cns: ["alice"],
            IpRanges: ["192.0.2.1"],
            Description: "d",
        });
        expect(
            bench.part("UpdateApiAccessRule", { ApiAccessRuleId: id, CaIds: [caId] }, "ApiAccessRule"),
        ).toEqual({ ApiAccessRuleId: id, CaIds: [caId], Cns: [], IpRanges: [], Description: "" });
    });

    test("the last rule stays", () => {
        const bench = new Bench({ defaultRules: "world-only" });
        const id = bench.account.rules()[0]?.ApiAccessRuleId;
        expect(outcome(bench.call("DeleteApiAccessRule", { ApiAccessRuleId: id }))).toBe("409/9901");
        expect(outcome(bench.call("DeleteApiAccessRule", { ApiAccessRuleId: "aar-x" }))).toBe("400/5901");
        expect(bench.account.rules()).toHaveLength(1);
    });

    test("a caller may shut themselves out", () => {
        const bench = new Bench({ defaultRules: "world-only" });
        const id = bench.account.rules()[0]?.ApiAccessRuleId;
        const request = { ApiAccessRuleId: id, IpRanges: ["203.0.113.9"] };
        expect(outcome(bench.call("UpdateApiAccessRule", request))).toBe("200");
        expect(outcome(bench.call("ReadApiAccessRules"))).toBe("401/14");
    });

    test("rules are filtered by every criterion", () => {
        const bench = new Bench();
        const caId = bench.uploadCa(authority.pem);
        const id = bench.createRule({
            CaIds: [caId],
            Cns: ["alice", "bob"],
            IpRanges: ["192.0.2.1"],
            Description: "d",
        });
        const found = (Filters: object) =>
            list(object(bench.call("ReadApiAccessRules", { Filters }).body)["ApiAccessRules"]).length;
        expect(found({})).toBe(3);
        expect(found({ ApiAccessRuleIds: [id] })).toBe(1);
        expect(found({ CaIds: [caId, "ca-x"] })).toBe(1);
        expect(found({ Cns: ["bob"] })).toBe(1);
        expect(found({ IpRanges: ["192.0.2.1", "0.0.0.0/0"] })).toBe(2);
        expect(found({ Descriptions: ["d"] })).toBe(1);
        expect(found({ Descriptions: ["d"], Cns: ["carol"] })).toBe(0);
        expect(found({ CaIds: [] })).toBe(0);
        expect(outcome(bench.call("ReadApiAccessRules", { Filters: { Names: [] } }))).toBe("400/4045");
    });

    test("a CA is uploaded, found, renamed and deleted; its PEM never comes back", () => {
        const bench = new Bench();
        const ca = bench.part("CreateCa", { CaPem: authority.pem, Description: "first" }, "Ca");
        expect(ca).toEqual({
            CaId: expect.stringMatching(/^ca-[0-9a-f]{32}$/),
            CaFingerprint: expect.stringMatching(/^[0-9a-f]{40}$/),
            Description: "first",
        });
        const again = bench.uploadCa(authority.pem);
        expect(again).not.toBe(ca["CaId"]);
        const found = (Filters: object) => list(object(bench.call("ReadCas", { Filters }).body)["Cas"]);
        expect(found({ CaFingerprints: [ca["CaFingerprint"]] })).toHaveLength(2);
        expect(found({ Descriptions: ["first"] })).toEqual([ca]);
        expect(found({ CaIds: [again] })).toEqual([{ ...ca, CaId: again, Description: "" }]);
        expect(bench.part("UpdateCa", { CaId: ca["CaId"], Description: "second" }, "Ca")).toEqual({
            ...ca,
            Description: "second",
        });
        expect(outcome(bench.call("UpdateCa", { CaId: ca["CaId"], CaPem: authority.pem }))).toBe("400/4045");
        expect(outcome(bench.call("DeleteCa", { CaId: ca["CaId"] }))).toBe("200");
        expect(outcome(bench.call("DeleteCa", { CaId: ca["CaId"] }))).toBe("400/5012");
        expect(bench.account.cas().map((kept) => kept.CaId)).toEqual([again]);
    });

    test("no CA is made of a client certificate or of nonsense", async () => {
        const bench = new Bench();
        const client = await makeClient(authority);
        for (const CaPem of [client.pem, "nonsense", ""]) {
            expect(outcome(bench.call("CreateCa", { CaPem }))).toBe("400/4047");
        }
        expect(outcome(bench.call("CreateCa", {}))).toBe("400/7000");
    });

    test("a CA in use can be deleted, and its rule then admits nobody", () => {
        const bench = new Bench();
        const caId = bench.uploadCa(authority.pem);
        bench.keepOnly(bench.createRule({ CaIds: [caId] }));
        const caller = { ...WORLD, certificate: alice };
        expect(outcome(bench.call("DeleteCa", { CaId: caId }, caller))).toBe("200");
        expect(bench.account.rules()[0]?.CaIds).toEqual([caId]);
        expect(bench.account.admits(caller)).toBe(false);
    });

    test("unless the account refuses that", () => {
        const bench = new Bench({ refuseDeleteOfUsedCa: true });
        const caId = bench.uploadCa(authority.pem);
        bench.createRule({ CaIds: [caId] });
        expect(outcome(bench.call("DeleteCa", { CaId: caId }))).toBe("424/1901");
    });

    test("a dry run checks parameters and changes nothing", () => {
        const bench = new Bench();
        const before = bench.account.snapshot();
        const answer = bench.call("CreateApiAccessRule", { IpRanges: ["192.0.2.1"], DryRun: true });
        expect(answer).toEqual({
            status: 200,
            body: { ResponseContext: { RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
        });
        expect(bench.account.snapshot()).toBe(before);
        expect(outcome(bench.call("DeleteCa", { DryRun: true }))).toBe("400/7000");
        expect(outcome(bench.call("ReadVms", { DryRun: "yes" }))).toBe("400/4110");
    });

    test("an unknown call is not found, a body that is no object malformed", () => {
        const bench = new Bench();
        expect(outcome(bench.call("CreateVms"))).toBe("404/5011");
        expect(outcome(bench.call("toString"))).toBe("404/5011");
        expect(outcome(bench.call("ReadVms", []))).toBe("400/4045");
        expect(outcome(bench.call("ReadVms", null))).toBe("400/4045");
    });

    test("an error has the documented body", () => {
        const bench = new Bench({ defaultRules: "none" });
        expect(bench.call("ReadVms").body).toEqual({
            Errors: [
                {
                    Code: "14",
                    Type: "AccessDenied",
                    Details: expect.stringMatching(
                        /^ErrorUnmatchedApiAccessRules: .*use a valid certificate or IP address\.$/,
                    ),
                },
            ],
            ResponseContext: { RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        });
    });
});
