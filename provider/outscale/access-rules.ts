/** The access rules of an account: made, changed and deleted, never so that somebody protected is locked out. */
import { PortcullisError } from "../errors";
import type { Context } from "../resource";
import type { AccessRule } from "./access";
import { narrow, withoutRule, type ApiRule, type Narrowing } from "./account";
import { createOnce, type OutscaleApi } from "./api/client";
import { deleteOnce } from "./api/once";
import type { ProtectedIdentity } from "./protection";
import { equal, type DescribedCriteria, type RuleCriteria } from "./rule-criteria";
import type { SharedInputs } from "./schemas";

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

/** Makes a rule say this, every list included, if nobody protected loses access by it. */
export async function rewriteRule(
    id: string,
    who: Pick<Narrowing<unknown>, "last" | "wanted">,
    { caIds, cns, ipRanges, description }: DescribedCriteria,
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
        change: (access) => withoutRule(access.rules, id),
        act: () =>
            deleteOnce({
                remove: () => client.call("DeleteApiAccessRule", { ApiAccessRuleId: id }),
                isThere: async () => isThere(await present()),
            }),
    });
}

function lastRule(id: string): PortcullisError {
    return new PortcullisError({
        code: "Lockout",
        problem: `Refused to delete the access rule ${id}: it is the last of the account, and without any nobody gets in.`,
        remedy: "Declare another rule first. This call was not made.",
    });
}
