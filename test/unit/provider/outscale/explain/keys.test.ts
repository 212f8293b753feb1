/** Access keys: which can be used, which are their owner's last, and what a trusted session says to them. */
import { describe, expect, test } from "@jest/globals";
import type { OwnedKey } from "../../../../../provider/outscale/access-keys";
import { explainKeys } from "../../../../../provider/outscale/explain/keys";
import { explainPolicy } from "../../../../../provider/outscale/explain/trusted-session";
import { NOW } from "../../../../support/outscale";

const key = (accessKeyId: string, changes: Partial<OwnedKey> = {}): OwnedKey => ({
    accessKeyId,
    state: "ACTIVE",
    ...changes,
});
/** A date some milliseconds from now. */
const inMs = (ms: number): string => new Date(NOW.getTime() + ms).toISOString();
const DAY = 86_400_000;

describe("an owner's last usable key", () => {
    test.each<[string, readonly OwnedKey[], readonly string[]]>([
        ["one key", [key("A")], ["A"]],
        ["two keys", [key("A"), key("B")], []],
        ["another that is inactive", [key("A"), key("B", { state: "INACTIVE" })], ["A"]],
        ["another that has expired", [key("A"), key("B", { expirationDate: inMs(-1) })], ["A"]],
        ["another that ends this very moment", [key("A"), key("B", { expirationDate: inMs(0) })], ["A"]],
        ["another that ends in a moment", [key("A"), key("B", { expirationDate: inMs(1) })], []],
        ["another whose end cannot be read", [key("A"), key("B", { expirationDate: "soon" })], ["A"]],
        ["another of a user", [key("A"), key("B", { userName: "bob" })], ["A", "B"]],
        ["two users", [key("A", { userName: "ann" }), key("B", { userName: "bob" })], ["A", "B"]],
        ["two keys of a user", [key("A", { userName: "ann" }), key("B", { userName: "ann" })], []],
        ["none that can be used", [key("A", { state: "INACTIVE" })], []],
    ])("with %s", (_what, keys, last) => {
        const report = explainKeys(keys, undefined, NOW);
        expect(report.filter(({ isLastUsable }) => isLastUsable).map(({ id }) => id)).toEqual(last);
    });
});

test("the calling key is told by its id", () => {
    const report = explainKeys([key("A"), key("B")], "B", NOW);
    expect(report.map(({ isCalling }) => isCalling)).toEqual([false, true]);
    expect(explainKeys([key("A")], undefined, NOW)[0]?.isCalling).toBe(false);
});

test("an end that cannot be read is shown as it came", () => {
    const [report] = explainKeys([key("A", { expirationDate: "soon" })], undefined, NOW);
    expect([report?.expiresAt, report?.isUsable]).toEqual(["soon", false]);
});

describe("a trusted session", () => {
    const blockers = (seconds: number, keys: readonly OwnedKey[] | undefined): readonly string[] =>
        explainPolicy(
            { MaxAccessKeyExpirationSeconds: seconds, RequireTrustedEnv: false },
            [{ id: "aar-1", authorities: [{ id: "ca-1" }], cns: [], ipRanges: [] }],
            keys && explainKeys(keys, undefined, NOW),
            [],
            NOW,
        ).blockers;
    const never = "The access key A of the root user never expires.";
    const long = `The access key A of the root user ends only on ${inMs(DAY)}, not within the maximum of 86400 seconds.`;
    const unreadable = "The access key A of the root user ends on a date that cannot be read (soon).";
    const none = "Access keys have no maximum lifetime (MaxAccessKeyExpirationSeconds is 0).";

    test.each<[string, number, Partial<OwnedKey>, readonly string[]]>([
        ["nothing in its way", 86_400, { expirationDate: inMs(DAY - 1) }, []],
        ["a key that lives for the whole maximum", 86_400, { expirationDate: inMs(DAY) }, [long]],
        ["a key whose end cannot be read", 86_400, { expirationDate: "soon" }, [unreadable]],
        ["a key without an end", 86_400, {}, [never]],
        ["an inactive key without an end", 86_400, { state: "INACTIVE" }, [never]],
        ["a key that has ended", 86_400, { expirationDate: inMs(-1) }, []],
        ["no maximum", 0, { expirationDate: inMs(DAY) }, [none]],
        ["no maximum, and a key without an end", 0, {}, [none, never]],
    ])("has %s", (_what, seconds, changes, expected) => {
        expect(blockers(seconds, [key("A", changes)])).toEqual(expected);
    });

    test("does not speak of keys that are not known", () => {
        expect(blockers(86_400, undefined)).toEqual([]);
    });
});
