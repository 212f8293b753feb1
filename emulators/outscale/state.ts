/** What an account holds, as plain JSON: every part is replaced, never changed in place. */
import { z } from "zod";

const aclSchema = z.strictObject({
    ApiAccessRuleId: z.string(),
    CaIds: z.array(z.string()),
    Cns: z.array(z.string()),
    IpRanges: z.array(z.string()),
    Description: z.string(),
});

const caSchema = z.strictObject({
    CaId: z.string(),
    /** SHA-1 of the DER: lower-case hex, no colons. */
    CaFingerprint: z.string(),
    Description: z.string(),
    /** The certificate as uploaded; the API never gives it back. */
    CaPem: z.string(),
});

const keySchema = z.strictObject({
    AccessKeyId: z.string(),
    /** Given to API clients once, by CreateAccessKey. */
    SecretKey: z.string(),
    /** The EIM user that owns it; null for the root user. */
    UserName: z.string().nullable(),
    State: z.enum(["ACTIVE", "INACTIVE"]),
    Tag: z.string().nullable(),
    /** Dates are milliseconds since the epoch; a null expiration date is never. */
    CreationDate: z.number(),
    LastModificationDate: z.number(),
    ExpirationDate: z.number().nullable(),
});

const userSchema = z.strictObject({
    UserId: z.string(),
    UserName: z.string(),
    Path: z.string(),
    UserEmail: z.string().nullable(),
    CreationDate: z.number(),
    LastModificationDate: z.number(),
});

const policySchema = z.strictObject({
    MaxAccessKeyExpirationSeconds: z.number(),
    RequireTrustedEnv: z.boolean(),
});

/** The form of a state file. */
export const accountStateSchema = z.strictObject({
    version: z.literal(1),
    region: z.string(),
    /** The root user's first key: the one that the emulator hands out. */
    rootAccessKey: z.string(),
    rules: z.array(aclSchema),
    cas: z.array(caSchema),
    policy: policySchema,
    keys: z.array(keySchema),
    users: z.array(userSchema),
    vms: z.array(z.strictObject({ VmId: z.string(), State: z.string() })),
});

export type ApiAccessRuleRecord = Readonly<
    Record<"CaIds" | "Cns" | "IpRanges", readonly string[]> &
        Record<"ApiAccessRuleId" | "Description", string>
>;
export type CaRecord = Readonly<z.infer<typeof caSchema>>;
export type AccessKeyRecord = Readonly<z.infer<typeof keySchema>>;
export type UserRecord = Readonly<z.infer<typeof userSchema>>;
export type ApiAccessPolicyRecord = Readonly<z.infer<typeof policySchema>>;
export type VmRecord = Readonly<{ VmId: string; State: string }>;

/** A whole account. Holds secret keys: a file of it must be readable by its owner alone. */
export interface AccountState {
    readonly version: 1;
    readonly region: string;
    readonly rootAccessKey: string;
    readonly rules: readonly ApiAccessRuleRecord[];
    readonly cas: readonly CaRecord[];
    readonly policy: ApiAccessPolicyRecord;
    readonly keys: readonly AccessKeyRecord[];
    readonly users: readonly UserRecord[];
    readonly vms: readonly VmRecord[];
}
