/** Whose certificates may be in use: what a refused or interrupted deployment issued was never handed out. */
import { z } from "zod";
import type { Declaration } from "../declarations";
import type { ProtectedIdentity } from "./protection";
import { shared } from "./schemas";

const proof = z.object({
    rules: z.array(z.object({ ruleId: z.string().optional() })),
    protect: shared.protect,
    protectPrevious: z.boolean().default(true),
});

/**
 * Whom to spare when a rule is deleted that the program no longer declares: those whom it remembers, but for
 * certificates that no deployment was finished with. Of such a one the proofs of the same access know the identity by
 * others only, now and, where they protect the previous ones, since the last deployment that got as far as them. So a
 * deployment that failed on its way can be taken back.
 * `proofs` are the ApiAccessProofs that the program declares; without any, everyone counts.
 */
export function mayBeInUse(
    ruleId: string,
    remembered: readonly ProtectedIdentity[],
    proofs: readonly Declaration[],
): readonly ProtectedIdentity[] {
    const now = proofs.flatMap(({ inputs }) => parsed(inputs));
    const last = proofs.flatMap((declaration) => parsed(declaration.last));
    const finished = last.filter(({ protectPrevious }) => protectPrevious);
    const names = (each: Proof): boolean => each.rules.some((rule) => rule.ruleId === ruleId);
    const wasBegun = last.some(names) && !finished.some(names);
    const proven = [...now, ...finished].flatMap(({ protect }) => protect);
    return remembered.filter(({ name, certificatePem, authorityPems }) => {
        if (certificatePem === undefined) return true;
        const known = proven.filter((other) => other.name === name);
        if (known.some((other) => other.certificatePem === certificatePem)) return true;
        const share = (other: ProtectedIdentity): boolean =>
            other.authorityPems.some((pem) => authorityPems.includes(pem));
        return !known.some((other) => wasBegun || share(other));
    });
}

type Proof = z.output<typeof proof>;

function parsed(inputs: object): readonly Proof[] {
    const { success, data } = proof.safeParse(inputs);
    return success ? [data] : [];
}
