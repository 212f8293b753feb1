/** The criteria of an access rule: when two are the same, and when one admits somebody whom the other does not. */
import { isKnown } from "../inputs";
import type { PlannedInputs } from "../resource";
import type { ApiRule } from "./account";
import { covers, parseRange } from "./ranges";
import { sameRanges, sameSet } from "./sameness";

/** The criteria of a rule: cumulative, one entry of each is enough, an empty list asks nothing. */
export interface RuleCriteria {
    readonly caIds: readonly string[];
    readonly cns: readonly string[];
    readonly ipRanges: readonly string[];
}

export type Criterion = keyof RuleCriteria;

const criteria: readonly Criterion[] = ["caIds", "cns", "ipRanges"];

/** A rule's criteria with its description: all that the account says of it but its id. */
export type DescribedCriteria = RuleCriteria & { readonly description: string };

/** The API's rule in the words of the inputs. */
export function criteriaOf({ CaIds, Cns, IpRanges, Description }: ApiRule): DescribedCriteria {
    return { caIds: CaIds, cns: Cns, ipRanges: IpRanges, description: Description };
}

/** Whether two rules ask for the same, however it is written. */
export function sameCriteria(one: RuleCriteria, other: RuleCriteria): boolean {
    return (
        sameSet(one.caIds, other.caIds) &&
        sameSet(one.cns, other.cns) &&
        sameRanges(one.ipRanges, other.ipRanges)
    );
}

/** Whether two rules ask for the same and are described alike. */
export function sameRule(one: DescribedCriteria, other: DescribedCriteria): boolean {
    return one.description === other.description && sameCriteria(one, other);
}

/** Whether the API's rule is the one described. */
export function equal(rule: ApiRule, described: DescribedCriteria): boolean {
    return sameRule(criteriaOf(rule), described);
}

/**
 * The criteria by which a rule would admit somebody whom it does not admit before the change; none, if it could only
 * admit fewer. Each criterion is judged by itself: a rule that is wider in one and narrower in another is wider.
 */
export function widenedCriteria(before: RuleCriteria, after: RuleCriteria): readonly Criterion[] {
    // A rule that names neither an authority nor an address admits nobody at all, although both lists ask nothing.
    const isShut = before.caIds.length === 0 && before.ipRanges.length === 0;
    return criteria.filter((criterion) =>
        isShut ? after[criterion].length > 0 : !isWithin(criterion, after[criterion], before[criterion]),
    );
}

/** The criteria that may admit fewer than before; one that is not known yet may. */
export function narrowedCriteria(
    before: RuleCriteria,
    after: PlannedInputs<RuleCriteria>,
): readonly Criterion[] {
    return criteria.filter((criterion) => {
        const wanted = after[criterion];
        return !isKnown<readonly string[]>(wanted) || !isWithin(criterion, before[criterion], wanted);
    });
}

/** Whether whoever meets a criterion meets the other form of it as well: an empty list asks for nothing. */
function isWithin(criterion: Criterion, one: readonly string[], other: readonly string[]): boolean {
    if (other.length === 0) return true;
    if (one.length === 0) return false;
    if (criterion === "ipRanges") {
        const ranges = other.map(parseRange);
        return one.every((range) => covers(ranges, parseRange(range)));
    }
    return one.every((item) => other.includes(item));
}
