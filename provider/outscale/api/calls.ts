/** The calls of the OUTSCALE API that this package makes: the form of each request and answer. */
import { z } from "zod";
import {
    accessKeySchema,
    accessKeySecretKeySchema,
    apiAccessPolicySchema,
    apiAccessRuleSchema,
    caSchema,
    userSchema,
    vmSchema,
    type AccessKey,
    type AccessKeySecretKey,
    type ApiAccessPolicy,
    type ApiAccessRule,
    type Ca,
    type User,
    type Vm,
} from "./objects";

export type { AccessKey, AccessKeySecretKey, ApiAccessPolicy, ApiAccessRule, Ca, User, Vm } from "./objects";

type Texts = readonly string[];
type Nothing = Readonly<Record<string, never>>;

interface Exchange<Request extends object, Response extends object> {
    readonly request: Readonly<Request>;
    readonly response: Readonly<Response>;
}

/** A page of a paged list: the first item from 1, and at most 100 results where none is given. */
interface Page {
    readonly FirstItem?: number;
    readonly ResultsPerPage?: number;
}

/**
 * Every call by its name, as the OUTSCALE API specification 1.42.0 has it. `DryRun` is left out: it proves nothing
 * about access rules, and its answer has another form.
 */
export interface Calls {
    CreateCa: Exchange<{ CaPem: string; Description?: string }, { Ca: Ca }>;
    ReadCas: Exchange<
        { Filters?: { CaFingerprints?: Texts; CaIds?: Texts; Descriptions?: Texts } },
        { Cas: readonly Ca[] }
    >;
    UpdateCa: Exchange<{ CaId: string; Description?: string }, { Ca: Ca }>;
    DeleteCa: Exchange<{ CaId: string }, Nothing>;
    /** Needs at least `CaIds` or `IpRanges`; `Cns` need `CaIds`. */
    CreateApiAccessRule: Exchange<
        { CaIds?: Texts; Cns?: Texts; IpRanges?: Texts; Description?: string },
        { ApiAccessRule: ApiAccessRule }
    >;
    ReadApiAccessRules: Exchange<
        {
            Filters?: {
                ApiAccessRuleIds?: Texts;
                CaIds?: Texts;
                Cns?: Texts;
                Descriptions?: Texts;
                IpRanges?: Texts;
            };
        },
        { ApiAccessRules: readonly ApiAccessRule[] }
    >;
    /** Replaces the whole rule: the API deletes every parameter that is left out, so all are required here. */
    UpdateApiAccessRule: Exchange<
        { ApiAccessRuleId: string; CaIds: Texts; Cns: Texts; IpRanges: Texts; Description: string },
        { ApiAccessRule: ApiAccessRule }
    >;
    /** The API refuses to delete the last rule. */
    DeleteApiAccessRule: Exchange<{ ApiAccessRuleId: string }, Nothing>;
    ReadApiAccessPolicy: Exchange<Nothing, { ApiAccessPolicy: ApiAccessPolicy }>;
    /** Seconds from 0 to 3,153,600,000. */
    UpdateApiAccessPolicy: Exchange<
        { MaxAccessKeyExpirationSeconds: number; RequireTrustedEnv: boolean },
        { ApiAccessPolicy: ApiAccessPolicy }
    >;
    CreateAccessKey: Exchange<
        { ExpirationDate?: string; Tag?: string; UserName?: string },
        { AccessKey: AccessKeySecretKey }
    >;
    ReadAccessKeys: Exchange<
        { UserName?: string; Tag?: string; Filters?: { AccessKeyIds?: Texts; States?: Texts } },
        { AccessKeys: readonly AccessKey[] }
    >;
    /** Without `ExpirationDate`, a change of `State` makes the key never expire: send the date every time. */
    UpdateAccessKey: Exchange<
        {
            AccessKeyId: string;
            State?: "ACTIVE" | "INACTIVE";
            ExpirationDate?: string;
            ClearExpirationDate?: boolean;
            Tag?: string;
            ClearTag?: boolean;
            UserName?: string;
        },
        { AccessKey: AccessKey }
    >;
    /** An EIM user's key must be inactive first. */
    DeleteAccessKey: Exchange<{ AccessKeyId: string; UserName?: string }, Nothing>;
    ReadUsers: Exchange<
        Page & { Filters?: { UserIds?: Texts } },
        { Users: readonly User[]; HasMoreItems: boolean }
    >;
    CreateUser: Exchange<{ UserName: string; Path?: string; UserEmail?: string }, { User: User }>;
    UpdateUser: Exchange<
        { UserName: string; NewUserName?: string; NewPath?: string; NewUserEmail?: string },
        { User: User }
    >;
    /** A user with keys, groups or policies left cannot be deleted. */
    DeleteUser: Exchange<{ UserName: string }, Nothing>;
    ReadVms: Exchange<
        { Filters?: { VmIds?: Texts }; NextPageToken?: string; ResultsPerPage?: number },
        { Vms: readonly Vm[]; NextPageToken?: string | undefined }
    >;
}

export type CallName = keyof Calls;

const nothing = z.object({});
const moreItems = z
    .boolean()
    .nullish()
    .transform((value) => value ?? false);

/** What an answer to each call must hold; properties that are not named are dropped. */
export const responseSchemas: { readonly [Name in CallName]: z.ZodType<Calls[Name]["response"]> } = {
    CreateCa: z.object({ Ca: caSchema }),
    ReadCas: z.object({ Cas: z.array(caSchema) }),
    UpdateCa: z.object({ Ca: caSchema }),
    DeleteCa: nothing,
    CreateApiAccessRule: z.object({ ApiAccessRule: apiAccessRuleSchema }),
    ReadApiAccessRules: z.object({ ApiAccessRules: z.array(apiAccessRuleSchema) }),
    UpdateApiAccessRule: z.object({ ApiAccessRule: apiAccessRuleSchema }),
    DeleteApiAccessRule: nothing,
    ReadApiAccessPolicy: z.object({ ApiAccessPolicy: apiAccessPolicySchema }),
    UpdateApiAccessPolicy: z.object({ ApiAccessPolicy: apiAccessPolicySchema }),
    CreateAccessKey: z.object({ AccessKey: accessKeySecretKeySchema }),
    ReadAccessKeys: z.object({ AccessKeys: z.array(accessKeySchema) }),
    UpdateAccessKey: z.object({ AccessKey: accessKeySchema }),
    DeleteAccessKey: nothing,
    ReadUsers: z.object({ Users: z.array(userSchema), HasMoreItems: moreItems }),
    CreateUser: z.object({ User: userSchema }),
    UpdateUser: z.object({ User: userSchema }),
    DeleteUser: nothing,
    ReadVms: z.object({
        Vms: z.array(vmSchema),
        NextPageToken: z
            .string()
            .nullish()
            .transform((value) => value ?? undefined),
    }),
};

/**
 * What repeating a call does. A `read` changes nothing; a `change` made twice ends as if made once; a `create` made
 * twice makes two objects, since the API has no client token for any of them.
 */
export type CallKind = "read" | "change" | "create";

export function kindOf(call: CallName): CallKind {
    if (call.startsWith("Read")) return "read";
    return call.startsWith("Create") ? "create" : "change";
}
