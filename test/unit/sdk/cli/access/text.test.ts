/** The report as text: its sections, its words for losses, its width, and characters that a terminal would act upon. */
import { describe, expect, test } from "@jest/globals";
import type { AccessReport, KeyReport, Loss } from "../../../../../provider/outscale/explain/report";
import { columns } from "../../../../../sdk/cli/access/columns";
import { renderReport } from "../../../../../sdk/cli/access/text";

const key = (changes: Partial<KeyReport> = {}): KeyReport => ({
    id: "AK1",
    user: null,
    state: "ACTIVE",
    tag: null,
    expiresAt: null,
    isUsable: true,
    isLastUsable: false,
    isCalling: false,
    ...changes,
});

const rule = (id: string, without: readonly Loss[], isLast = false): AccessReport["rules"][number] => ({
    id,
    description: "",
    caIds: [],
    cns: [],
    ipRanges: ["192.0.2.0/24"],
    summary: `${id} [IP 192.0.2.0/24]`,
    verdicts: [{ identity: "ada", verdict: "admitted", reason: "from every address of the identity" }],
    without,
    isLast,
});

const report = (changes: Partial<AccessReport> = {}): AccessReport => ({
    version: 1,
    source: { kind: "account", endpoint: "https://api.invalid/api/v1", region: "eu-west-2" },
    at: "2026-06-15T12:00:00.000Z",
    identities: [
        { name: "ada", sourceIp: "192.0.2.7", certificate: null, verdict: "admitted", by: ["aar-1"] },
    ],
    rules: [rule("aar-1", [{ identity: "ada", effect: "lockedOut" }])],
    authorities: [],
    keys: null,
    policy: null,
    notes: [],
    ...changes,
});

test("the whole of it", () => {
    const certificate = {
        commonName: "Authority",
        notBefore: "2026-01-01T00:00:00.000Z",
        notAfter: "2027-01-01T00:00:00.000Z",
        fingerprint: "00",
    };
    const named = { description: "", fingerprint: "00", without: [] };
    const text = renderReport(
        report({
            authorities: [
                { ...named, id: "ca-1", description: "first", certificate, rules: ["aar-1"] },
                { ...named, id: "ca-2", certificate: null, rules: [] },
            ],
            keys: [key({ isLastUsable: true, isCalling: true })],
            policy: {
                maxAccessKeyExpirationSeconds: 0,
                requireTrustedEnv: false,
                blockers: ["The rule is open."],
                losses: [{ identity: "ada", effect: "lockedOut" }],
            },
            notes: ["Something was not read."],
        }),
    );
    expect(text).toBe(`The OUTSCALE account at https://api.invalid/api/v1 (eu-west-2)
Decided for 2026-06-15T12:00:00.000Z.

IDENTITIES
  NAME  VERDICT   BY  FROM       CERTIFICATE
  ada   admitted  R1  192.0.2.7  none

ACCESS RULES
  R1  aar-1 [IP 192.0.2.0/24]
      ada  admitted  from every address of the identity

AUTHORITIES
  A1  ca-1  named by R1  CN Authority, until 2027-01-01; "first"
  A2  ca-2  named by -   certificate not known

ACCESS KEYS
  AK1  root user  ACTIVE  never expires

IF ONE OF THEM WENT
  rule R1       ada would no longer be admitted
  authority A1  nobody would lose access
  authority A2  nobody would lose access; no rule names it
  key AK1       the root user would have no usable key left; this command calls with it

TRUSTED SESSION
  off; no maximum lifetime of access keys
  in its way: The rule is open.
  without the rules that name no authority: ada would no longer be admitted

NOTES
  -  Something was not read.
`);
});

test("what there is nothing of, and what is not known", () => {
    const nothing = report({
        source: { kind: "state", file: "state.json", stack: null },
        identities: [],
        rules: [],
    });
    expect(renderReport(nothing)).toBe(`The OUTSCALE account of the stack (unnamed), as state.json has it
Decided for 2026-06-15T12:00:00.000Z.

IDENTITIES
  none

ACCESS RULES
  none

AUTHORITIES
  none

ACCESS KEYS
  not known

IF ONE OF THEM WENT
  none

TRUSTED SESSION
  not known
`);
});

/** The line of the text that begins so, without its beginning. */
const lineOf = (text: string, beginning: string): string | undefined =>
    text
        .split("\n")
        .map((line) => line.trim())
        .find((line) => line.startsWith(beginning))
        ?.slice(beginning.length)
        .trim();

test.each<[readonly Loss[], boolean, string]>([
    [[], false, "nobody would lose access"],
    [[], true, "nobody would lose access; it is the last rule, which the API refuses to delete"],
    [
        [
            { identity: "ada", effect: "lockedOut" },
            { identity: "bob", effect: "narrowed" },
            { identity: "cy", effect: "uncertain" },
            { identity: "di", effect: "lockedOut" },
        ],
        false,
        "ada, di would no longer be admitted; bob would be admitted from fewer addresses; cy might lose access",
    ],
])("the losses %j", (losses, isLast, expected) => {
    const text = renderReport(report({ rules: [rule("aar-1", losses, isLast)] }), 300);
    expect(lineOf(text, "rule R1")).toBe(expected);
});

test.each<[Partial<KeyReport>, string, string]>([
    [{}, "root user  ACTIVE  never expires", "the root user has another usable key"],
    [
        { user: "bob", isLastUsable: true, expiresAt: "2027-01-01T00:00:00.000Z" },
        "EIM user bob  ACTIVE  expires 2027-01-01T00:00:00.000Z",
        "the EIM user bob would have no usable key left",
    ],
    [
        { isUsable: false, expiresAt: "2026-01-01T00:00:00.000Z" },
        "root user  ACTIVE  expired 2026-01-01T00:00:00.000Z",
        "nothing: it cannot be used as it is",
    ],
    [
        { isUsable: false, state: "INACTIVE" },
        "root user  INACTIVE  never expires",
        "nothing: it cannot be used as it is",
    ],
    [
        { isUsable: false, expiresAt: "soon", isCalling: true },
        "root user  ACTIVE  expires soon",
        "nothing: it cannot be used as it is; this command calls with it",
    ],
])("the key %j", (changes, shown, lost) => {
    const text = renderReport(report({ keys: [key(changes)] }));
    expect([lineOf(text, "AK1"), lineOf(text, "key AK1")]).toEqual([shown, lost]);
});

test("a trusted session that is on, and what contradicts it", () => {
    const policy = {
        maxAccessKeyExpirationSeconds: 3600,
        requireTrustedEnv: true,
        blockers: ["A rule is open."],
        losses: [],
    };
    const [, session = ""] = renderReport(report({ policy })).split("TRUSTED SESSION\n");
    expect(session).toBe("  on; access keys live 3600 seconds at most\n  contradicts it: A rule is open.\n");
});

describe("columns", () => {
    test("are as wide as their widest cell, and the last is broken at spaces", () => {
        const rows = [
            ["a", "bb", "one two three four five six seven eight nine ten"],
            ["aaa", "b", "x"],
        ];
        expect(columns(rows, 2, 40)).toEqual([
            "  a    bb  one two three four five six",
            "           seven eight nine ten",
            "  aaa  b   x",
        ]);
    });

    test("break nothing below thirty characters, nor within a word", () => {
        const word = "w".repeat(50);
        expect(columns([["a".repeat(20), `one ${word} two three`]], 0, 10)).toEqual([
            `${"a".repeat(20)}  one`,
            `${" ".repeat(22)}${word}`,
            `${" ".repeat(22)}two three`,
        ]);
    });

    test("never let a control or format character through", () => {
        const evil = "a\u001b[31m\u009b\u202e\u200b\r\n\u2028b";
        expect(columns([[evil, evil]], 0, 200)).toEqual([
            Array(2).fill("a\\u{1b}[31m\\u{9b}\\u{202e}\\u{200b}\\u{d}\\u{a}\\u{2028}b").join("  "),
        ]);
    });

    test("of no rows are no lines", () => {
        expect(columns([], 2, 80)).toEqual([]);
    });
});
