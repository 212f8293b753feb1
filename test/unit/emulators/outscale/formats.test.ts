import { expect, test } from "@jest/globals";
import {
    formatDate,
    newAccessKey,
    newId,
    newSecretKey,
    newUserId,
    parseDate,
} from "../../../../emulators/outscale/formats";

test("identifiers have the forms of the API", () => {
    expect(newId("ca")).toMatch(/^ca-[0-9a-f]{32}$/);
    expect(newId("aar")).toMatch(/^aar-[0-9a-f]{32}$/);
    expect(newAccessKey()).toMatch(/^[A-Z0-9]{20}$/);
    expect(newSecretKey()).toMatch(/^[A-Z0-9]{40}$/);
    expect(newUserId()).toMatch(/^[A-Z0-9]{32}$/);
    expect(newId("ca")).not.toBe(newId("ca"));
});

test.each([
    ["2063-04-05", "2063-04-05T00:00:00.000+0000"],
    ["2028-02-20T10:04:05Z", "2028-02-20T10:04:05.000+0000"],
    ["2020-06-14T00:00:00.000Z", "2020-06-14T00:00:00.000+0000"],
    ["2028-02-20T10:04:05.000+0000", "2028-02-20T10:04:05.000+0000"],
    ["2028-02-20T10:04:05+02:00", "2028-02-20T08:04:05.000+0000"],
    ["2028-02-29", "2028-02-29T00:00:00.000+0000"],
])("%s comes back as %s", (given, shown) => {
    const time = parseDate(given);
    expect(time).toBeDefined();
    expect(formatDate(time ?? 0)).toBe(shown);
});

test.each([
    "",
    "tomorrow",
    "2028-02-30",
    "2027-02-29",
    "2028-13-01",
    "2028-02-20T10:04:05",
    "2028-02-20 10:04:05Z",
    "20280220",
    "2028-02-20T25:00:00Z",
])("%j is no date", (given) => {
    expect(parseDate(given)).toBeUndefined();
});
