import { expect, test } from "@jest/globals";
import type { FleetAccount } from "../../../../sdk/fleet/fleet";
import { selectAccounts } from "../../../../sdk/fleet/select";

const accounts = ["acme-dev", "acme-prod", "zeta-dev"].map((name): FleetAccount => ({
    name,
    stack: name,
    config: {},
    environment: {},
}));

test.each<[patterns: string[], names: string[]]>([
    [[], ["acme-dev", "acme-prod", "zeta-dev"]],
    [
        ["zeta-dev", "acme-dev"],
        ["acme-dev", "zeta-dev"],
    ],
    [["acme-*"], ["acme-dev", "acme-prod"]],
    [
        ["????-dev", "acme-dev"],
        ["acme-dev", "zeta-dev"],
    ],
    [["*"], ["acme-dev", "acme-prod", "zeta-dev"]],
])("%j are %j, in the fleet's order", (patterns, names) => {
    expect(selectAccounts(accounts, patterns).map(({ name }) => name)).toEqual(names);
});

test.each(["acme", "acme.dev", "*-test", "acme-dev|zeta-dev", "(acme-dev"])(
    "%s is nobody, and refused",
    (pattern) => {
        expect(() => selectAccounts(accounts, ["acme-dev", pattern])).toThrow(
            `No account is named "${pattern}".`,
        );
    },
);
