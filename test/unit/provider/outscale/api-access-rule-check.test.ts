/** What ApiAccessRule accepts, and what it takes for a change: sets as sets, addresses by meaning. */
import { describe, expect, test } from "@jest/globals";
import {
    apiAccessRule,
    type ApiAccessRuleInputs,
    type ApiAccessRuleState,
} from "../../../../provider/outscale/api-access-rule";
import { UNKNOWN, type PlannedInputs } from "../../../../provider/resource";
import { nobody, NOW } from "../../../support/outscale";

const inputs: ApiAccessRuleInputs = {
    caIds: ["ca-0"],
    cns: ["alice", "bob"],
    ipRanges: ["203.0.113.0/24", "2001:db8::/32"],
    description: "p/s rule",
    adopt: false,
    widen: false,
    replaceToNarrow: true,
    ...nobody,
};
const state = (ruleId: string, over: Partial<ApiAccessRuleState> = {}): ApiAccessRuleState => ({
    ...inputs,
    ruleId,
    ...over,
});

describe("check", () => {
    test("fills the defaults, and drops what a set says twice", () => {
        const given = { caIds: ["ca-1", "ca-1"], ipRanges: ["192.0.2.7", "192.0.2.7"] };
        expect(apiAccessRule.check(given, NOW, {})).toEqual({
            inputs: {
                caIds: ["ca-1"],
                cns: [],
                ipRanges: ["192.0.2.7"],
                description: "",
                adopt: false,
                widen: false,
                replaceToNarrow: false,
                protect: [],
                clientCertificates: [],
            },
            failures: [],
        });
    });

    const needs = { property: "caIds", reason: "A rule needs at least one of `caIds` and `ipRanges`." };
    const vouch = {
        property: "cns",
        reason: "Common names need an authority to vouch for them: give `caIds` too.",
    };
    test.each<[string, object, object[]]>([
        ["nothing", {}, [needs]],
        ["empty lists", { caIds: [], cns: [], ipRanges: [] }, [needs]],
        ["a CN alone", { cns: ["alice"] }, [vouch]],
        ["a CN with an address", { cns: ["alice"], ipRanges: ["192.0.2.7"] }, [vouch]],
        ["a CN that holds something unknown", { cns: [UNKNOWN], ipRanges: ["192.0.2.7"] }, [vouch]],
        ["unknown CNs", { cns: UNKNOWN, ipRanges: ["192.0.2.7"] }, []],
        ["a CN with an unknown authority", { cns: ["alice"], caIds: [UNKNOWN] }, []],
        ["a CN with unknown authorities", { cns: ["alice"], caIds: UNKNOWN }, []],
        ["unknown authorities alone", { caIds: UNKNOWN }, []],
        ["unknown addresses alone", { ipRanges: UNKNOWN }, []],
        ["one unknown address alone", { ipRanges: [UNKNOWN] }, []],
        ["an authority alone", { caIds: ["ca-1"] }, []],
    ])("%s", (_title, given, failures) => {
        expect(apiAccessRule.check(given, NOW, {}).failures).toEqual(failures);
    });
});

describe("diff", () => {
    test.each<[string, Partial<PlannedInputs<ApiAccessRuleInputs>>, string[], string[]]>([
        ["nothing", {}, [], []],
        ["another order", { cns: ["bob", "alice"], ipRanges: ["2001:db8::/32", "203.0.113.0/24"] }, [], []],
        ["addresses written otherwise", { ipRanges: ["2001:DB8:0::7/32", "203.0.113.9/24"] }, [], []],
        ["a mapped address", { ipRanges: ["2001:db8::/32", "::ffff:203.0.113.0/120"] }, [], []],
        ["another address", { ipRanges: ["203.0.113.0/25", "2001:db8::/32"] }, ["ipRanges"], ["ipRanges"]],
        ["an address less", { ipRanges: ["203.0.113.0/24"] }, ["ipRanges"], ["ipRanges"]],
        [
            "an address more, the others written otherwise",
            { ipRanges: ["2001:DB8::7/32", "203.0.113.0/24", "192.0.2.1"] },
            ["ipRanges"],
            [],
        ],
        ["a CN more", { cns: ["alice", "bob", "carol"] }, ["cns"], []],
        ["a CN less", { cns: ["alice"] }, ["cns"], ["cns"]],
        ["a CN of other case", { cns: ["Alice", "bob"] }, ["cns"], ["cns"]],
        ["no CN asked for", { cns: [] }, ["cns"], []],
        ["another authority", { caIds: ["ca-1"] }, ["caIds"], ["caIds"]],
        ["an authority not known yet", { caIds: [UNKNOWN] }, ["caIds"], ["caIds"]],
        ["a description", { description: "d" }, ["description"], []],
        [
            "wider in one, narrower in another",
            { cns: [], ipRanges: ["::/0"] },
            ["cns", "ipRanges"],
            ["ipRanges"],
        ],
        ["several", { description: "d", caIds: [], cns: [] }, ["caIds", "cns", "description"], []],
        ["adoption", { adopt: true, adoptId: "aar-1" }, [], []],
    ])("%s: what narrows is made anew", (_title, over, changed, replaces) => {
        expect(apiAccessRule.diff(state("aar-1"), { ...inputs, ...over }, NOW)).toEqual({
            changed,
            replaces,
        });
    });

    test("a criterion where none was asked for narrows", () => {
        const before = state("aar-1", { cns: [] });
        expect(apiAccessRule.diff(before, inputs, NOW)).toEqual({ changed: ["cns"], replaces: ["cns"] });
    });

    test("a rule is narrowed in place unless told", () => {
        const narrower = { ...inputs, cns: ["alice"], replaceToNarrow: false };
        expect(apiAccessRule.diff(state("aar-1"), narrower, NOW)).toEqual({
            changed: ["cns", "replaceToNarrow"],
            replaces: [],
        });
    });

    test("an adopted rule is changed in place, for it is owed back", () => {
        const found = { caIds: [], cns: [], ipRanges: ["::/0"], description: "" };
        for (const owed of [{ found }, { adoptId: "aar-1" }]) {
            const before = state("aar-1", owed);
            expect(apiAccessRule.diff(before, { ...inputs, cns: ["alice"] }, NOW)).toEqual({
                changed: ["cns"],
                replaces: [],
            });
        }
    });
});
