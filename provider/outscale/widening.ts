/** What may not happen unseen to a rule that was adopted: that it admits more than it was found to. */
import { PortcullisError } from "../errors";
import { describeRule } from "./protection";
import { criteriaOf, widenedCriteria, type Criterion, type RuleCriteria } from "./rule-criteria";
import type { ApiRule } from "./account";

/**
 * Refuses an adoption by which the rule would admit somebody whom it does not admit as found: a preview shows what the
 * program says, and never what it leaves out of a rule that no state knows yet.
 * @throws PortcullisError `AmbiguousMatch`, for the rule named is not the one that the program describes.
 */
export function refuseToWiden(found: ApiRule, wanted: RuleCriteria): void {
    const widened = widenedCriteria(criteriaOf(found), wanted);
    const [property] = widened;
    if (property === undefined) return;
    const { ApiAccessRuleId: id } = found;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property,
        problem:
            `Refused to adopt the access rule ${id}: by ${listed(widened)} it would admit more than it does. ` +
            `As found: ${inWords(id, criteriaOf(found))}; as wanted: ${inWords(id, wanted)}.`,
        remedy:
            `Write what was found into the program (${widened.map((each) => written(each, criteriaOf(found))).join(", ")}), ` +
            "or, if it is to admit more, say `widen: true`. Nothing has been changed.",
    });
}

/**
 * Refuses an update by which an adopted rule would admit more than it does now on the account, where the preview did not
 * show it as wider: somebody has narrowed the rule since the state was last read.
 * @throws PortcullisError `AmbiguousMatch`
 */
export function refuseToWidenUnseen(live: ApiRule, known: RuleCriteria, wanted: RuleCriteria): void {
    const seen = widenedCriteria(known, wanted);
    const unseen = widenedCriteria(criteriaOf(live), wanted).filter((criterion) => !seen.includes(criterion));
    const [property] = unseen;
    if (property === undefined) return;
    const { ApiAccessRuleId: id } = live;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property,
        problem:
            `Refused to change the adopted access rule ${id}: somebody has changed it, and by ${listed(unseen)} it would ` +
            `admit more than it does now. Now: ${inWords(id, criteriaOf(live))}; as wanted: ${inWords(id, wanted)}.`,
        remedy: "Run `pulumi refresh`: the next preview then shows the difference. This call was not made.",
    });
}

function listed(criteria: readonly Criterion[]): string {
    return criteria.map((criterion) => `\`${criterion}\``).join(" and ");
}

function inWords(id: string, { caIds, cns, ipRanges }: RuleCriteria): string {
    return describeRule({ id, authorities: caIds.map((authority) => ({ id: authority })), cns, ipRanges });
}

function written(criterion: Criterion, found: RuleCriteria): string {
    return `\`${criterion}: ${JSON.stringify(found[criterion])}\``;
}
