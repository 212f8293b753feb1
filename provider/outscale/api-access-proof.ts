/** The ApiAccessProof resource: shows that the declared rules admit every protected identity, before others go. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import type { Context, ResourceType } from "../resource";
import { admitted, readAccess } from "./account";
import { decideAccess, type AccessRule, type Identity } from "./access";
import type { OutscaleApi } from "./api/client";
import { refusalOf } from "./probe";
import { declaredRule, type DeclaredRule } from "./declared-rule";
import { plannedRefusals } from "./planned-access";
import { describeLockout, describeRule, heldAndWanted, LockoutError, lockouts } from "./protection";
import { clientCertificate, shared, type SharedInputs } from "./schemas";

export const proofSchema = z.object({
    rules: z.array(declaredRule),
    probe: clientCertificate.optional(),
    protectPrevious: z.boolean().default(true),
    ...shared,
});

export interface ProofInputs extends SharedInputs {
    /** The rules that are meant to stay. */
    readonly rules: DeclaredRule[];
    /** The client certificate to try the gate with; without one the proof is the offline decision alone. */
    readonly probe?: z.output<typeof clientCertificate> | undefined;
    /** Whether each protected identity must be admitted with the certificate of the last deployment as well. */
    readonly protectPrevious: boolean;
}

export interface ProofState extends ProofInputs {
    /** When the proof was made, ISO 8601. */
    readonly provenAt: string;
    /** Whether the probe can only have succeeded by a declared rule, and by its certificate. */
    readonly conclusive: boolean;
    /** The rules that name no authority and are not declared: while they stand, they let callers in as well. */
    readonly otherRules: string[];
}

/** The proof of access. At preview it judges the planned rules; at deployment the live ones, and tries the gate. */
export const apiAccessProof: ResourceType<ProofInputs, ProofState, OutscaleApi> = {
    token: "outscale:ApiAccessProof",

    check: (inputs, now, last) =>
        checkInputs(proofSchema, inputs, (planned) => {
            const before = proofSchema.partial().safeParse(last);
            const held = planned.protectPrevious !== false && before.success ? before.data : {};
            return plannedRefusals(planned, held, now, ASSURANCE);
        }),

    diff: (state, inputs) => ({
        changed: changedProperties(state, inputs, [
            "rules",
            "probe",
            "protect",
            "protectPrevious",
            "clientCertificates",
        ]),
        replaces: [],
    }),

    create: async (inputs, context) => ({ id: "proof", state: await prove(inputs, inputs.protect, context) }),
    read: (id, state) => Promise.resolve({ id, state }),
    update: (_id, state, inputs, context) =>
        prove(inputs, inputs.protectPrevious ? state.protect : inputs.protect, context),
    delete: () => Promise.resolve(),
};

/** At deployment, what only adds may have been done by then. */
const ASSURANCE = "Nothing that waits for this proof has been done.";

const GONE = "A declared rule is gone from the account: see whether `pulumi refresh` finds it.";

async function prove(
    inputs: ProofInputs,
    last: SharedInputs["protect"],
    context: Context<OutscaleApi>,
): Promise<ProofState> {
    const client = admitted(context.client, inputs);
    const pems = [...inputs.protect, ...last].flatMap((identity) => identity.authorityPems);
    const { rules: live } = await readAccess(client, [
        ...inputs.rules.flatMap((rule) => rule.authorityPems),
        ...pems,
    ]);
    const declaredIds = new Set(inputs.rules.map((rule) => rule.ruleId));
    const declared = live.filter((rule) => declaredIds.has(rule.id));
    const now = context.now();
    const isGone = inputs.rules.some(
        ({ ruleId }) => ruleId !== undefined && !live.some((rule) => rule.id === ruleId),
    );
    const assurance = isGone ? `${GONE} ${ASSURANCE}` : ASSURANCE;
    const locked = lockouts(live, declared, heldAndWanted(last, inputs.protect), now);
    if (locked.length > 0)
        throw new LockoutError(
            "go on without the rules that are not declared",
            locked,
            declared,
            now,
            assurance,
        );
    for (const identity of inputs.protect) {
        const after = decideAccess(declared, identity, now);
        if (after.verdict !== "admitted") throw notAdmitted(describeLockout({ identity, after }), declared);
    }
    const probe = inputs.probe && {
        name: "the certificate that is tried",
        certificatePem: inputs.probe.certificatePem,
    };
    if (probe !== undefined) {
        // Whoever deploys next must get in as well, if only from some addresses; the call below cannot tell, for it
        // may succeed by a rule that is about to go.
        const after = decideAccess(declared, probe, now);
        if (after.possible.length === 0)
            throw notAdmitted(describeLockout({ identity: probe, after }), declared);
    }
    await tryTheGate(inputs, client, context);
    const others = live.filter((rule) => !declaredIds.has(rule.id));
    const mayAdmit = (rule: AccessRule, identity: Identity): boolean =>
        decideAccess([rule], identity, now).possible.length > 0;
    const isConclusive =
        probe !== undefined &&
        live.every(({ authorities }) => authorities.length > 0) &&
        !others.some((rule) => mayAdmit(rule, probe));
    return {
        ...inputs,
        provenAt: now.toISOString(),
        conclusive: isConclusive,
        otherRules: others.filter(({ authorities }) => authorities.length === 0).map(describeRule),
    };
}

function notAdmitted(problem: string, declared: readonly AccessRule[]): PortcullisError {
    return new PortcullisError({
        code: "ProofFailed",
        problem: `The declared rules do not admit everyone protected: ${problem} Declared and found: ${declared.map(describeRule).join("; ") || "none"}.`,
        remedy: `Mend the rule, the authority or the certificate and run again. ${ASSURANCE}`,
    });
}

async function tryTheGate(
    inputs: ProofInputs,
    client: OutscaleApi,
    context: Context<OutscaleApi>,
): Promise<void> {
    if (inputs.probe === undefined) return;
    const refusal = await refusalOf(client.presenting(inputs.probe), context);
    if (refusal === undefined) return;
    throw new PortcullisError({
        code: "ProofFailed",
        problem: "A call with the client certificate was refused by the access rules.",
        remedy:
            "See that the certificate reaches the API (no proxy ends TLS on the way), then run again. " +
            ASSURANCE,
        cause: refusal,
    });
}
