/** Decides whether zones and instance types are enough for the cluster to outlive the loss of any one of them. */
import { REGION } from "../../provider/region";
import type { CheckFailure } from "../../provider/resource";

/** Fewer zones leave one with so many nodes that its loss ends the cluster; fewer types leave one spot pool for many. */
export const LEAST_ZONES = 3;
export const LEAST_TYPES = 3;

/** An ordinary zone and its region: local zones and zone ids ("euw3-az1") have other forms. */
const ZONE = new RegExp(`^(${REGION})[a-z]$`);
const INSTANCE_TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;

/** The region that a zone lies in; undefined where the text is the name of no ordinary zone. */
export function regionOf(zone: string): string | undefined {
    return ZONE.exec(zone)?.[1];
}

/** What is wrong with the zones of the subnets, in their order. */
export function zoneFailures(mode: "ha" | "dev", zones: readonly unknown[]): readonly CheckFailure[] {
    const malformed = zones.flatMap((zone, index) =>
        typeof zone === "string" && regionOf(zone) !== undefined ? [] : [unusable(zone, index)],
    );
    if (malformed.length > 0) return malformed;
    const distinct = new Set(zones.map(String));
    const failures: CheckFailure[] = [];
    const refuse = (reason: string) => failures.push({ property: "subnets", reason });
    const least = mode === "dev" ? 1 : LEAST_ZONES;
    if (distinct.size < least) {
        refuse(
            least === 1
                ? "There is none. Give a subnet."
                : `They lie in ${distinct.size === 0 ? "no zone" : named(distinct)}; with fewer than ${least} zones the loss of one can take the majority with it. Give a subnet in each of ${least} zones or more.`,
        );
    }
    if (distinct.size < zones.length) {
        const twice = zones.map(String).filter((zone, index, all) => all.indexOf(zone) < index);
        refuse(
            `Several lie in ${named(new Set(twice))}, and a network balancer takes one for each zone. Give one for each.`,
        );
    }
    const regions = new Set([...distinct].map(regionOf));
    if (regions.size > 1)
        refuse(`They lie in several regions: ${[...regions].join(", ")}. Give subnets of one region.`);
    return failures;
}

function unusable(zone: unknown, index: number): CheckFailure {
    return {
        property: `subnets[${index}].availabilityZone`,
        reason:
            typeof zone === "string"
                ? `"${zone}" is no name of an availability zone. Write it as "eu-west-3a"; local zones and zone ids are not taken.`
                : 'It is no plain text, so that a preview could not count the zones. Write it in the program, as "eu-west-3a".',
    };
}

/** What is wrong with the instance types. */
export function typeFailures(mode: "ha" | "dev", types: readonly unknown[]): readonly CheckFailure[] {
    const malformed = types.flatMap((type, index) =>
        typeof type === "string" && INSTANCE_TYPE.test(type)
            ? []
            : [
                  {
                      property: `instanceTypes[${index}]`,
                      reason: 'It is no name of an instance type in plain text. Write it as "m6i.large".',
                  },
              ],
    );
    if (malformed.length > 0) return malformed;
    const distinct = new Set(types);
    const failures: CheckFailure[] = [];
    const refuse = (reason: string) => failures.push({ property: "instanceTypes", reason });
    const least = mode === "dev" ? 1 : LEAST_TYPES;
    if (distinct.size < least) {
        refuse(
            least === 1
                ? "There is none. Give an instance type."
                : `There ${distinct.size === 1 ? "is one" : `are ${distinct.size}`}; with fewer than ${least} different ones a single spot pool that runs dry can take the majority with it. Give ${least} or more, better ten.`,
        );
    }
    if (distinct.size < types.length) refuse("One of them stands there twice. Give each once.");
    return failures;
}

function named(texts: ReadonlySet<string>): string {
    return [...texts].join(" and ");
}
