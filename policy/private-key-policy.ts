/** The policy that no private key, and no secret setting, is in configuration or inputs without encryption. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { settingsOf, type AccessPolicyOptions } from "./options";
import { plainPrivateKeys, plainSecretSettings } from "./private-keys";
import { plainProperties } from "./properties";
import { isProvider } from "./resources";

/**
 * The SDK tells remediations alone what is encrypted. This one looks and changes nothing; the engine asks for the
 * validation of the same resource right after it, which tells what was seen. Hence the enforcement level: at any
 * other the engine asks for no remediation, and the policy, which sees nothing then, says that.
 *
 * A remediation could encrypt the value, but the engine shows what a remediation changed, and that is the key.
 */
export function noPlainPrivateKey(options: AccessPolicyOptions): ResourceValidationPolicy {
    const disabled = settingsOf(options).enforcementLevel === "disabled";
    const seen = new Map<string, readonly string[]>();
    return {
        name: "no-plain-private-key",
        description: "No private key or secret setting is in configuration or inputs without encryption.",
        enforcementLevel: disabled ? "disabled" : "remediate",
        severity: "critical",
        remediateResource: ({ type, urn, props }) => {
            const properties = plainProperties(props);
            const settings = isProvider(type) ? plainSecretSettings(properties) : [];
            seen.set(urn, [...new Set([...settings, ...plainPrivateKeys(properties)])]);
        },
        validateResource: ({ type, name, urn }, report) => {
            const paths = seen.get(urn);
            if (paths === undefined && type === "pulumi:pulumi:Stack") {
                report(
                    'This policy sees what is encrypted at the enforcement level "remediate" alone, and changes nothing. Give it that level, or "disabled".',
                );
            }
            for (const path of paths ?? []) report(violation(type, name, path));
        },
    };
}

function violation(type: string, name: string, path: string): string {
    return isProvider(type)
        ? `The setting ${path} is a secret in plain text. Set it with \`pulumi config set ${path} --secret\`, and make a new one: the old one stays in the history of wherever this was stored.`
        : `The property ${path} of "${name}" holds a private key in plain text, and so would the state. Pass it as \`pulumi.secret(…)\`, or from \`config.requireSecret\`; if it was ever deployed like this, make a new one.`;
}
