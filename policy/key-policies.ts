/** The policies about access keys: each ends, soon enough, and its secret key is encrypted in state. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { lifetimeProblem, neverEnds } from "./key-lifetime";
import { LIFETIME_CONFIG, settingsOf, type AccessPolicyOptions } from "./options";
import { plainProperties } from "./properties";
import { endOf, leavesSecretKeyPlain } from "./resources";

export function accessKeyEnds(options: AccessPolicyOptions): ResourceValidationPolicy {
    const { enforcementLevel } = settingsOf(options);
    return {
        name: "access-key-expires",
        description: "An access key has an expiration date.",
        enforcementLevel,
        severity: "high",
        validateResource: ({ type, name, props }, report) => {
            const end = endOf(type, plainProperties(props));
            if (end === undefined || !neverEnds(end)) return;
            report(
                `The access key "${name}" never expires. Give it a lifetime or an expiration date: until then, whoever copies it has it for good.`,
            );
        },
    };
}

export function accessKeyLifetime(options: AccessPolicyOptions, now: () => Date): ResourceValidationPolicy {
    const { enforcementLevel } = settingsOf(options);
    return {
        name: "access-key-max-lifetime",
        description: "An access key expires within the longest lifetime that is allowed.",
        enforcementLevel,
        severity: "high",
        configSchema: LIFETIME_CONFIG,
        validateResource: (resource, report) => {
            const end = endOf(resource.type, plainProperties(resource.props));
            if (end === undefined) return;
            const { maxKeyLifetime } = settingsOf(options, resource.getConfig());
            const why = lifetimeProblem(end, maxKeyLifetime, now());
            if (why === undefined) return;
            report(
                `The access key "${resource.name}" ${why}. At most ${maxKeyLifetime} are allowed: let it end sooner, and rotate it.`,
            );
        },
    };
}

export function accessKeySecretEncrypted(options: AccessPolicyOptions): ResourceValidationPolicy {
    const { enforcementLevel } = settingsOf(options);
    return {
        name: "access-key-secret-encrypted",
        description: "The secret key of an access key is encrypted in state.",
        enforcementLevel,
        severity: "critical",
        validateResource: ({ type, name, opts }, report) => {
            if (!leavesSecretKeyPlain(type, opts.additionalSecretOutputs)) return;
            report(
                `The access key "${name}" would have its secret key in state in plain text: its provider does not mark it as a secret. ` +
                    'Pass `additionalSecretOutputs: ["secretKey"]` in its options, or declare the key with pulumi-portcullis.',
            );
        },
    };
}
