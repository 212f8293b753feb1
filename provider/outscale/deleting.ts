/** How what the program no longer declares is deleted: with whose certificate, and whom it must spare. */
import { z } from "zod";
import { readable } from "../declarations";
import { PortcullisError } from "../errors";
import type { Context } from "../resource";
import { admitted } from "./account";
import { apiAccessPlan } from "./api-access-plan";
import { apiAccessProof } from "./api-access-proof";
import type { OutscaleApi } from "./api/client";
import type { ProtectedIdentity } from "./protection";
import { shared, type SharedInputs } from "./schemas";
import { spared } from "./spared";

const credentials = z.object({ clientCertificates: shared.clientCertificates });

/**
 * The API for a deletion. What is deleted may hold no certificate any more that the rules accept; the proofs that the
 * program declares hold one that they do.
 */
export function admittedToDelete(
    { client, declared }: Context<OutscaleApi>,
    state: Pick<SharedInputs, "clientCertificates">,
): OutscaleApi {
    const held = readable(credentials, declared.inputsOf(apiAccessProof.token));
    return admitted(client, state, ...held);
}

/** Whom the deletion of a rule spares; `ruleToken` is the type of the rules that the program declares. */
export function sparedByDeletion(
    ruleId: string,
    remembered: readonly ProtectedIdentity[],
    ruleToken: string,
    { declared }: Context<OutscaleApi>,
): readonly ProtectedIdentity[] {
    return spared(ruleId, remembered, {
        plans: declared.of(apiAccessPlan.token),
        proofs: declared.of(apiAccessProof.token),
        rules: declared.of(ruleToken),
    });
}

/**
 * Refuses to give back what a resource owes, where the program declares it under another name that does not know what
 * it was: to go on would be to forget it. `what` is not given back; `otherwise` is what the other one does with it.
 */
export function owedElsewhere(what: string, otherwise: string): PortcullisError {
    return new PortcullisError({
        code: "AmbiguousMatch",
        problem: `${what} is not given back: this program ${otherwise}.`,
        remedy: "If the resource or its component was renamed, say so with the `aliases` option. This call was not made.",
    });
}

/**
 * Whether the program declares the very object that is to be deleted, with no other on the account that is equal to it:
 * a replacement took it over again in a run that was interrupted, and left its old name for it to be deleted.
 * `alike` reads the ids of the objects on the account that are equal to it.
 */
export async function isStillDeclared(
    id: string,
    isDeclared: boolean,
    alike: () => Promise<readonly string[]>,
): Promise<boolean> {
    if (!isDeclared) return false;
    const [only, ...others] = await alike();
    return only === id && others.length === 0;
}
