/** The policies about access rules: none is open to the world without asking for a certificate. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { openness } from "./open-ranges";
import { RANGE_CONFIG, settingsOf, type AccessPolicyOptions } from "./options";
import { plainProperties } from "./properties";
import { criteriaOf } from "./resources";

const REMEDY =
    "Name an authority in `caIds`, so that its callers need a certificate, or open it to the addresses that need it.";

/** Judges each rule by itself, before anything is done. */
export function noWorldOpenRule(options: AccessPolicyOptions): ResourceValidationPolicy {
    const { enforcementLevel } = settingsOf(options);
    return {
        name: "no-world-open-rule",
        description: "An access rule that asks for no certificate is not open to the world.",
        enforcementLevel,
        severity: "critical",
        configSchema: RANGE_CONFIG,
        validateResource: (resource, report) => {
            const rule = criteriaOf(resource.type, plainProperties(resource.props));
            if (rule?.asksForCertificate !== false) return;
            const why =
                rule.allKnown && rule.ipRanges.length === 0
                    ? "names neither an authority nor an address"
                    : openness(rule.ipRanges, settingsOf(options, resource.getConfig()));
            if (why !== undefined) report(`The rule "${resource.name}" ${why}. ${REMEDY}`);
        },
    };
}

/** Judges all rules of a stack together, of which none may be open by itself; the engine asks at the end of a run. */
export function noWorldOpenRules(options: AccessPolicyOptions): StackValidationPolicy {
    const { enforcementLevel } = settingsOf(options);
    return {
        name: "no-world-open-rules-together",
        description: "Access rules that ask for no certificate are not open to the world together.",
        enforcementLevel,
        severity: "critical",
        configSchema: RANGE_CONFIG,
        validateStack: (stack, report) => {
            const limits = settingsOf(options, stack.getConfig());
            const rules = stack.resources.flatMap(({ type, name, props }) => {
                const rule = criteriaOf(type, plainProperties(props));
                if (rule?.asksForCertificate !== false) return [];
                return openness(rule.ipRanges, limits) === undefined ? [{ name, ranges: rule.ipRanges }] : [];
            });
            const why = openness(
                rules.flatMap(({ ranges }) => ranges),
                limits,
            );
            if (why === undefined) return;
            const names = rules.map(({ name }) => `"${name}"`).join(", ");
            report(`The rules ${names} together leave the account open: it ${why}. ${REMEDY}`);
        },
    };
}
