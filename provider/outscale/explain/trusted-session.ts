/** What keeps a trusted session from being switched on, and whom its demands would lock out. */
import type { AccessRule, Identity } from "../access";
import type { ApiAccessPolicy } from "../api/objects";
import { describeRule } from "../protection";
import { keyName } from "./keys";
import { losses } from "./losses";
import type { KeyReport, PolicyReport } from "./report";

/**
 * A trusted session asks for a maximum lifetime of access keys, for keys that all end within it, and for rules that
 * all name an authority. `keys` are absent where they are not known.
 * Source: OUTSCALE user guide, "Activating a Trusted Session"; UpdateApiAccessPolicy in the API's specification.
 */
export function explainPolicy(
    { MaxAccessKeyExpirationSeconds: seconds, RequireTrustedEnv }: ApiAccessPolicy,
    rules: readonly AccessRule[],
    keys: readonly KeyReport[] | undefined,
    identities: readonly Identity[],
    at: Date,
): PolicyReport {
    const certified = rules.filter(({ authorities }) => authorities.length > 0);
    const nameless = rules.filter(({ authorities }) => authorities.length === 0);
    return {
        maxAccessKeyExpirationSeconds: seconds,
        requireTrustedEnv: RequireTrustedEnv,
        blockers: [
            ...(seconds > 0
                ? []
                : ["Access keys have no maximum lifetime (MaxAccessKeyExpirationSeconds is 0)."]),
            ...nameless.map((rule) => `The access rule ${describeRule(rule)} names no authority.`),
            ...(keys ?? []).flatMap((key) => refusalOf(key, seconds, at)),
        ],
        losses: losses(rules, certified, identities, at),
    };
}

function refusalOf(key: KeyReport, seconds: number, at: Date): readonly string[] {
    if (key.expiresAt === null) return [`The access key ${keyName(key)} never expires.`];
    const end = Date.parse(key.expiresAt);
    // Written so that an end that cannot be read is not within the maximum.
    const isWithin = end - at.getTime() < seconds * 1_000;
    if (seconds === 0 || isWithin) return [];
    return [`The access key ${keyName(key)} does not end within the maximum of ${seconds} seconds.`];
}
