import { expect, test } from "@jest/globals";
import { accessPolicies } from "../../../policy";
import { settingsOf } from "../../../policy/options";
import { PortcullisError } from "../../../provider/errors";

test("the defaults are strict", () => {
    expect(settingsOf({})).toEqual({
        enforcementLevel: "mandatory",
        maxKeyLifetime: "90d",
        openRanges: [],
        broadestIpv4Prefix: 8,
        broadestIpv6Prefix: 16,
    });
});

test("what the pack's configuration says comes before what its program says", () => {
    const settings = settingsOf(
        { maxKeyLifetime: "30d", openRanges: ["192.0.2.0/24"] },
        { maxKeyLifetime: "7d" },
    );
    expect(settings).toMatchObject({ maxKeyLifetime: "7d", openRanges: ["192.0.2.0/24"] });
});

test.each<[string, object]>([
    ["maxKeyLifetime", { maxKeyLifetime: "90" }],
    ["openRanges.0", { openRanges: ["office"] }],
    ["broadestIpv4Prefix", { broadestIpv4Prefix: 33 }],
    ["broadestIpv6Prefix", { broadestIpv6Prefix: -1 }],
    ["enforcementLevel", { enforcementLevel: "remediate" }],
    ["maxLifetime", { maxLifetime: "90d" }],
])("a wrong option is refused: %s", (property, options) => {
    const make = () => accessPolicies(options);
    expect(make).toThrow(PortcullisError);
    expect(make).toThrow(property);
    expect(make).toThrow(/^An option of the access policies is wrong: .* Correct it in the policy pack's/);
});

test("levels: what the team says, and what sees the encrypted only where that is all or nothing", () => {
    const levels = (enforcementLevel: "advisory" | "mandatory" | "disabled") =>
        Object.fromEntries(
            accessPolicies({ enforcementLevel }).map((policy) => [policy.name, policy.enforcementLevel]),
        );
    const all = (level: string, keys: string) => ({
        "no-world-open-rule": level,
        "no-world-open-rules-together": level,
        "access-key-expires": level,
        "access-key-max-lifetime": level,
        "access-key-secret-encrypted": level,
        "no-plain-private-key": keys,
    });
    expect(levels("mandatory")).toEqual(all("mandatory", "remediate"));
    expect(levels("advisory")).toEqual(all("advisory", "remediate"));
    expect(levels("disabled")).toEqual(all("disabled", "disabled"));
});
