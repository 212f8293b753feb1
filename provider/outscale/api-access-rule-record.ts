/** The ApiAccessRuleRecord resource: an existing rule as it was found, kept in state so that it can be given back. */
import { z } from "zod";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import type { ResourceType } from "../resource";
import { changedProperties, sameRanges, sameSet } from "./sameness";
import { ipRange, shared, type SharedInputs } from "./schemas";
import { admitted, type ApiRule } from "./account";
import type { OutscaleApi } from "./api/client";

/** A rule as it was found on the account. */
export interface RecordedRule {
    readonly ruleId: string;
    readonly description: string;
    readonly caIds: readonly string[];
    readonly cns: readonly string[];
    readonly ipRanges: readonly string[];
}

export const recordedRule = z.strictObject({
    ruleId: z.string(),
    description: z.string(),
    caIds: z.array(z.string()),
    cns: z.array(z.string()),
    ipRanges: z.array(z.string()),
});

const schema = z.object({
    ruleId: z.string().optional(),
    description: z.string().optional(),
    caIds: z.array(z.string()).optional(),
    cns: z.array(z.string()).optional(),
    ipRanges: z.array(ipRange).optional(),
    ...shared,
});

/** What the rule looks like: every criterion given must hold, and a list given is the whole list. */
export interface RecordInputs extends SharedInputs {
    readonly ruleId?: string | undefined;
    readonly description?: string | undefined;
    readonly caIds?: string[] | undefined;
    readonly cns?: string[] | undefined;
    readonly ipRanges?: string[] | undefined;
}

export interface RecordState extends RecordInputs {
    /** Absent where the account had no such rule. */
    readonly found?: RecordedRule | undefined;
}

const criteria = ["ruleId", "description", "caIds", "cns", "ipRanges"] as const;

/** Reads one rule, once. Nothing on the account is changed by it. */
export const apiAccessRuleRecord: ResourceType<RecordInputs, RecordState, OutscaleApi> = {
    token: "outscale:ApiAccessRuleRecord",

    check: (inputs) =>
        checkInputs(schema, inputs, (given) =>
            criteria.some((criterion) => given[criterion] !== undefined)
                ? []
                : [
                      {
                          property: "ruleId",
                          reason: `Say which rule is meant: give at least one of ${criteria.join(", ")}.`,
                      },
                  ],
        ),

    diff(state, inputs) {
        const same = { caIds: sameSet, cns: sameSet, ipRanges: sameRanges };
        const replaces = changedProperties(state, inputs, criteria, same);
        return {
            changed: [...replaces, ...changedProperties(state, inputs, ["clientCertificates", "protect"])],
            replaces,
        };
    },

    async create(inputs, { client }) {
        const api = admitted(client, inputs);
        const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
        const found = theOne(ApiAccessRules, inputs);
        return {
            id: found?.ruleId ?? "none",
            state: { ...inputs, ...(found === undefined ? {} : { found }) },
        };
    },

    read: (id, state) => Promise.resolve({ id, state }),

    update: (_id, state, inputs) =>
        Promise.resolve({ ...inputs, ...(state.found === undefined ? {} : { found: state.found }) }),

    delete: () => Promise.resolve(),
};

/** The one rule that fits, nothing where none does; several are refused, for a rule is never chosen by guess. */
export function theOne(rules: readonly ApiRule[], inputs: RecordInputs): RecordedRule | undefined {
    const fitting = rules.filter((rule) => fits(rule, inputs));
    const [first, ...others] = fitting;
    if (others.length > 0) {
        throw new PortcullisError({
            code: "AmbiguousMatch",
            problem: `The criteria fit several access rules: ${fitting.map((rule) => `${rule.ApiAccessRuleId} "${rule.Description}"`).join(", ")}.`,
            remedy: "Name the one that is meant in `ruleId`. Nothing has been changed.",
        });
    }
    return (
        first && {
            ruleId: first.ApiAccessRuleId,
            description: first.Description,
            caIds: first.CaIds,
            cns: first.Cns,
            ipRanges: first.IpRanges,
        }
    );
}

function fits(rule: ApiRule, inputs: RecordInputs): boolean {
    return (
        (inputs.ruleId === undefined || rule.ApiAccessRuleId === inputs.ruleId) &&
        (inputs.description === undefined || rule.Description === inputs.description) &&
        (inputs.caIds === undefined || sameSet(rule.CaIds, inputs.caIds)) &&
        (inputs.cns === undefined || sameSet(rule.Cns, inputs.cns)) &&
        (inputs.ipRanges === undefined || sameRanges(rule.IpRanges, inputs.ipRanges))
    );
}
