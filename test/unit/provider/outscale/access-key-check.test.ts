/** What the inputs of AccessKey, KeyAudit and ApiAccessPolicy must be: the failure names the property and says what to do. */
import { describe, expect, test } from "@jest/globals";
import { accessKey } from "../../../../provider/outscale/access-key";
import { apiAccessPolicy } from "../../../../provider/outscale/api-access-policy";
import { keyAudit } from "../../../../provider/outscale/key-audit";
import { UNKNOWN, type CheckFailure } from "../../../../provider/resource";
import { NOW } from "../../../support/outscale";

interface Checked {
    readonly token: string;
    check(inputs: unknown, now: Date, last: unknown): { readonly failures: readonly CheckFailure[] };
}

const DATE =
    'Not a date. Write it as "2027-01-31T12:00:00Z", or as "2027-01-31", which is its midnight in UTC.';
const DURATION =
    'Write a whole number with its unit, s, m, h or d, of at most 36500 days: "365d", "8h", "30m" or "90s".';
const PASSED = "It has passed: the key would be of no use. Give a later date.";
const MAXIMUM = 'Not a duration of at most 36500 days. Write it as "90d" or "12h".';

const cases: [Checked, string, object, string, string][] = [
    [accessKey, "a date that is none", { expirationDate: "soon" }, "expirationDate", DATE],
    [accessKey, "a date that has passed", { expirationDate: "2026-06-15" }, "expirationDate", PASSED],
    [accessKey, "the present moment", { expirationDate: NOW.toISOString() }, "expirationDate", PASSED],
    [accessKey, "a lifetime that is none", { lifetime: "90 days" }, "lifetime", DURATION],
    [accessKey, "another state", { state: "active" }, "state", "Write ACTIVE or INACTIVE."],
    [accessKey, "an empty user", { userName: "" }, "userName", "It is empty. Give a text."],
    [
        accessKey,
        "a date and a lifetime",
        { expirationDate: "2027-01-01", lifetime: "90d" },
        "lifetime",
        "`expirationDate` is given as well. Remove one of the two.",
    ],
    [
        accessKey,
        "a rotation without a lifetime",
        { expirationDate: "2027-01-01", rotateBefore: "30d" },
        "rotateBefore",
        "A key is rotated only where its successor's end is known: give `lifetime` instead of a date.",
    ],
    [
        accessKey,
        "an overlap without a rotation",
        { overlap: "7d" },
        "overlap",
        "Only a key that is rotated overlaps: give `lifetime`, or remove `overlap`.",
    ],
    [
        accessKey,
        "the rotation of somebody's key",
        { adoptId: "KEY", lifetime: "90d", rotateBefore: "30d" },
        "rotateBefore",
        "An adopted key is never rotated, for its holder is not known here. Make a new key, hand it out, and remove this one then.",
    ],
    [
        accessKey,
        "a rotation that leaves no time for the overlap",
        { lifetime: "90d", rotateBefore: "45d" },
        "rotateBefore",
        "rotateBefore (45d) and overlap (45d) together must be shorter than lifetime (90d). Shorten one of them, or lengthen lifetime.",
    ],
    [
        accessKey,
        "an overlap that leaves no time",
        { lifetime: "90d", overlap: "60d" },
        "overlap",
        "rotateBefore (2592000s) and overlap (60d) together must be shorter than lifetime (90d). Shorten one of them, or lengthen lifetime.",
    ],
    [
        accessKey,
        "an overlap of somebody's key",
        { adoptId: "KEY", lifetime: "90d", overlap: "7d" },
        "overlap",
        "An adopted key is never rotated, so nothing overlaps. Remove `overlap`.",
    ],
    [
        keyAudit,
        "a date that the maximum would not allow",
        { maxAccessKeyExpiration: "90d", expire: { KEY: "90d" } },
        "expire.KEY",
        "It is not below maxAccessKeyExpiration (90d). Shorten it.",
    ],
    [keyAudit, "a maximum that is none", { maxAccessKeyExpiration: "0d" }, "maxAccessKeyExpiration", MAXIMUM],
    [
        keyAudit,
        "neither a date nor a duration",
        { expire: { KEY: "soon" } },
        "expire.KEY",
        'Neither a date nor a duration. Write it as "2027-01-31T12:00:00Z", "2027-01-31" or "90d".',
    ],
    [
        apiAccessPolicy,
        "a maximum that is too long",
        { maxAccessKeyExpiration: "36501d" },
        "maxAccessKeyExpiration",
        MAXIMUM,
    ],
    [
        apiAccessPolicy,
        "a session that is no boolean",
        { requireTrustedEnv: "true" },
        "requireTrustedEnv",
        "It is of the wrong type. Give true or false.",
    ],
];

test.each(
    cases.map(([type, ...rest]): [string, string, Checked, object, string, string] => {
        const [what, inputs, property, reason] = rest;
        return [type.token, what, type, inputs, property, reason];
    }),
)("%s refuses %s", (_token, _what, type, inputs, property, reason) => {
    expect(type.check(inputs, NOW, {}).failures).toEqual([{ property, reason }]);
});

describe("a date that has passed", () => {
    test.each(["2026-01-01", "2026-01-01T00:00:00.000+0000"])(
        "and stood before, as %s, is no failure",
        (last) => {
            const given = { expirationDate: "2026-01-01T00:00:00Z" };
            expect(accessKey.check(given, NOW, { expirationDate: last }).failures).toEqual([]);
        },
    );

    test("and did not is one", () => {
        const given = { expirationDate: "2026-01-01" };
        expect(accessKey.check(given, NOW, { expirationDate: "2026-01-02" }).failures).toHaveLength(1);
    });
});

describe("a lifetime", () => {
    test.each([
        [{ lifetime: "90d" }, { rotateBefore: "2592000s", overlap: "2592000s" }],
        [
            { lifetime: "90d", rotateBefore: "10d" },
            { rotateBefore: "10d", overlap: "10d" },
        ],
        [
            { lifetime: "90d", overlap: "1d" },
            { rotateBefore: "2592000s", overlap: "1d" },
        ],
        [
            { lifetime: "90d", rotateBefore: UNKNOWN },
            { rotateBefore: UNKNOWN, overlap: UNKNOWN },
        ],
        [
            { lifetime: "90d", adoptId: "KEY" },
            { rotateBefore: undefined, overlap: undefined },
        ],
        [{ lifetime: UNKNOWN }, { rotateBefore: undefined, overlap: undefined }],
    ])("%j is rotated by %j", (given, { rotateBefore, overlap }) => {
        const { inputs, failures } = accessKey.check(given, NOW, {});
        expect(failures).toEqual([]);
        expect([inputs.rotateBefore, inputs.overlap]).toEqual([rotateBefore, overlap]);
    });
});
