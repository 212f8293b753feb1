/** Whom the deletion of a rule has to spare, by what the rule remembers and the program declares. */
import { z } from "zod";
import { canonicalJson } from "../canonical-json";
import { readable, type Declaration } from "../declarations";
import { heldAndWanted, type ProtectedIdentity } from "./protection";
import { shared } from "./schemas";

/** What the running program declares, by type, with what it was at the last deployment. */
export interface Witnesses {
    readonly plans: readonly Declaration[];
    readonly proofs: readonly Declaration[];
    readonly rules: readonly Declaration[];
}

/**
 * Whom to spare when a rule is deleted: those whom it remembers and whose certificate may be in use. Whom the program
 * still protects by that name is spared as it says now, from the address of now, with the remembered certificate.
 */
export function spared(
    ruleId: string,
    remembered: readonly ProtectedIdentity[],
    witnesses: Witnesses,
): readonly ProtectedIdentity[] {
    const declared = readable(plan, [...witnesses.proofs, ...witnesses.rules].map(inputsOf));
    const all = mayBeInUse(ruleId, remembered, witnesses).flatMap((identity) => {
        const wanted = knownIn(declared, identity.name);
        return wanted.length === 0 ? [identity] : heldAndWanted([identity], wanted);
    });
    // Every rule and proof of a component declares the same identities.
    return [...new Map(all.map((identity) => [canonicalJson(identity), identity])).values()];
}

/**
 * The remembered identities, but for certificates that no deployment was finished with, so that one that failed on its
 * way can be taken back: what it issued was never handed out.
 *
 * A remembered certificate is left out only where a proof that protects the previous ones passed before, and knew that
 * identity then by other certificates, as all proofs do now; and where the remembered one is that identity's for
 * certain: a deployment was begun with it or with this rule, or one of the known ones is of the same authority.
 */
function mayBeInUse(
    ruleId: string,
    remembered: readonly ProtectedIdentity[],
    { plans, proofs }: Witnesses,
): readonly ProtectedIdentity[] {
    const now = readable(proof, proofs.map(inputsOf));
    const last = readable(proof, proofs.map(lastOf));
    const finished = last.filter(({ protectPrevious }) => protectPrevious);
    const begun = [
        ...last.filter(({ protectPrevious }) => !protectPrevious),
        ...readable(plan, plans.map(lastOf)),
    ];
    const names = (each: Proof): boolean => each.rules.some((rule) => rule.ruleId === ruleId);
    const isBegun = last.some(names) && !finished.some(names);
    return remembered.filter((identity) => {
        if (identity.certificatePem === undefined) return true;
        const known = knownIn(finished, identity.name);
        if (known.length === 0) return true;
        const same = (other: ProtectedIdentity): boolean => other.certificatePem === identity.certificatePem;
        if ([...known, ...knownIn(now, identity.name)].some(same)) return true;
        const related = (other: ProtectedIdentity): boolean =>
            other.authorityPems.some((pem) => identity.authorityPems.includes(pem));
        return !(isBegun || knownIn(begun, identity.name).some(same) || known.some(related));
    });
}

const plan = z.object({ protect: shared.protect });
const proof = plan.extend({
    rules: z.array(z.object({ ruleId: z.string().optional() })),
    protectPrevious: z.boolean().default(true),
});
type Proof = z.output<typeof proof>;

const inputsOf = ({ inputs }: Declaration): object => inputs;
const lastOf = ({ last }: Declaration): object => last;

function knownIn(
    deployments: readonly { readonly protect: readonly ProtectedIdentity[] }[],
    name: string,
): readonly ProtectedIdentity[] {
    return deployments.flatMap(({ protect }) => protect).filter((identity) => identity.name === name);
}
