/** The ApiAccessRuleRecord resource: an existing rule as it was found, kept in state so that it can be given back. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import type { ResourceType } from "../resource";
import { sameCriteriaParts, sameRanges, sameSet } from "./sameness";
import { ipRange, shared, type SharedInputs } from "./schemas";
import { admitted, type ApiRule } from "./account";
import type { OutscaleApi } from "./api/client";

/** A rule as it was found on the account. */
export interface RecordedRule {
    /** `aar-` and 32 hexadecimal digits. A rule that is given back gets another. */
    readonly ruleId: string;
    /** May be empty. */
    readonly description: string;
    /** Empty where it asks for no certificate. */
    readonly caIds: readonly string[];
    /** Subject common names; empty where any will do. */
    readonly cns: readonly string[];
    /** Addresses and CIDR ranges, as the API spells them; empty where any will do. */
    readonly ipRanges: readonly string[];
}

export const recordedRule = z.strictObject({
    ruleId: z.string(),
    description: z.string(),
    caIds: z.array(z.string()),
    cns: z.array(z.string()),
    ipRanges: z.array(z.string()),
});

/** What a rule looks like: every criterion given must hold, and a list given is the whole list. */
export const ruleCriteria = z.object({
    ruleId: z.string().optional(),
    description: z.string().optional(),
    caIds: z.array(z.string()).optional(),
    cns: z.array(z.string()).optional(),
    ipRanges: z.array(ipRange).optional(),
});
export type Criteria = z.output<typeof ruleCriteria>;

const { clientCertificates } = shared;
const schema = ruleCriteria.extend({ clientCertificates });

export interface RecordInputs extends Criteria, Pick<SharedInputs, "clientCertificates"> {}

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
        const replaces = changedProperties(state, inputs, criteria, sameCriteriaParts);
        return {
            changed: [...replaces, ...changedProperties(state, inputs, ["clientCertificates"])],
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
function theOne(rules: readonly ApiRule[], inputs: Criteria): RecordedRule | undefined {
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

/** Whether the API's rule has every criterion given. */
export function fits(rule: ApiRule, inputs: Criteria): boolean {
    return (
        (inputs.ruleId === undefined || rule.ApiAccessRuleId === inputs.ruleId) &&
        (inputs.description === undefined || rule.Description === inputs.description) &&
        (inputs.caIds === undefined || sameSet(rule.CaIds, inputs.caIds)) &&
        (inputs.cns === undefined || sameSet(rule.Cns, inputs.cns)) &&
        (inputs.ipRanges === undefined || sameRanges(rule.IpRanges, inputs.ipRanges))
    );
}

/** The recorded rule as the API would show it. */
export function apiRuleOf({ ruleId, description, caIds, cns, ipRanges }: RecordedRule): ApiRule {
    return { ApiAccessRuleId: ruleId, Description: description, CaIds: caIds, Cns: cns, IpRanges: ipRanges };
}
