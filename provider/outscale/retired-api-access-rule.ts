/** The RetiredApiAccessRule resource: declares that a recorded rule is gone, and gives it back when destroyed. */
import { z } from "zod";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import { PartialFailure, type Context, type ResourceType } from "../resource";
import { admitted, type ApiRule } from "./account";
import { createRule, deleteRule, sameCriteria } from "./api-access-rule";
import { recordedRule, type RecordedRule } from "./api-access-rule-record";
import type { OutscaleApi } from "./api/client";
import { isRefusedByRules } from "./api/errors";
import { changedProperties } from "./sameness";
import { shared, type SharedInputs } from "./schemas";

const schema = z.object({ record: recordedRule.optional(), proof: z.string().optional(), ...shared });

export interface RetiredInputs extends SharedInputs {
    /** The rule as it was found; absent where the account had none. */
    readonly record?: RecordedRule | undefined;
    /** The id of the proof that has to stand before anything is retired. */
    readonly proof?: string | undefined;
}

export interface RetiredState extends RetiredInputs {
    /** What `delete` gives back. */
    readonly restores?: RecordedRule | undefined;
}

/** A rule that is gone for as long as this resource is declared. */
export const retiredApiAccessRule: ResourceType<RetiredInputs, RetiredState, OutscaleApi> = {
    token: "outscale:RetiredApiAccessRule",

    check: (inputs) => checkInputs(schema, inputs),

    diff: (state, inputs) => ({
        changed: changedProperties(state, inputs, ["record", "protect", "clientCertificates"]),
        replaces: [],
    }),

    async create(inputs, context) {
        const id = inputs.record?.ruleId ?? "none";
        const state = withRestores(inputs, inputs.record);
        await retire(state, context);
        return { id, state };
    },

    async read(id, state, { client }) {
        if (state.restores === undefined) return { id, state };
        const api = admitted(client, state);
        const { ApiAccessRules } = await api.call("ReadApiAccessRules", {}, { maxAgeMs: 5_000 });
        // A rule that is back is not retired: the next run has to do it again.
        return findRecorded(ApiAccessRules, state.restores) === undefined ? { id, state } : undefined;
    },

    async update(_id, state, inputs, context) {
        // What was found first is what destroy owes back: a record made later saw the account without the rule.
        const next = withRestores(inputs, state.restores ?? inputs.record);
        await retire(next, context, state.protect);
        return next;
    },

    async delete(_id, state, { client }) {
        if (state.restores === undefined) return;
        const api = admitted(client, state);
        const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
        if (findRecorded(ApiAccessRules, state.restores) !== undefined) return;
        await createRule(api, state.restores, state.restores.description, ApiAccessRules);
    },
};

function withRestores(inputs: RetiredInputs, restores: RecordedRule | undefined): RetiredState {
    return restores === undefined ? inputs : { ...inputs, restores };
}

/** Deletes the rule, then sees that the certificate still opens the gate; gives the rule back if it does not. */
async function retire(
    state: RetiredState,
    context: Context<OutscaleApi>,
    last?: SharedInputs["protect"],
): Promise<void> {
    const { restores: record, clientCertificates, protect } = state;
    if (record === undefined) return;
    const client = admitted(context.client, state);
    const { ApiAccessRules } = await client.call("ReadApiAccessRules", {});
    const live = findRecorded(ApiAccessRules, record);
    if (live === undefined) return;
    const protection = last === undefined ? { protect } : { protect, last };
    await deleteRule(live.ApiAccessRuleId, protection, { ...context, client });
    const [present] = clientCertificates;
    if (present === undefined) return;
    try {
        await client.presenting(present).call("ReadApiAccessRules", {});
    } catch (error) {
        if (!isRefusedByRules(error)) throw new PartialFailure(live.ApiAccessRuleId, state, asError(error));
        await giveBack(client, live.ApiAccessRuleId, state, record);
        throw new PortcullisError({
            code: "ProofFailed",
            problem: `Without the access rule ${live.ApiAccessRuleId} the client certificate was refused, so the rule was given back.`,
            remedy: "See which rule is meant to admit the certificate, and that the authority on the account issued it.",
            cause: error,
        });
    }
}

async function giveBack(
    api: OutscaleApi,
    id: string,
    state: RetiredState,
    record: RecordedRule,
): Promise<void> {
    try {
        const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
        await createRule(api, record, record.description, ApiAccessRules);
    } catch (error) {
        throw new PartialFailure(id, state, asError(error));
    }
}

/** The recorded rule on the account: by its id, or equal to it in everything else. */
function findRecorded(rules: readonly ApiRule[], record: RecordedRule): ApiRule | undefined {
    const same = (rule: ApiRule): boolean =>
        sameCriteria(rule, record) && rule.Description === record.description;
    const byId = rules.find((rule) => rule.ApiAccessRuleId === record.ruleId);
    if (byId === undefined) return rules.find(same);
    if (same(byId)) return byId;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        problem: `The access rule ${record.ruleId} is no longer what was recorded: somebody has changed it since.`,
        remedy: "See whether it is still to go; if so, record it again with `pulumi up --replace` on the record.",
    });
}

function asError(error: unknown): Error {
    return error instanceof Error ? error : new Error(String(error));
}
