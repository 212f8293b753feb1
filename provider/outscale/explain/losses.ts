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
