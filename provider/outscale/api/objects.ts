/** The OUTSCALE API's objects as its answers carry them, checked where they enter this package. */
import { z } from "zod";

// The specification calls every property optional. What this package cannot do without is required here, so that an
// answer lacking it is refused at the boundary; an absent text or list is an empty one.
const text = z
    .string()
    .nullish()
    .transform((value) => value ?? "");
const texts = z
    .array(z.string())
    .nullish()
    .transform((value): readonly string[] => value ?? []);
const optionalText = z
    .string()
    .nullish()
    .transform((value) => value ?? undefined);

/** A certificate authority. The API never gives back its certificate, only the SHA-1 of its DER form. */
export const caSchema = z.object({
    CaId: z.string(),
    /** 40 lower-case hexadecimal digits, without colons. */
    CaFingerprint: z.string().transform((value) => value.replaceAll(":", "").toLowerCase()),
    Description: text,
});
export type Ca = Readonly<z.output<typeof caSchema>>;

/** A rule of the account's allow-list: an empty list is a criterion that is not set. */
export const apiAccessRuleSchema = z.object({
    ApiAccessRuleId: z.string(),
    CaIds: texts,
    Cns: texts,
    IpRanges: texts,
    Description: text,
});
export type ApiAccessRule = Readonly<z.output<typeof apiAccessRuleSchema>>;

/** The account's policy: 0 seconds means that access keys need no expiration date. */
export const apiAccessPolicySchema = z.object({
    MaxAccessKeyExpirationSeconds: z.number(),
    RequireTrustedEnv: z.boolean(),
});
export type ApiAccessPolicy = Readonly<z.output<typeof apiAccessPolicySchema>>;

/** An access key without its secret. Dates come as `2063-04-05T00:00:00.000+0000`; without one, it never expires. */
export const accessKeySchema = z.object({
    AccessKeyId: z.string(),
    /** `ACTIVE` or `INACTIVE`. */
    State: z.string(),
    ExpirationDate: optionalText,
    CreationDate: optionalText,
    LastModificationDate: optionalText,
    Tag: optionalText,
});
export type AccessKey = Readonly<z.output<typeof accessKeySchema>>;

/** An access key with its secret, which only its creation gives. */
export const accessKeySecretKeySchema = accessKeySchema.extend({ SecretKey: z.string() });
export type AccessKeySecretKey = Readonly<z.output<typeof accessKeySecretKeySchema>>;

/** An EIM user. */
export const userSchema = z.object({
    UserId: z.string(),
    UserName: z.string(),
    Path: optionalText,
    UserEmail: optionalText,
    CreationDate: optionalText,
    LastModificationDate: optionalText,
    OutscaleLoginAllowed: z
        .boolean()
        .nullish()
        .transform((value) => value ?? undefined),
});
export type User = Readonly<z.output<typeof userSchema>>;

/** A virtual machine, of which this package needs little. */
export const vmSchema = z.object({
    VmId: z.string(),
    State: optionalText,
    PublicIp: optionalText,
    PrivateIp: optionalText,
});
export type Vm = Readonly<z.output<typeof vmSchema>>;
