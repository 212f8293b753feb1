/** An adopted key neither lasts longer nor works again unseen: the decision, and the resource on the account. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { accessKey } from "../../../../provider/outscale/access-key";
import { revivals, type Revival } from "../../../../provider/outscale/access-key-adoption";
import type { KeySettings } from "../../../../provider/outscale/access-keys";
import { OUTSIDE, rejection, startProcess } from "../../../support/outscale";
import { accountWithClock, after, dateAfter, inputs, keysOf, putKey } from "./access-key-fixture";

describe("what a key would get", () => {
    test.each<[string, Partial<KeySettings>, Partial<KeySettings>, Revival[]]>([
        ["nothing, with neither date", {}, {}, []],
        ["nothing, by a date", {}, { expirationDate: "2027-01-01" }, []],
        [
            "nothing, by an earlier one",
            { expirationDate: "2027-01-02" },
            { expirationDate: "2027-01-01" },
            [],
        ],
        [
            "nothing, by the same date",
            { expirationDate: "2027-01-01T00:00:00.400Z" },
            { expirationDate: "2027-01-01" },
            [],
        ],
        [
            "a later end",
            { expirationDate: "2027-01-01" },
            { expirationDate: "2027-01-01T00:00:01Z" },
            ["expirationDate"],
        ],
        ["no end", { expirationDate: "2027-01-01" }, {}, ["expirationDate"]],
        [
            "some end for one that cannot be read",
            { expirationDate: "soon" },
            { expirationDate: "2027-01-01" },
            ["expirationDate"],
        ],
        ["nothing, by being switched off", {}, { state: "INACTIVE" }, []],
        ["nothing, by staying off", { state: "INACTIVE" }, { state: "INACTIVE" }, []],
        ["its being switched on", { state: "INACTIVE" }, {}, ["state"]],
        ["both", { state: "INACTIVE", expirationDate: "2027-01-01" }, {}, ["expirationDate", "state"]],
    ])("%s", (_title, before, wanted, expected) => {
        expect(revivals({ state: "ACTIVE", ...before }, { state: "ACTIVE", ...wanted })).toEqual(expected);
    });

    test("what gets nothing works at no moment at which it did not", () => {
        const settings: fc.Arbitrary<KeySettings> = fc.record(
            {
                state: fc.constantFrom("ACTIVE" as const, "INACTIVE" as const),
                expirationDate: fc.integer({ min: 0, max: 5 }).map(dateAfter),
            },
            { requiredKeys: ["state"] },
        );
        const works = ({ state, expirationDate }: KeySettings, day: number): boolean =>
            state === "ACTIVE" && (expirationDate === undefined || after(day) < new Date(expirationDate));
        fc.assert(
            fc.property(settings, settings, fc.integer({ min: 0, max: 9 }), (before, wanted, day) => {
                if (revivals(before, wanted).length === 0 && works(wanted, day))
                    expect(works(before, day)).toBe(true);
            }),
        );
    });
});

/** Changes a key by hand, outside of any program. */
function byHand(account: OutscaleAccount, request: object): void {
    expect(account.execute("UpdateAccessKey", request, { sourceAddress: OUTSIDE }).status).toBe(200);
}

describe("an adoption", () => {
    const adoption = (account: OutscaleAccount, adoptId: string, given: object = {}) => {
        const process = startProcess(account);
        const wanted = inputs({ userName: "ci", tag: "by hand", adoptId, ...given });
        return { process, wanted, made: accessKey.create(wanted, process.context) };
    };
    const end = dateAfter(30);

    test("without a word of the end of a key is refused, and changes nothing", async () => {
        const { account } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand", ExpirationDate: end });
        const before = account.snapshot();
        const { process, made } = adoption(account, hand);
        expect(await rejection(made)).toMatchObject({
            code: "AmbiguousMatch",
            property: "expirationDate",
            problem: `Refused to adopt the access key ${hand}: it ends on ${end}, and without a date it would never end.`,
            remedy:
                `Write the date into the program (\`expirationDate: "${end}"\`), or another one. If it is never to end, take ` +
                "the date out in a later deployment, whose preview shows that. Nothing has been changed.",
        });
        expect(process.changes()).toEqual([]);
        expect(account.snapshot()).toEqual(before);
    });

    test("that says the end as it is changes nothing, and stays as it is", async () => {
        const { account } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand", ExpirationDate: end });
        const { process, wanted, made } = adoption(account, hand, { expirationDate: end });
        const { state } = await made;
        expect(process.changes()).toEqual([]);
        expect(accessKey.diff(state, wanted, after(1))).toEqual({ changed: [], replaces: [] });
        // Taking it out later is a change that the preview shows.
        const without = inputs({ userName: "ci", tag: "by hand", adoptId: hand });
        expect(accessKey.diff(state, without, after(1)).changed).toEqual(["expirationDate"]);
        await accessKey.update(hand, state, without, startProcess(account).context);
        expect(keysOf(account)).toMatchObject([{ end: null }]);
    });

    test.each([
        ["date", { expirationDate: dateAfter(60) }, dateAfter(60)],
        ["lifetime", { lifetime: "90d" }, dateAfter(90)],
    ])("that says a later end by a %s gives it", async (_how, given, expected) => {
        const { account } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand", ExpirationDate: end });
        await adoption(account, hand, given).made;
        expect(keysOf(account)).toMatchObject([{ end: expected }]);
    });

    test("of a key that has ended says so", async () => {
        const { account, at, now } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", ExpirationDate: end });
        at(31);
        const wanted = inputs({ userName: "ci", adoptId: hand });
        const { context } = startProcess(account, { now });
        expect(await rejection(accessKey.create(wanted, context))).toMatchObject({
            property: "expirationDate",
            problem: `Refused to adopt the access key ${hand}: it ended on ${end}, and without a date it would never end.`,
            remedy: expect.stringMatching(
                /^Leave it out of the program; or, if it is to work again, say until when/,
            ),
        });
    });

    test("without a word of its being inactive is refused, and with it changes nothing", async () => {
        const { account } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand" });
        byHand(account, { UserName: "ci", AccessKeyId: hand, State: "INACTIVE" });
        const refused = adoption(account, hand);
        expect(await rejection(refused.made)).toMatchObject({
            code: "AmbiguousMatch",
            property: "state",
            problem: `Refused to adopt the access key ${hand}: it is INACTIVE, and would be ACTIVE.`,
        });
        expect(refused.process.changes()).toEqual([]);
        const adopted = adoption(account, hand, { state: "INACTIVE" });
        await adopted.made;
        expect(adopted.process.changes()).toEqual([]);
    });

    test.each([
        ["switched off", { State: "INACTIVE" }, "state", "INACTIVE, without an end", { state: "INACTIVE" }],
        [
            "been given an end",
            { ExpirationDate: end },
            "expirationDate",
            `ACTIVE, until ${end}`,
            { expirationDate: end },
        ],
    ])("of a key that has since been %s is not undone unseen", async (_how, change, property, now, given) => {
        const { account } = accountWithClock();
        const hand = putKey(account, { UserName: "ci", Tag: "by hand" });
        const { state } = await adoption(account, hand).made;
        byHand(account, { UserName: "ci", AccessKeyId: hand, State: "ACTIVE", ...change });
        const before = account.snapshot();
        const retagged = inputs({ userName: "ci", tag: "other", adoptId: hand });
        expect(accessKey.diff(state, retagged, after(0)).changed).toEqual(["tag"]);
        const { context } = startProcess(account);
        expect(await rejection(accessKey.update(hand, state, retagged, context))).toMatchObject({
            code: "AmbiguousMatch",
            property,
            problem: expect.stringContaining(`Now: ${now}; as wanted: ACTIVE, without an end.`),
        });
        expect(account.snapshot()).toEqual(before);
        // After a refresh the preview shows it, and then it is done.
        const refreshed = await accessKey.read(hand, state, startProcess(account).context);
        if (refreshed === undefined) throw new Error("gone");
        expect(accessKey.diff(refreshed.state, retagged, after(0)).changed).toContain(property);
        expect(refreshed.state).toMatchObject(given);
        await accessKey.update(hand, refreshed.state, retagged, startProcess(account).context);
        expect(keysOf(account)).toMatchObject([{ state: "ACTIVE", end: null, tag: "other" }]);
    });
});
