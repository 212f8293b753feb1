import { describe, expect, test } from "@jest/globals";
import { lifetimeProblem, neverEnds } from "../../../policy/key-lifetime";
import type { DeclaredEnd } from "../../../policy/resources";
import { UNKNOWN } from "../../../provider/resource";

const NOW = new Date("2026-03-01T12:00:00Z");
const end = (given: Partial<DeclaredEnd>): DeclaredEnd => ({
    expirationDate: undefined,
    lifetime: undefined,
    ...given,
});

test.each<[boolean, Partial<DeclaredEnd>]>([
    [true, {}],
    [false, { lifetime: "90d" }],
    [false, { expirationDate: "2027-01-01" }],
    [false, { lifetime: UNKNOWN }],
    [false, { expirationDate: UNKNOWN }],
])("never ends: %s for %j", (expected, given) => {
    expect(neverEnds(end(given))).toBe(expected);
});

describe("lifetimeProblem", () => {
    test.each<[Partial<DeclaredEnd>, string | undefined]>([
        [{}, undefined],
        [{ lifetime: "90d" }, undefined],
        [{ lifetime: "2160h" }, undefined],
        [{ lifetime: "2161h" }, "lives 2161h"],
        [{ lifetime: "91d" }, "lives 91d"],
        [{ lifetime: "for ever" }, undefined],
        [{ lifetime: UNKNOWN, expirationDate: "2099-01-01" }, undefined],
        [{ expirationDate: UNKNOWN }, undefined],
        [{ expirationDate: "2020-01-01" }, undefined],
        [{ expirationDate: "2026-05-30T12:00:00Z" }, undefined],
        [{ expirationDate: "2026-05-30T12:00:01Z" }, "ends on 2026-05-30T12:00:01.000Z"],
        [{ expirationDate: "2026-05-30T14:00:00+02:00" }, undefined],
        [{ expirationDate: "2026-05-30T13:00:00.000+0000" }, "ends on 2026-05-30T13:00:00.000Z"],
        [{ expirationDate: "2026-05-31" }, "ends on 2026-05-31T00:00:00.000Z"],
        [{ expirationDate: "2026-05-30t12:00:01z" }, "ends on 2026-05-30T12:00:01.000Z"],
        [{ expirationDate: "next year" }, "ends on a date that cannot be read"],
        [{ expirationDate: "2026-13-01" }, "ends on a date that cannot be read"],
    ])("of %j is %s", (given, expected) => {
        expect(lifetimeProblem(end(given), "90d", NOW)).toBe(expected);
    });

    test("a lifetime is judged in place of the date that follows from it", () => {
        const given = end({ lifetime: "30d", expirationDate: "2099-01-01" });
        expect(lifetimeProblem(given, "90d", NOW)).toBeUndefined();
    });
});
