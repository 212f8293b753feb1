/** The access decision, case by case: verdicts, the rules that admit, and the reason that each rule gives. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
    decideAccess,
    type AccessDecision,
    type AccessRule,
    type Identity,
    type Verdict,
} from "../../../../provider/outscale/access";
import { parseRange } from "../../../../provider/outscale/ranges";
import { makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
let ca: Record<"a" | "b" | "impostor" | "ended", { readonly id: string; readonly certificatePem: string }>;

beforeAll(async () => {
    holders = await makeHolders();
    const named = (id: string, { certificatePem }: { readonly certificatePem: string }) => ({
        id,
        certificatePem,
    });
    const { a, b, impostor, ended } = holders.authorities;
    ca = {
        a: named("ca-a", a),
        b: named("ca-b", b),
        impostor: named("ca-impostor", impostor),
        ended: named("ca-ended", ended),
    };
});

const rule = (over: Partial<AccessRule>): AccessRule => ({
    id: "aar-1",
    authorities: [],
    cns: [],
    ipRanges: [],
    ...over,
});
const from = (sourceIp: string): Identity => ({ name: "office", sourceIp });
/** The decision without its addresses. */
const shown = ({ verdict, by, rules }: AccessDecision): Omit<AccessDecision, "admitted" | "possible"> => ({
    verdict,
    by,
    rules,
});
const EVERYWHERE = "from every address of the identity";

describe("by address", () => {
    test.each<[string, readonly string[], Verdict, string]>([
        ["192.0.2.7", ["192.0.2.7"], "admitted", EVERYWHERE],
        ["192.0.2.7", ["192.0.2.7/32"], "admitted", EVERYWHERE],
        ["192.0.2.7", ["192.0.2.200/24"], "admitted", EVERYWHERE],
        ["192.0.2.7/32", ["0.0.0.0/0"], "admitted", EVERYWHERE],
        ["192.0.2.7", ["198.51.100.0/24", "192.0.2.0/29"], "admitted", EVERYWHERE],
        ["192.0.2.8", ["192.0.2.0/29"], "refused", "192.0.2.8 is outside 192.0.2.0/29"],
        [
            "192.0.2.7",
            ["198.51.100.0/24", "192.0.2.8"],
            "refused",
            "192.0.2.7 is outside 198.51.100.0/24, 192.0.2.8",
        ],
        ["2001:db8::7", ["2001:db8::ffff/32"], "admitted", EVERYWHERE],
        ["2001:db8::7", ["2001:DB8:0:0:0:0:0:7"], "admitted", EVERYWHERE],
        ["2001:db9::7", ["2001:db8::/32"], "refused", "2001:db9::7 is outside 2001:db8::/32"],
        ["2001:db8::7", ["0.0.0.0/0"], "refused", "2001:db8::7 is outside 0.0.0.0/0"],
        ["192.0.2.7", ["::/0"], "refused", "192.0.2.7 is outside ::/0"],
        ["::ffff:192.0.2.7", ["192.0.2.0/24"], "admitted", EVERYWHERE],
        ["192.0.2.7", ["::ffff:192.0.2.0/120"], "admitted", EVERYWHERE],
        ["192.0.2.0/30", ["192.0.2.0/29"], "admitted", EVERYWHERE],
        ["192.0.2.0/30", ["192.0.2.2/31", "192.0.2.0/31"], "admitted", EVERYWHERE],
        ["192.0.2.0/30", ["192.0.2.0/31"], "refused", "from 192.0.2.0/31 only"],
        [
            "192.0.2.0/30",
            ["192.0.2.0", "192.0.2.1", "192.0.2.3"],
            "refused",
            "from 192.0.2.0, 192.0.2.1, 192.0.2.3 only",
        ],
    ])("%s by %j: %s", (sourceIp, ipRanges, verdict, reason) => {
        const decision = decideAccess([rule({ ipRanges })], from(sourceIp), NOW);
        const partly = reason.endsWith("only");
        expect(shown(decision)).toEqual({
            verdict,
            by: verdict === "admitted" || partly ? ["aar-1"] : [],
            rules: [{ ruleId: "aar-1", verdict: partly ? "admitted" : verdict, reason }],
        });
    });

    test("an identity without an address is any IPv4 address, and needs no IPv6", () => {
        const anywhere: Identity = { name: "anyone" };
        const halves = [
            rule({ id: "low", ipRanges: ["0.0.0.0/1"] }),
            rule({ id: "high", ipRanges: ["128.0.0.0/1"] }),
        ];
        expect(decideAccess([rule({ ipRanges: ["0.0.0.0/0"] })], anywhere, NOW).verdict).toBe("admitted");
        expect(shown(decideAccess(halves, anywhere, NOW))).toEqual({
            verdict: "admitted",
            by: ["low", "high"],
            rules: [
                { ruleId: "low", verdict: "admitted", reason: "from 0.0.0.0/1 only" },
                { ruleId: "high", verdict: "admitted", reason: "from 128.0.0.0/1 only" },
            ],
        });
        expect(decideAccess(halves.slice(1), anywhere, NOW).verdict).toBe("refused");
        expect(shown(decideAccess([rule({ ipRanges: ["::/0"] })], anywhere, NOW))).toEqual({
            verdict: "refused",
            by: [],
            rules: [{ ruleId: "aar-1", verdict: "refused", reason: "0.0.0.0/0 is outside ::/0" }],
        });
    });

    test("rules add up, and each says its part", () => {
        const rules = [
            rule({ id: "one", ipRanges: ["192.0.2.0/31"] }),
            rule({ id: "elsewhere", ipRanges: ["198.51.100.0/24"] }),
            rule({ id: "two", ipRanges: ["192.0.2.2/31"] }),
            rule({ id: "empty" }),
        ];
        expect(shown(decideAccess(rules, from("192.0.2.0/30"), NOW))).toEqual({
            verdict: "admitted",
            by: ["one", "two"],
            rules: [
                { ruleId: "one", verdict: "admitted", reason: "from 192.0.2.0/31 only" },
                {
                    ruleId: "elsewhere",
                    verdict: "refused",
                    reason: "192.0.2.0/30 is outside 198.51.100.0/24",
                },
                { ruleId: "two", verdict: "admitted", reason: "from 192.0.2.2/31 only" },
                {
                    ruleId: "empty",
                    verdict: "refused",
                    reason: "it names neither an authority nor an address",
                },
            ],
        });
    });

    test("tells which of the addresses are admitted, and which may be", () => {
        const rules = [
            rule({ id: "wider", ipRanges: ["192.0.2.0/24"] }),
            rule({ id: "part", ipRanges: ["198.51.100.0/30", "203.0.113.7"] }),
            rule({ id: "elsewhere", ipRanges: ["2001:db8::/32"] }),
        ];
        const addresses = (sourceIp: string): string[] =>
            decideAccess(rules, from(sourceIp), NOW).admitted.map(({ first, last }) => `${first}-${last}`);
        const text = (one: string, other: string): string =>
            `${parseRange(one).first}-${parseRange(other).last}`;
        expect(addresses("192.0.2.8/30")).toEqual([text("192.0.2.8", "192.0.2.11")]);
        expect(addresses("198.51.100.0/24")).toEqual([text("198.51.100.0", "198.51.100.3")]);
        expect(addresses("10.0.0.0/8")).toEqual([]);
        expect(addresses("2001:db8::7")).toEqual([text("2001:db8::7", "2001:db8::7")]);
        const unsure = [...rules, rule({ id: "later", pending: true })];
        const decision = decideAccess(unsure, from("198.51.100.0/24"), NOW);
        expect(decision.possible).toEqual([...decision.admitted, parseRange("198.51.100.0/24")]);
    });

    test("no rule admits nobody", () => {
        expect(shown(decideAccess([], from("192.0.2.7"), NOW))).toEqual({
            verdict: "refused",
            by: [],
            rules: [],
        });
    });

    test("common names alone are no criterion that admits", () => {
        const { certificatePem } = holders.alice;
        const decision = decideAccess([rule({ cns: ["alice"] })], { name: "alice", certificatePem }, NOW);
        expect(shown(decision)).toEqual({
            verdict: "refused",
            by: [],
            rules: [
                {
                    ruleId: "aar-1",
                    verdict: "refused",
                    reason: "it names neither an authority nor an address",
                },
            ],
        });
    });

    test("an address that cannot be read is an error, not a verdict", () => {
        expect(() => decideAccess([], from("nowhere"), NOW)).toThrow(/"nowhere" is neither/);
    });
});

describe("by certificate and address together", () => {
    const alice = (sourceIp?: string): Identity => ({
        name: "alice",
        sourceIp,
        certificatePem: holders.alice.certificatePem,
    });

    test("both must hold within a rule", () => {
        const both = rule({ authorities: [ca.a], ipRanges: ["192.0.2.0/24"] });
        expect(decideAccess([both], alice("192.0.2.7"), NOW).rules[0]).toEqual({
            ruleId: "aar-1",
            verdict: "admitted",
            reason: `a certificate of ca-a, ${EVERYWHERE}`,
        });
        expect(decideAccess([both], alice("198.51.100.7"), NOW).rules[0]?.reason).toBe(
            "198.51.100.7 is outside 192.0.2.0/24",
        );
        expect(decideAccess([both], from("192.0.2.7"), NOW).rules[0]?.reason).toBe(
            "it asks for a client certificate",
        );
        expect(shown(decideAccess([both], alice(), NOW))).toEqual({
            verdict: "refused",
            by: ["aar-1"],
            rules: [
                {
                    ruleId: "aar-1",
                    verdict: "admitted",
                    reason: "a certificate of ca-a, from 192.0.2.0/24 only",
                },
            ],
        });
    });

    test("either of two rules is enough, and an IPv6 source needs a rule without IPv4 addresses", () => {
        const rules = [
            rule({ id: "address", ipRanges: ["192.0.2.0/24"] }),
            rule({ id: "certificate", authorities: [ca.a] }),
        ];
        expect(decideAccess(rules, from("192.0.2.7"), NOW).by).toEqual(["address"]);
        expect(decideAccess(rules, alice("198.51.100.7"), NOW).by).toEqual(["certificate"]);
        expect(decideAccess(rules, alice("192.0.2.7"), NOW).by).toEqual(["address", "certificate"]);
        expect(decideAccess(rules, alice("2001:db8::7"), NOW).by).toEqual(["certificate"]);
        expect(decideAccess(rules, from("198.51.100.7"), NOW).verdict).toBe("refused");
    });

    test("an undetermined part counts for undetermined, never for admitted", () => {
        const rules = [
            rule({ id: "low", ipRanges: ["192.0.2.0/31"] }),
            rule({ id: "high", ipRanges: ["192.0.2.2/31"], authorities: [{ id: "ca-x" }] }),
        ];
        expect(shown(decideAccess(rules, alice("192.0.2.0/30"), NOW))).toEqual({
            verdict: "undetermined",
            by: ["low"],
            rules: [
                { ruleId: "low", verdict: "admitted", reason: "from 192.0.2.0/31 only" },
                {
                    ruleId: "high",
                    verdict: "undetermined",
                    reason: "the certificate of ca-x is not known here",
                },
            ],
        });
        expect(decideAccess(rules.slice(1), alice("192.0.2.0/30"), NOW).verdict).toBe("refused");
        expect(decideAccess(rules, alice("192.0.2.0/31"), NOW).verdict).toBe("admitted");
    });

    test("a pending rule may admit anything", () => {
        const pending = rule({ id: "later", pending: true });
        const reason = "it is not known until it is deployed";
        expect(shown(decideAccess([pending], from("2001:db8::/32"), NOW))).toEqual({
            verdict: "undetermined",
            by: [],
            rules: [{ ruleId: "later", verdict: "undetermined", reason }],
        });
        const other = rule({ id: "later", ipRanges: ["192.0.2.0/24"], pending: true });
        expect(decideAccess([other], from("198.51.100.7"), NOW).verdict).toBe("undetermined");
        const sure = rule({ id: "sure", ipRanges: ["192.0.2.0/24"] });
        expect(decideAccess([pending, sure], from("192.0.2.7"), NOW)).toMatchObject({
            verdict: "admitted",
            by: ["sure"],
        });
        expect(decideAccess([rule({ pending: false })], from("192.0.2.7"), NOW).verdict).toBe("refused");
    });
});
