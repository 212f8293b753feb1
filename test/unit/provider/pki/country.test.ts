import { expect, test } from "@jest/globals";
import { countryCode, countryCodes, isCountryCode } from "../../../../provider/pki/country";

test("there are 249 codes, as many as ISO 3166-1 assigns", () => {
    expect(countryCodes()).toHaveLength(249);
    expect(["FR", "DE", "GB", "US", "JP", "AQ"].filter((code) => !isCountryCode(code))).toEqual([]);
});

test.each(["EU", "UK", "SU", "XK", "ZZ", "QX", "fr", "FRA", "F", "", "F R"])("%s is none", (text) => {
    expect(isCountryCode(text)).toBe(false);
});

test.each([
    ["France", "FR"],
    ["france ", "FR"],
    ["Deutschland", "DE"],
    ["Côte d’Ivoire", "CI"],
    ["bresil", "BR"],
    ["fr", "FR"],
    ["UK", "GB"],
])("%s is refused, and %s suggested", (text, code) => {
    expect(() => countryCode(text, "country")).toThrow(
        `country: It is ${JSON.stringify(text)}, which is no country's code. Write "${code}", the two letters of ISO 3166.`,
    );
});

test("what is no country at all gets the form as its remedy", () => {
    expect(() => countryCode("Atlantis", "country")).toThrow(
        'country: It is "Atlantis", which is no country\'s code. Write the two capital letters of ISO 3166, as in "FR".',
    );
    expect(countryCode("FR", "country")).toBe("FR");
});
