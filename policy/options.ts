/** What a team may set of the policies, in its pack's program or in the pack's configuration. */
import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";
import { DURATION_FORM, durationOrUndefined } from "../provider/duration";
import { PortcullisError } from "../provider/errors";
import { isRange } from "../provider/outscale/ranges";

/** What happens where a policy is violated. */
export type AccessEnforcement = "advisory" | "mandatory" | "disabled";

/** How strict the policies are. */
export interface AccessPolicyOptions {
    /**
     * What a violation does: is told (`advisory`), or refuses the preview and the update (`mandatory`, unless given).
     * `no-plain-private-key` refuses unless it is `disabled`.
     */
    readonly enforcementLevel?: AccessEnforcement;
    /** The longest life of an access key, as "90d" or "12h". "90d" unless given. */
    readonly maxKeyLifetime?: string;
    /** Ranges that a rule may open to calls without a certificate, whatever their size. None unless given. */
    readonly openRanges?: readonly string[];
    /** The prefix length, 0 to 32, of the broadest other IPv4 range that such a rule may open. 8 unless given. */
    readonly broadestIpv4Prefix?: number;
    /** The same for IPv6, 0 to 128. 16 unless given. */
    readonly broadestIpv6Prefix?: number;
}

const RANGE_FORM = 'an address or CIDR range: "192.0.2.7", "192.0.2.0/24" or "2001:db8::/32"';

const schema = z.strictObject({
    enforcementLevel: z.enum(["advisory", "mandatory", "disabled"]).default("mandatory"),
    maxKeyLifetime: z
        .string()
        .refine((text) => durationOrUndefined(text) !== undefined, `Write ${DURATION_FORM}.`)
        .default("90d"),
    openRanges: z.array(z.string().refine(isRange, `Write ${RANGE_FORM}.`)).default([]),
    broadestIpv4Prefix: z.int().min(0).max(32).default(8),
    broadestIpv6Prefix: z.int().min(0).max(128).default(16),
});

/** The options with their defaults. */
export type AccessPolicySettings = z.output<typeof schema>;

/**
 * The options, with those of the pack's configuration in their place where there are any.
 * @throws PortcullisError `InvalidInput` where one is malformed or not known
 */
export function settingsOf(options: AccessPolicyOptions, configured: object = {}): AccessPolicySettings {
    const parsed = schema.safeParse({ ...options, ...configured });
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const property = issue?.path.join(".") ?? "";
    throw new PortcullisError({
        code: "InvalidInput",
        problem: `An option of the access policies is wrong: ${property === "" ? "" : `${property}: `}${issue?.message ?? ""}`,
        remedy: "Correct it in the policy pack's program or configuration.",
        ...(property === "" ? {} : { property }),
    });
}

/** What a pack's configuration may set of the policies of access rules. */
export const RANGE_CONFIG: PolicyConfigSchema = {
    properties: {
        openRanges: { type: "array", items: { type: "string" } },
        broadestIpv4Prefix: { type: "integer", minimum: 0, maximum: 32 },
        broadestIpv6Prefix: { type: "integer", minimum: 0, maximum: 128 },
    },
};

/** What a pack's configuration may set of the policy of lifetimes. */
export const LIFETIME_CONFIG: PolicyConfigSchema = { properties: { maxKeyLifetime: { type: "string" } } };
