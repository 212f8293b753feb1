/** The guard at preview: whether the planned rules admit every protected identity, as far as it is known yet. */
import { z } from "zod";
import { UNKNOWN, type CheckFailure, type Planned, type PlannedInputs, type Unknown } from "../resource";
import { decideAccess, type AccessRule } from "./access";
import { declaredRule, type DeclaredRule } from "./declared-rule";
import {
    describeLockout,
    describeRule,
    heldAndWanted,
    lockouts,
    remedyFor,
    type Lockout,
    type ProtectedIdentity,
} from "./protection";
import { certificatePem, protectedIdentity, type SharedInputs } from "./schemas";

const unknown = z.custom<Unknown>((value) => value === UNKNOWN);

/** A declared rule whose authorities may not be known yet. */
const plannedCriteria = declaredRule
    .omit({ ruleId: true })
    .extend({ authorityPems: z.union([unknown, z.array(z.union([unknown, certificatePem]))]).default([]) })
    .loose();

/** What is judged: the rules that are meant to stay, and whom they have to admit. */
export interface PlannedAccess {
    readonly rules: DeclaredRule[];
    readonly protect: SharedInputs["protect"];
}

/** The same of the last deployment, as far as there was one. */
export type LastAccess = { readonly [Key in keyof PlannedAccess]?: PlannedAccess[Key] | undefined };

/**
 * One failure for each protected identity that the planned rules surely refuse: with its certificate as planned,
 * or with the one that it holds since the last deployment. What is unknown until deployed is judged then.
 * `assurance` closes each refusal: what is as it was.
 */
export function plannedRefusals(
    planned: PlannedInputs<PlannedAccess>,
    last: LastAccess,
    now: Date,
    assurance: string,
): readonly CheckFailure[] {
    if (planned.rules === UNKNOWN || planned.protect === UNKNOWN) return [];
    const rules = planned.rules.map(plannedRule);
    const wanted = planned.protect.flatMap((identity) => {
        const known = protectedIdentity.safeParse(identity);
        return known.success ? [known.data] : [];
    });
    const reissued = planned.protect.flatMap((identity) => stillHeld(identity, last.protect ?? []));
    const refused = wanted.flatMap((identity): Lockout[] => {
        const after = decideAccess(rules, identity, now);
        return after.verdict === "refused" ? [{ identity, after }] : [];
    });
    const names = new Set(refused.map(({ identity }) => identity.name));
    const held = [...heldAndWanted(last.protect ?? [], wanted).slice(wanted.length), ...reissued];
    const losing = lockouts((last.rules ?? []).map(plannedRule), rules, held, now).filter(
        ({ identity, after }) => after.verdict === "refused" && !names.has(identity.name),
    );
    const remaining = rules.map(describeRule).join("; ") || "none";
    const failure = (lockout: Lockout, prefix = ""): CheckFailure => ({
        property: "rules",
        reason:
            `Lock-out refused: ${prefix}${describeLockout(lockout)} Rules as planned: ${remaining}. ` +
            `${remedyFor([lockout])} ${assurance}`,
    });
    return [
        ...refused.map((lockout) => failure(lockout)),
        ...losing.map((lockout) => failure(lockout, "with the certificate that it holds now, ")),
    ];
}

/** An identity whose new certificate is not known yet, with the one that it holds until it has the new one. */
function stillHeld(
    identity: Planned<ProtectedIdentity>,
    last: readonly ProtectedIdentity[],
): readonly ProtectedIdentity[] {
    if (identity === UNKNOWN || identity.certificatePem !== UNKNOWN || identity.sourceIp === UNKNOWN)
        return [];
    const before = last.find(({ name }) => name === identity.name);
    return before?.certificatePem === undefined ? [] : [{ ...before, sourceIp: identity.sourceIp }];
}

/** A declared rule as the decision sees it; its id is not needed, for it may not have one yet. */
function plannedRule(rule: unknown): AccessRule {
    const known = plannedCriteria.safeParse(rule);
    if (!known.success) {
        return { id: "a rule not known yet", authorities: [], cns: [], ipRanges: [], pending: true };
    }
    const { name, authorityPems, cns, ipRanges } = known.data;
    const pems = Array.isArray(authorityPems) ? authorityPems : [UNKNOWN];
    const authorities = pems.map((pem, index) => ({
        id: `authority ${index + 1}`,
        // Certificates not known yet may be anybody's: the decision is then undetermined.
        ...(typeof pem === "string" ? { certificatePem: pem } : {}),
    }));
    return { id: `"${name}"`, authorities, cns, ipRanges };
}
