/** The ApiAccessRule resource: who may call the account's API, by certificate and by address. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { readable } from "../declarations";
import { PortcullisError } from "../errors";
import { checkInputs, isKnown } from "../inputs";
import { UNKNOWN, type CheckFailure, type Context, type PlannedInputs, type ResourceType } from "../resource";
import type { AccessRule } from "./access";
import { admitted, narrow, type ApiRule, type Narrowing } from "./account";
import { createOnce, type OutscaleApi } from "./api/client";
import { admittedToDelete, isStillDeclared, sparedByDeletion } from "./deleting";
import type { ProtectedIdentity } from "./protection";
import { canonicalRange } from "./ranges";
import { REFRESH_SHARED_MS } from "./refresh";
import { sameCriteriaParts, sameRanges, sameSet } from "./sameness";
import { ipRange, shared, textSet, type SharedInputs } from "./schemas";

const schema = z.object({
    caIds: textSet(z.string().min(1)),
    cns: textSet(z.string().min(1, "A common name cannot be empty.")),
    ipRanges: textSet(ipRange),
    description: z.string().default(""),
    adopt: z.boolean().default(false),
    adoptId: z.string().optional(),
    replaceToNarrow: z.boolean().default(false),
    ...shared,
});

/** The criteria of a rule: cumulative, one entry of each is enough, an empty list asks nothing. */
export interface RuleCriteria {
    readonly caIds: readonly string[];
    readonly cns: readonly string[];
    readonly ipRanges: readonly string[];
}

export interface ApiAccessRuleInputs extends RuleCriteria, SharedInputs {
    readonly description: string;
    /** Take over a rule of the account with the same criteria, whatever its description. */
    readonly adopt: boolean;
    /** Take over this very rule, whatever it says now. */
    readonly adoptId?: string | undefined;
    /** Make a narrower rule anew and delete the old one at the end, instead of changing it in place. */
    readonly replaceToNarrow: boolean;
}

export interface ApiAccessRuleState extends ApiAccessRuleInputs {
    readonly ruleId: string;
    /** What an adopted rule said before: destroy gives it back instead of deleting the rule. */
    readonly found?: (RuleCriteria & { readonly description: string }) | undefined;
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
        return { changed, replaces: isReplaced ? narrowed(state, inputs, changed) : [] };
    },

    async create(inputs, context) {
        const api = admitted(context.client, inputs);
        const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
        const found = existing(inputs, ApiAccessRules, api.claimed);
        if (found !== undefined) {
            api.claimed.add(found.ApiAccessRuleId);
            const id = found.ApiAccessRuleId;
            // Equal in everything: made by an interrupted run. Anything else was somebody's, and is owed back.
            if (equal(found, inputs) && !inputs.adopt && inputs.adoptId === undefined) {
                return { id, state: { ...inputs, ruleId: id } };
            }
            if (!equal(found, inputs))
                await rewrite(id, { last: [], wanted: inputs.protect }, inputs, { ...context, client: api });
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
            await rewrite(id, { last: state.protect, wanted: inputs.protect }, inputs, {
                ...context,
                client: api,
            });
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
            return rewrite(id, who, state.found, { ...context, client: api });
        }
        await deleteRule(id, { protect }, { ...context, client: api });
    },
};

/**
 * The criteria that may admit fewer than before. Where the rule is made anew for them, the old one is deleted last, when
 * the program has run to its end and whoever hangs on it has been judged (docs/adr/0004).
 */
function narrowed(
    state: RuleCriteria,
    inputs: PlannedInputs<RuleCriteria>,
    changed: readonly string[],
): readonly string[] {
    const criteria = ["caIds", "cns", "ipRanges"] as const;
    return criteria.filter((criterion) => {
        const wanted = inputs[criterion];
        const isWider = isKnown<readonly string[]>(wanted) && widens(criterion, state[criterion], wanted);
        return changed.includes(criterion) && !isWider;
    });
}

/** Whether a criterion asks for no more than before: an empty list asks for nothing. */
function widens(criterion: keyof RuleCriteria, before: readonly string[], after: readonly string[]): boolean {
    if (after.length === 0) return true;
    const form = criterion === "ipRanges" ? canonicalRange : (item: string) => item;
    const wanted = new Set(after.map(form));
    return before.length > 0 && before.every((item) => wanted.has(form(item)));
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

type Described = RuleCriteria & { readonly description: string };

function criteriaOf({ CaIds, Cns, IpRanges, Description }: ApiRule): Described {
    return { caIds: CaIds, cns: Cns, ipRanges: IpRanges, description: Description };
}

function sameCriteria(one: RuleCriteria, other: RuleCriteria): boolean {
    return (
        sameSet(one.caIds, other.caIds) &&
        sameSet(one.cns, other.cns) &&
        sameRanges(one.ipRanges, other.ipRanges)
    );
}

function sameRule(one: Described, other: Described): boolean {
    return one.description === other.description && sameCriteria(one, other);
}

/** Whether the API's rule is the one described. */
export function equal(rule: ApiRule, described: Described): boolean {
    return sameRule(criteriaOf(rule), described);
}

/** The rule to take over instead of creating another, if any. */
function existing(
    inputs: ApiAccessRuleInputs,
    rules: readonly ApiRule[],
    claimed: ReadonlySet<string>,
): ApiRule | undefined {
    if (inputs.adoptId !== undefined) {
        const named = rules.find((rule) => rule.ApiAccessRuleId === inputs.adoptId);
        if (named !== undefined) return named;
        throw new PortcullisError({
            code: "AmbiguousMatch",
            property: "adoptId",
            problem: `Cannot adopt ${inputs.adoptId}: the account has no such access rule.`,
            remedy: "Correct `adoptId`, or leave it out to create a rule.",
        });
    }
    const free = rules.filter((rule) => !claimed.has(rule.ApiAccessRuleId));
    // Equal in every field: what an interrupted run left behind, since nothing else tells two such objects apart.
    const twin = free.find((rule) => equal(rule, inputs));
    if (twin !== undefined || !inputs.adopt) return twin;
    const matching = free.filter((rule) => sameCriteria(criteriaOf(rule), inputs));
    if (matching.length > 1) {
        throw new PortcullisError({
            code: "AmbiguousMatch",
            property: "adopt",
            problem: `Cannot choose a rule to adopt: ${matching.map((rule) => rule.ApiAccessRuleId).join(", ")} have these criteria.`,
            remedy: "Name the one to take over in `adoptId`.",
        });
    }
    return matching[0];
}

/** Creates a rule exactly once, even where the answer is lost; `before` are the rules known from before. */
export function createRule(
    api: OutscaleApi,
    criteria: RuleCriteria,
    description: string,
    before: readonly ApiRule[],
): Promise<ApiRule> {
    const { caIds, cns, ipRanges } = criteria;
    const request = { CaIds: caIds, Cns: cns, IpRanges: ipRanges, Description: description };
    return createOnce({
        create: async () => (await api.call("CreateApiAccessRule", request)).ApiAccessRule,
        find: async () => {
            const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
            return ApiAccessRules.find(
                (rule) =>
                    equal(rule, { ...criteria, description }) &&
                    !api.claimed.has(rule.ApiAccessRuleId) &&
                    !before.some((known) => known.ApiAccessRuleId === rule.ApiAccessRuleId),
            );
        },
    });
}

async function rewrite(
    id: string,
    who: Pick<Narrowing<unknown>, "last" | "wanted">,
    { caIds, cns, ipRanges, description }: Described,
    context: Context<OutscaleApi>,
): Promise<void> {
    await narrow(context, {
        action: `change the access rule ${id}`,
        ...who,
        change: ({ rules, authority }) => {
            const planned: AccessRule = { id, description, authorities: caIds.map(authority), cns, ipRanges };
            return rules.map((rule) => (rule.id === id ? planned : rule));
        },
        act: () =>
            context.client.call("UpdateApiAccessRule", {
                ApiAccessRuleId: id,
                CaIds: caIds,
                Cns: cns,
                IpRanges: ipRanges,
                Description: description,
            }),
    });
}

/** Deletes a rule if nobody protected hangs on it and it is not the account's last; gone already is as good. */
export async function deleteRule(
    id: string,
    protection: { readonly protect: readonly ProtectedIdentity[]; readonly last?: SharedInputs["protect"] },
    context: Context<OutscaleApi>,
): Promise<void> {
    const { client } = context;
    const present = async (): Promise<readonly ApiRule[]> =>
        (await client.call("ReadApiAccessRules", {})).ApiAccessRules;
    const isThere = (rules: readonly ApiRule[]): boolean => rules.some((rule) => rule.ApiAccessRuleId === id);
    const rules = await present();
    if (!isThere(rules)) return;
    if (rules.length === 1) throw lastRule(id);
    await narrow(context, {
        action: `delete the access rule ${id}`,
        last: protection.last ?? protection.protect,
        wanted: protection.protect,
        change: (access) => access.rules.filter((rule) => rule.id !== id),
        act: async () => {
            try {
                await client.call("DeleteApiAccessRule", { ApiAccessRuleId: id });
            } catch (error) {
                // A first answer may have been lost: what counts is whether the rule is gone.
                if (isThere(await present())) throw error;
            }
        },
    });
}

function lastRule(id: string): PortcullisError {
    return new PortcullisError({
        code: "Lockout",
        problem: `Refused to delete the access rule ${id}: it is the last of the account, and without any nobody gets in.`,
        remedy: "Declare another rule first. This call was not made.",
    });
}
