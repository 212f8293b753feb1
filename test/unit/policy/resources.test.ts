import { describe, expect, test } from "@jest/globals";
import { ENCRYPTED, type PlainObject } from "../../../policy/properties";
import { criteriaOf, endOf, leavesSecretKeyPlain } from "../../../policy/resources";
import { UNKNOWN } from "../../../provider/resource";

const OURS = "pulumi-nodejs:dynamic/outscale:ApiAccessRule";
const THEIRS = "outscale:index/apiAccessRule:ApiAccessRule";

describe.each([OURS, THEIRS])("criteriaOf %s", (type) => {
    test.each<[PlainObject, object]>([
        [{}, { asksForCertificate: false, ipRanges: [], allKnown: true }],
        [
            { caIds: [], ipRanges: ["a", "b"] },
            { asksForCertificate: false, ipRanges: ["a", "b"], allKnown: true },
        ],
        [{ caIds: [UNKNOWN] }, { asksForCertificate: true, ipRanges: [], allKnown: true }],
        [
            { caIds: UNKNOWN, ipRanges: UNKNOWN },
            { asksForCertificate: UNKNOWN, ipRanges: [], allKnown: false },
        ],
        [
            { caIds: null, ipRanges: null },
            { asksForCertificate: false, ipRanges: [], allKnown: true },
        ],
        [{ ipRanges: ["a", UNKNOWN] }, { asksForCertificate: false, ipRanges: ["a"], allKnown: false }],
        [
            { caIds: ENCRYPTED, ipRanges: ENCRYPTED },
            { asksForCertificate: UNKNOWN, ipRanges: [], allKnown: false },
        ],
    ])("reads %j", (properties, expected) => {
        expect(criteriaOf(type, properties)).toEqual(expected);
    });
});

test("rules that are none, or are gone, are no rules", () => {
    for (const type of ["outscale:RetiredApiAccessRule", "outscale:ApiAccessRuleRecord", "outscale:Ca"]) {
        expect(criteriaOf(`pulumi-nodejs:dynamic/${type}`, { ipRanges: ["0.0.0.0/0"] })).toBeUndefined();
    }
});

test.each<[PlainObject, object]>([
    [{}, { expirationDate: undefined, lifetime: undefined }],
    [
        { expirationDate: "", lifetime: null },
        { expirationDate: undefined, lifetime: undefined },
    ],
    [
        { expirationDate: "2027-01-01", lifetime: "90d" },
        { expirationDate: "2027-01-01", lifetime: "90d" },
    ],
    [{ expirationDate: UNKNOWN }, { expirationDate: UNKNOWN, lifetime: undefined }],
])("endOf a key reads %j", (properties, expected) => {
    expect(endOf("pulumi-nodejs:dynamic/outscale:AccessKey", properties)).toEqual(expected);
    expect(endOf("outscale:index/accessKey:AccessKey", properties)).toEqual(expected);
    expect(endOf("outscale:index/user:User", properties)).toBeUndefined();
});

test("only the bridge leaves a secret key plain, unless it is told not to", () => {
    expect(leavesSecretKeyPlain("outscale:index/accessKey:AccessKey", [])).toBe(true);
    expect(leavesSecretKeyPlain("outscale:index/accessKey:AccessKey", ["secretKey"])).toBe(false);
    expect(leavesSecretKeyPlain("pulumi-nodejs:dynamic/outscale:AccessKey", [])).toBe(false);
});
