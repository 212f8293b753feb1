/** The ApiAccessRule resource: who may call the account's API, by certificate and by address. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { readable } from "../declarations";
import { checkInputs } from "../inputs";
import { UNKNOWN, type CheckFailure, type PlannedInputs, type ResourceType } from "../resource";
import { createRule, deleteRule, rewriteRule } from "./access-rules";
import { admitted, type ApiRule } from "./account";
import type { OutscaleApi } from "./api/client";
import { admittedToDelete, isStillDeclared, sparedByDeletion } from "./deleting";
import { REFRESH_SHARED_MS } from "./refresh";
import {
    criteriaOf,
    equal,
    narrowedCriteria,
    sameCriteria,
    sameRule,
    type DescribedCriteria,
    type RuleCriteria,
} from "./rule-criteria";
import { sameCriteriaParts } from "./sameness";
import { ipRange, shared, textSet, type SharedInputs } from "./schemas";
import { takenOver, type TakenOver } from "./taking-over";
import { refuseToWiden, refuseToWidenUnseen } from "./widening";

const schema = z.object({
    caIds: textSet(z.string().min(1)),
    cns: textSet(z.string().min(1, "A common name cannot be empty.")),
    ipRanges: textSet(ipRange),
    description: z.string().default(""),
    adopt: z.boolean().default(false),
    adoptId: z.string().optional(),
    widen: z.boolean().default(false),
    replaceToNarrow: z.boolean().default(false),
    ...shared,
});

export interface ApiAccessRuleInputs extends RuleCriteria, SharedInputs {
    readonly description: string;
    /** Take over a rule of the account with the same criteria, whatever its description. */
    readonly adopt: boolean;
    /** Take over this very rule, and make it say what is wanted. */
    readonly adoptId?: string | undefined;
    /** Adopt it even where it would admit somebody whom it does not admit as found. */
    readonly widen: boolean;
    /** Make a narrower rule anew and delete the old one at the end, instead of changing it in place. */
    readonly replaceToNarrow: boolean;
}

export interface ApiAccessRuleState extends ApiAccessRuleInputs {
    readonly ruleId: string;
    /** What an adopted rule said before: destroy gives it back instead of deleting the rule. */
    readonly found?: DescribedCriteria | undefined;
}

const own = ["caIds", "cns", "ipRanges", "description"] as const;
const around = ["replaceToNarrow", "protect", "clientCertificates"] as const;

/** An access rule of an OUTSCALE account. Every update sends every list, for what is left out is deleted. */
export const apiAccessRule: ResourceType<ApiAccessRuleInputs, ApiAccessRuleState, OutscaleApi> = {
    token: "outscale:ApiAccessRule",

    check: (inputs) => checkInputs(schema, inputs, contradictions),

    diff(state, inputs) {
        const changed = changedProperties(state, inputs, [...own, ...around], sameCriteriaParts);
        // A rule that was somebody's is changed in place, for it is owed back.
        const isOwed = state.found !== undefined || state.adoptId !== undefined;
        const isReplaced = inputs.replaceToNarrow === true && !isOwed;
        // The engine deletes what is made anew last, when whoever hangs on it has been judged (docs/adr/0004).
        return { changed, replaces: isReplaced ? narrowedCriteria(state, inputs) : [] };
    },

    async create(inputs, context) {
        const api = admitted(context.client, inputs);
        const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
        const taken = existing(inputs, ApiAccessRules, api.claimed);
        if (taken !== undefined) {
            const { object: found, isAdopted } = taken;
            const id = found.ApiAccessRuleId;
            if (!inputs.widen) refuseToWiden(found, inputs);
            api.claimed.add(id);
            // Not adopted: made by an interrupted run. Anything else was somebody's, and is owed back.
            if (!isAdopted) return { id, state: { ...inputs, ruleId: id } };
            if (!equal(found, inputs)) {
                const who = { last: [], wanted: inputs.protect };
                await rewriteRule(id, who, inputs, { ...context, client: api });
            }
            return { id, state: { ...inputs, ruleId: id, found: criteriaOf(found) } };
        }
        const made = await createRule(api, inputs, inputs.description, ApiAccessRules);
        api.claimed.add(made.ApiAccessRuleId);
        return { id: made.ApiAccessRuleId, state: { ...inputs, ruleId: made.ApiAccessRuleId } };
    },

    async read(id, state, { client }) {
        const api = admitted(client, state);
        const { ApiAccessRules } = await api.call("ReadApiAccessRules", {}, { maxAgeMs: REFRESH_SHARED_MS });
        const live = ApiAccessRules.find((rule) => rule.ApiAccessRuleId === id);
        if (live === undefined) return undefined;
        const { CaIds: caIds, Cns: cns, IpRanges: ipRanges, Description: description } = live;
        return { id, state: { ...state, caIds, cns, ipRanges, description } };
    },

    async update(id, state, inputs, context) {
        const api = admitted(context.client, inputs, state);
        const { changed } = apiAccessRule.diff(state, inputs, context.now());
        if (own.some((property) => changed.includes(property))) {
            if (state.found !== undefined) await refuseUnseen(api, id, state, inputs);
            const who = { last: state.protect, wanted: inputs.protect };
            await rewriteRule(id, who, inputs, { ...context, client: api });
        }
        return { ...inputs, ruleId: id, ...(state.found === undefined ? {} : { found: state.found }) };
    },

    async delete(id, state, context) {
        const api = admittedToDelete(context, state);
        // Made or taken over under another name in this very run: the rule stays, only this name for it goes.
        if (api.claimed.has(id)) return;
        const declared = readable(schema, context.declared.inputsOf(apiAccessRule.token));
        const alike = async (): Promise<readonly string[]> => {
            const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
            return ApiAccessRules.filter((rule) => equal(rule, state)).map((rule) => rule.ApiAccessRuleId);
        };
        if (
            await isStillDeclared(
                id,
                declared.some((rule) => sameRule(rule, state)),
                alike,
            )
        )
            return;
        const protect = sparedByDeletion(id, state.protect, apiAccessRule.token, context);
        if (state.found !== undefined) {
            const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
            if (!ApiAccessRules.some((rule) => rule.ApiAccessRuleId === id)) return;
            const who = { last: protect, wanted: protect };
            return rewriteRule(id, who, state.found, { ...context, client: api });
        }
        await deleteRule(id, { protect }, { ...context, client: api });
    },
};

/** An adopted rule is somebody's still: what they have changed since the state was read is not undone unseen. */
async function refuseUnseen(
    api: OutscaleApi,
    id: string,
    state: RuleCriteria,
    inputs: RuleCriteria,
): Promise<void> {
    const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
    const live = ApiAccessRules.find((rule) => rule.ApiAccessRuleId === id);
    if (live !== undefined) refuseToWidenUnseen(live, state, inputs);
}

function contradictions(inputs: PlannedInputs<ApiAccessRuleInputs>): CheckFailure[] {
    const empty = (list: unknown): boolean => Array.isArray(list) && list.length === 0;
    const given = (list: unknown): boolean => list !== UNKNOWN && !empty(list);
    if (given(inputs.cns) && empty(inputs.caIds)) {
        return [
            {
                property: "cns",
                reason: "Common names need an authority to vouch for them: give `caIds` too.",
            },
        ];
    }
    if (empty(inputs.caIds) && empty(inputs.ipRanges)) {
        return [{ property: "caIds", reason: "A rule needs at least one of `caIds` and `ipRanges`." }];
    }
    return [];
}

/** The rule to take over instead of creating another, if any. */
function existing(
    inputs: ApiAccessRuleInputs,
    present: readonly ApiRule[],
    claimed: ReadonlySet<string>,
): TakenOver<ApiRule> | undefined {
    return takenOver({
        inputs,
        present,
        claimed,
        idOf: (rule) => rule.ApiAccessRuleId,
        isTwin: (rule) => equal(rule, inputs),
        isAlike: (rule) => sameCriteria(criteriaOf(rule), inputs),
        words: { kind: "a rule", alike: "these criteria", missing: "such access rule" },
        remedy: "Correct `adoptId`, or leave it out to create a rule.",
    });
}
