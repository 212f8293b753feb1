/** Who would lose access by a change of rules, and how surely. */
import { decideAccess, type AccessRule, type Identity } from "../access";
import { lockouts } from "../protection";
import { covers } from "../ranges";
import type { Loss } from "./report";

/** One entry for each identity that `lockouts` names: nobody else loses anything. */
export function losses(
    before: readonly AccessRule[],
    after: readonly AccessRule[],
    identities: readonly Identity[],
    at: Date,
): readonly Loss[] {
    return lockouts(before, after, identities, at).map(({ identity, after: then }) => {
        const now = decideAccess(before, identity, at);
        const isSure = now.admitted.some((part) => !covers(then.possible, part));
        const effect = !isSure ? "uncertain" : then.possible.length === 0 ? "lockedOut" : "narrowed";
        return { identity: identity.name, effect };
    });
}

/** The rules with one of them deleted. */
export function withoutRule(rules: readonly AccessRule[], id: string): readonly AccessRule[] {
    return rules.filter((rule) => rule.id !== id);
}

/** The rules with one authority deleted: they go on naming it, and admit nobody by it. */
export function withoutAuthority(rules: readonly AccessRule[], id: string): readonly AccessRule[] {
    return rules.map((rule) => ({
        ...rule,
        authorities: rule.authorities.map((named) => (named.id === id ? { id, gone: true } : named)),
    }));
}
