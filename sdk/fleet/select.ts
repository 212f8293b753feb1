/** Which accounts of a fleet are meant. */
import { PortcullisError } from "../../provider/errors";
import type { FleetAccount } from "./fleet";

/**
 * The accounts whose name matches any of the patterns, in the fleet's order; all where there is no pattern.
 * In a pattern `*` stands for any characters and `?` for one.
 * @throws PortcullisError (InvalidInput) where a pattern matches no account.
 */
export function selectAccounts(
    accounts: readonly FleetAccount[],
    patterns: readonly string[] = [],
): readonly FleetAccount[] {
    if (patterns.length === 0) return accounts;
    const tests = patterns.map((pattern) => ({ pattern, test: matcher(pattern) }));
    const idle = tests.find(({ test }) => !accounts.some(({ name }) => test.test(name)));
    if (idle !== undefined) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "only",
            problem: `No account is named "${idle.pattern}".`,
            remedy: "Give names as the fleet file has them; * and ? stand for other characters.",
        });
    }
    return accounts.filter(({ name }) => tests.some(({ test }) => test.test(name)));
}

function matcher(pattern: string): RegExp {
    const parts = pattern.split(/([*?])/).map((part) => {
        if (part === "*") return ".*";
        return part === "?" ? "." : part.replaceAll(/[^A-Za-z0-9_-]/g, "\\$&");
    });
    return new RegExp(`^${parts.join("")}$`);
}
