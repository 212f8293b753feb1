/** The access rules of AccountMfa: those that it makes, and the default ones that stay or go. */
import type * as pulumi from "@pulumi/pulumi";
import { PortcullisError } from "../../provider/errors";
import type { RecordedRule } from "../../provider/outscale/api-access-rule-record";
import { COCKPIT_RULE, WORLD_RULE } from "../../provider/outscale/default-rules";
import type { PlannedRuleArgs } from "../../provider/outscale/program/api-access-plan";
import type { DeclaredRuleArgs } from "../../provider/outscale/program/api-access-proof";
import {
    ApiAccessRuleRecord,
    type RuleCriteriaArgs,
} from "../../provider/outscale/program/retired-api-access-rule";
import type { SharedArgs } from "../../provider/outscale/program/shared";
import type { AccountMfaArgs, CertificateRuleArgs } from "./args";
import type { AcceptedAuthority } from "./authority";

/** A rule that the component makes. */
export interface MadeRule {
    /** What refusals and `ruleIds` call it. */
    readonly name: string;
    /** The end of its resource's name. */
    readonly suffix: string;
    /** Whose certificates it admits; a rule without an authority asks for no certificate. */
    readonly authority?: AcceptedAuthority;
    readonly criteria: CertificateRuleArgs;
}

/**
 * The rules that the component makes. Each certificate rule is made once for each authority: to drop an authority is
 * then to delete its rules, and deletions come last, after the last proof (docs/adr/0004).
 */
export function madeRules(args: AccountMfaArgs, accepted: readonly AcceptedAuthority[]): readonly MadeRule[] {
    const certificateRules = Object.entries(args.rules ?? { certificate: {} }).flatMap(([rule, criteria]) =>
        accepted.map((authority): MadeRule => {
            const name = `${rule}-${authority.label}`;
            return { name, suffix: `rule-${name}`, authority, criteria };
        }),
    );
    refuseCollision(certificateRules);
    if (args.backupIpRanges === undefined) return certificateRules;
    const criteria = { ipRanges: args.backupIpRanges };
    return [...certificateRules, { name: "backup", suffix: "backup-rule", criteria }];
}

/** The rule `ops` of the authority `eu-1` would be called as the rule `ops-eu` of the authority `1`. */
function refuseCollision(rules: readonly MadeRule[]): void {
    const [twice] = rules.filter(
        ({ name }, index) => rules.findIndex((rule) => rule.name === name) !== index,
    );
    if (twice === undefined) return;
    throw new PortcullisError({
        code: "InvalidInput",
        property: "rules",
        problem: `Two pairs of a rule and an authority would both be called "${twice.name}".`,
        remedy: "Choose other names in `rules`, or other labels in `authority.certificates`.",
    });
}

/** The rule as plan and proof take it. */
export function planned({
    name,
    authority,
    criteria,
}: MadeRule): PlannedRuleArgs & { readonly name: string } {
    const { cns, ipRanges } = criteria;
    return {
        name,
        ...(authority === undefined ? {} : { authorityPems: [authority.certificatePem] }),
        ...(cns === undefined ? {} : { cns }),
        ...(ipRanges === undefined ? {} : { ipRanges }),
    };
}

/** A rule that accounts come with. */
export interface DefaultRule {
    /** The end of its resource's name. */
    readonly suffix: string;
    readonly kept: boolean;
    /** What it looks like. */
    readonly criteria: RuleCriteriaArgs;
}

export function defaultRules(args: AccountMfaArgs): readonly DefaultRule[] {
    const { keepDefaultRule = false, keepCockpitRule = false, defaultRule = WORLD_RULE } = args;
    return [
        { suffix: "default-rule", kept: keepDefaultRule, criteria: defaultRule },
        { suffix: "cockpit-rule", kept: keepCockpitRule, criteria: COCKPIT_RULE },
    ];
}

/** Records the default rules that stay, so that plan and proof can count on them. */
export function keptRules(
    name: string,
    rules: readonly DefaultRule[],
    { clientCertificates }: SharedArgs,
    parent: pulumi.Resource,
): readonly DeclaredRuleArgs[] {
    const via = clientCertificates === undefined ? {} : { clientCertificates };
    return rules
        .filter(({ kept }) => kept)
        .map(({ suffix, criteria }) => {
            const record = new ApiAccessRuleRecord(
                `${name}-${suffix}-record`,
                { ...criteria, ...via },
                { parent },
            );
            return {
                name: suffix,
                ruleId: record.found.apply((rule) => rule?.ruleId),
                ipRanges: record.found.apply(openRanges),
            };
        });
}

/** The addresses that a recorded rule admits by themselves. Where it asks for a certificate, the component cannot tell whose. */
function openRanges(rule: RecordedRule | undefined): string[] {
    const none: Partial<RecordedRule> = {};
    const { caIds = [], ipRanges = [] } = rule ?? none;
    return caIds.length > 0 ? [] : [...ipRanges];
}
