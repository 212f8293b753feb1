/** The RetiredApiAccessRule resource: declares that a recorded rule is gone, and gives it back when destroyed. */
import { z } from "zod";
import { PortcullisError } from "../errors";
import { changedProperties } from "../changes";
import { readable, type Declarations } from "../declarations";
import { checkInputs } from "../inputs";
import { PartialFailure, type Context, type ResourceType } from "../resource";
import { createRule, deleteRule } from "./access-rules";
import { admitted, type ApiRule } from "./account";
import {
    apiRuleOf,
    fits,
    recordedRule,
    ruleCriteria,
    type Criteria,
    type RecordedRule,
} from "./api-access-rule-record";
import type { ClientCertificate, OutscaleApi } from "./api/client";
import { owedElsewhere } from "./deleting";
import { refusalOf } from "./probe";
import { REFRESH_SHARED_MS } from "./refresh";
import { equal } from "./rule-criteria";
import { shared, type SharedInputs } from "./schemas";

const schema = z.object({
    record: recordedRule.optional(),
    criteria: z.strictObject(ruleCriteria.shape).default({}),
    proof: z.string().optional(),
    ...shared,
});

export interface RetiredInputs extends SharedInputs {
    /** The rule as it was found; absent where the account had none. */
    readonly record?: RecordedRule | undefined;
    /** What the rule looks like, so that another resource for the same rule is told apart from none. */
    readonly criteria: Criteria;
    /** The id of the proof that has to stand before anything is retired. */
    readonly proof?: string | undefined;
}

export interface RetiredState extends RetiredInputs {
    /** What `delete` gives back: every rule that was recorded here and retired. */
    readonly restores: readonly RecordedRule[];
}

/** A rule that is gone for as long as this resource is declared. */
export const retiredApiAccessRule: ResourceType<RetiredInputs, RetiredState, OutscaleApi> = {
    token: "outscale:RetiredApiAccessRule",

    check: (inputs) => checkInputs(schema, inputs),

    diff: (state, inputs) => ({
        changed: changedProperties(state, inputs, ["record", "criteria", "protect", "clientCertificates"]),
        replaces: [],
    }),

    async create(inputs, context) {
        const state = { ...inputs, restores: owed([], inputs.record) };
        await retire(state, inputs.protect, context);
        return { id: inputs.record?.ruleId ?? "none", state };
    },

    async read(id, state, { client }) {
        const { ApiAccessRules } = await admitted(client, state).call(
            "ReadApiAccessRules",
            {},
            { maxAgeMs: REFRESH_SHARED_MS },
        );
        // A rule that is back is not retired: the next run has to do it again.
        const isBack = state.restores.some((record) => findRecorded(ApiAccessRules, record) !== undefined);
        return isBack ? undefined : { id, state };
    },

    async update(_id, state, inputs, context) {
        // What was found first stays owed: a record made later saw the account without that rule.
        const next = { ...inputs, restores: owed(state.restores, inputs.record) };
        await retire(next, state.protect, context);
        return next;
    },

    async delete(_id, state, { client, declared }) {
        const api = admitted(client, state);
        for (const record of state.restores) {
            const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
            if (findRecorded(ApiAccessRules, record) !== undefined) continue;
            const others = declaredGone(record, declared);
            if (others.some((other) => other.record !== undefined)) continue;
            if (others.length > 0) throw orphaned(record);
            await createRule(api, record, record.description, ApiAccessRules);
        }
    },
};

function owed(before: readonly RecordedRule[], record: RecordedRule | undefined): readonly RecordedRule[] {
    if (record === undefined || before.some(({ ruleId }) => ruleId === record.ruleId)) return before;
    return [...before, record];
}

/**
 * What the program elsewhere declares gone that is this rule. Giving it back would open the account, with nothing left to
 * close it; where the other one has a record of it, that one owes it.
 */
function declaredGone(record: RecordedRule, declared: Declarations): readonly RetiredInputs[] {
    const rule = apiRuleOf(record);
    return readable(schema, declared.inputsOf(retiredApiAccessRule.token)).filter((other) => {
        const isMeant = Object.keys(other.criteria).length > 0 && fits(rule, other.criteria);
        return isMeant || other.record?.ruleId === record.ruleId;
    });
}

function orphaned({ ruleId, description }: RecordedRule): PortcullisError {
    const found = "declares it gone under another name, and that resource found it gone already";
    return owedElsewhere(`The access rule ${ruleId} "${description}"`, found);
}

/** Deletes the rule, then sees that the certificate still opens the gate; gives the rule back if it does not. */
async function retire(
    state: RetiredState,
    last: SharedInputs["protect"],
    context: Context<OutscaleApi>,
): Promise<void> {
    const client = admitted(context.client, state);
    const [present] = state.clientCertificates;
    for (const record of state.restores) {
        const { ApiAccessRules } = await client.call("ReadApiAccessRules", {});
        const live = findRecorded(ApiAccessRules, record);
        if (live !== undefined) {
            refuseToCloseBehindOurselves(live, ApiAccessRules, state, client);
            await deleteRule(live.ApiAccessRuleId, { protect: state.protect, last }, { ...context, client });
        }
        // Tried also where the rule is gone already: an interrupted run may have deleted it and tried nothing.
        if (present !== undefined) await tryWithout(record, present, state, client, context);
    }
}

/** After the retirement somebody has to be let in for certain, and the provider must be able to call again. */
function refuseToCloseBehindOurselves(
    retiring: ApiRule,
    rules: readonly ApiRule[],
    { protect }: RetiredState,
    client: OutscaleApi,
): void {
    const refuse = (why: string, remedy: string): PortcullisError =>
        new PortcullisError({
            code: "Lockout",
            problem: `Refused to retire the access rule ${retiring.ApiAccessRuleId} "${retiring.Description}": ${why}`,
            remedy: `${remedy} This call was not made.`,
        });
    if (protect.length === 0) {
        throw refuse(
            "nobody is protected, so nobody would be sure to get in.",
            "Name at least one identity in `protect`.",
        );
    }
    const remaining = rules.filter((rule) => rule.ApiAccessRuleId !== retiring.ApiAccessRuleId);
    if (!client.hasCertificate && remaining.every((rule) => rule.CaIds.length > 0)) {
        throw refuse(
            "every rule that would remain asks for a client certificate, and the provider has none to present.",
            "Put one in the provider's configuration (`outscale:x509CertPath`, `outscale:x509KeyPath`), or add a backup address to deploy from.",
        );
    }
}

/** Calls with the certificate, and gives the rule back where that is refused. */
async function tryWithout(
    record: RecordedRule,
    certificate: ClientCertificate,
    state: RetiredState,
    client: OutscaleApi,
    context: Context<OutscaleApi>,
): Promise<void> {
    let refusal: unknown;
    try {
        refusal = await refusalOf(client.presenting(certificate), context);
        if (refusal === undefined) return;
        const { ApiAccessRules } = await client.call("ReadApiAccessRules", {});
        await createRule(client, record, record.description, ApiAccessRules);
    } catch (error) {
        throw new PartialFailure(record.ruleId, state, error);
    }
    throw new PortcullisError({
        code: "ProofFailed",
        problem: `Without the access rule ${record.ruleId} the client certificate was refused, so the rule was given back.`,
        remedy: "See which rule is meant to admit the certificate, and that the authority on the account issued it.",
        cause: refusal,
    });
}

/** The recorded rule on the account: by its id, or equal to it in everything else. */
function findRecorded(rules: readonly ApiRule[], record: RecordedRule): ApiRule | undefined {
    const same = (rule: ApiRule): boolean => equal(rule, record);
    const byId = rules.find((rule) => rule.ApiAccessRuleId === record.ruleId);
    if (byId === undefined) return rules.find(same);
    if (same(byId)) return byId;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        problem: `The access rule ${record.ruleId} is no longer what was recorded: somebody has changed it since.`,
        remedy: "See whether it is still to go; if so, record it again with `pulumi up --replace` on the record.",
    });
}
