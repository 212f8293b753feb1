/** The four calls on API access rules. */
import { parseRange } from "../addresses";
import { newId } from "../formats";
import { parameter, resource } from "../refusals";
import type { AccountState, ApiAccessRuleRecord } from "../state";
import { passes, type Call } from "./call";

interface RuleLists {
    readonly CaIds?: readonly string[] | undefined;
    readonly Cns?: readonly string[] | undefined;
    readonly IpRanges?: readonly string[] | undefined;
    readonly Description?: string | undefined;
}

/** A whole rule from a request: what it leaves out is empty, on creation and on update alike. */
function ruleOf(id: string, lists: RuleLists, state: AccountState): ApiAccessRuleRecord {
    const { CaIds = [], Cns = [], IpRanges = [], Description = "" } = lists;
    // The API does not say which CA or range is unacceptable in a code of its own.
    if (Cns.length > 0 && CaIds.length === 0) throw parameter.missing("CaIds");
    if (CaIds.length === 0 && IpRanges.length === 0) throw parameter.missing("CaIds or IpRanges");
    const unknown = CaIds.find((caId) => !state.cas.some((ca) => ca.CaId === caId));
    if (unknown !== undefined) throw resource.noSuchCa(unknown);
    if (Cns.includes("")) throw parameter.invalid("Cns", "a common name is empty.");
    const malformed = IpRanges.find((range) => parseRange(range) === undefined);
    if (malformed !== undefined) {
        throw parameter.invalid("IpRanges", `'${malformed}' is neither an IP address nor a CIDR block.`);
    }
    // Documented is only that a trusted session cannot be opened otherwise; so such a rule is refused in one, too.
    if (state.policy.RequireTrustedEnv && CaIds.length === 0) {
        throw resource.policyUnmet("In a trusted session, every API access rule must name a CA.");
    }
    return { ApiAccessRuleId: id, CaIds, Cns, IpRanges, Description };
}

function find(state: AccountState, id: string): ApiAccessRuleRecord {
    const found = state.rules.find((rule) => rule.ApiAccessRuleId === id);
    if (found === undefined) throw resource.noSuchRule(id);
    return found;
}

export const createApiAccessRule: Call<"CreateApiAccessRule"> = (state, request) => {
    const rule = ruleOf(newId("aar"), request, state);
    return { state: { ...state, rules: [...state.rules, rule] }, body: { ApiAccessRule: rule } };
};

export const readApiAccessRules: Call<"ReadApiAccessRules"> = (state, { Filters = {} }) => ({
    body: {
        ApiAccessRules: state.rules.filter(
            (rule) =>
                passes(Filters.ApiAccessRuleIds, rule.ApiAccessRuleId) &&
                passes(Filters.CaIds, ...rule.CaIds) &&
                passes(Filters.Cns, ...rule.Cns) &&
                passes(Filters.IpRanges, ...rule.IpRanges) &&
                passes(Filters.Descriptions, rule.Description),
        ),
    },
});

/** The new rule replaces the old one whole, even where its caller thereby shuts themselves out. */
export const updateApiAccessRule: Call<"UpdateApiAccessRule"> = (state, request) => {
    const before = find(state, request.ApiAccessRuleId);
    const rule = ruleOf(before.ApiAccessRuleId, request, state);
    const rules = state.rules.map((other) => (other === before ? rule : other));
    return { state: { ...state, rules }, body: { ApiAccessRule: rule } };
};

export const deleteApiAccessRule: Call<"DeleteApiAccessRule"> = (state, { ApiAccessRuleId }) => {
    const rule = find(state, ApiAccessRuleId);
    if (state.rules.length === 1) throw resource.lastRule();
    return { state: { ...state, rules: state.rules.filter((other) => other !== rule) }, body: {} };
};
