/** What keeps a trusted session from being switched on, and whom its demands would lock out. */
import type { AccessRule, Identity } from "../access";
import type { ApiAccessPolicy } from "../api/objects";
import { blockingKeys, blockingRules, describeBlockingKey, describeBlockingRule } from "../trusted-session";
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
    return {
        maxAccessKeyExpirationSeconds: seconds,
        requireTrustedEnv: RequireTrustedEnv,
        blockers: [
            ...(seconds > 0
                ? []
                : ["Access keys have no maximum lifetime (MaxAccessKeyExpirationSeconds is 0)."]),
            ...blockingRules(rules).map(describeBlockingRule),
            ...blockingKeys((keys ?? []).map(ownedKey), seconds, at).map(describeBlockingKey),
        ],
        losses: losses(rules, certified, identities, at),
    };
}

function ownedKey({ id, user, expiresAt }: KeyReport): Parameters<typeof blockingKeys>[0][number] {
    return {
        accessKeyId: id,
        ...(user === null ? {} : { userName: user }),
        ...(expiresAt === null ? {} : { expirationDate: expiresAt }),
    };
}
