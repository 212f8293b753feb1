/** The parameters of every call, as the specification 1.42.0 declares them: anything else is refused. */
import { z } from "zod";
import { parameter, type Refusal } from "./refusals";

const text = z.string();
const texts = z.array(z.string());
const flag = z.boolean();
const whole = z.number().int();

function request<Shape extends z.ZodRawShape>(shape: Shape) {
    return z.strictObject({ ...shape, DryRun: flag.optional() });
}

function filters<Names extends string>(...names: Names[]) {
    // fromEntries forgets the keys; they are exactly the names given.
    const shape = Object.fromEntries(names.map((name) => [name, texts.optional()])) as Record<
        Names,
        z.ZodOptional<typeof texts>
    >;
    return z.strictObject(shape).optional();
}

const VM_LISTS = (
    "Architectures BlockDeviceMappingDeviceNames BlockDeviceMappingLinkDates BlockDeviceMappingStates " +
    "BlockDeviceMappingVolumeIds BootModes ClientTokens CreationDates ImageIds KeypairNames Lifecycles NetIds " +
    "NicAccountIds NicDescriptions NicLinkNicLinkNicDates NicLinkNicLinkNicIds NicLinkNicStates " +
    "NicLinkNicVmAccountIds NicLinkNicVmIds NicLinkPublicIpAccountIds NicLinkPublicIpLinkPublicIpIds " +
    "NicLinkPublicIpPublicIpIds NicLinkPublicIpPublicIps NicMacAddresses NicNetIds NicNicIds " +
    "NicPrivateIpsLinkPublicIpAccountIds NicPrivateIpsLinkPublicIpIds NicPrivateIpsPrivateIps " +
    "NicSecurityGroupIds NicSecurityGroupNames NicStates NicSubnetIds NicSubregionNames Platforms PrivateIps " +
    "ProductCodes PublicIps ReservationIds RootDeviceNames RootDeviceTypes SecurityGroupIds SecurityGroupNames " +
    "StateReasonMessages StateReasons SubnetIds SubregionNames TagKeys TagValues Tags Tenancies " +
    "VmSecurityGroupIds VmSecurityGroupNames VmStateNames VmTypes"
).split(" ");
const VM_NUMBERS = ["LaunchNumbers", "NicLinkNicDeviceNumbers", "StateReasonCodes", "VmStateCodes"];
const VM_FLAGS = [
    "BlockDeviceMappingDeleteOnVmDeletion",
    "IsSourceDestChecked",
    "NicIsSourceDestChecked",
    "NicLinkNicDeleteOnVmDeletion",
    "NicPrivateIpsPrimaryIp",
    "TpmEnabled",
];

function each<Schema extends z.ZodType>(names: readonly string[], schema: Schema) {
    return Object.fromEntries(names.map((name) => [name, schema.optional()]));
}

const vmFilters = z
    .strictObject({
        ...each(VM_LISTS, texts),
        ...each(VM_NUMBERS, z.array(whole)),
        ...each(VM_FLAGS, flag),
        VmIds: texts.optional(),
    })
    .optional();

const ruleLists = {
    CaIds: texts.optional(),
    Cns: texts.optional(),
    IpRanges: texts.optional(),
    Description: text.optional(),
};

export const requests = {
    CreateCa: request({ CaPem: text, Description: text.optional() }),
    ReadCas: request({ Filters: filters("CaFingerprints", "CaIds", "Descriptions") }),
    UpdateCa: request({ CaId: text, Description: text.optional() }),
    DeleteCa: request({ CaId: text }),
    CreateApiAccessRule: request(ruleLists),
    ReadApiAccessRules: request({
        Filters: filters("ApiAccessRuleIds", "CaIds", "Cns", "Descriptions", "IpRanges"),
    }),
    UpdateApiAccessRule: request({ ApiAccessRuleId: text, ...ruleLists }),
    DeleteApiAccessRule: request({ ApiAccessRuleId: text }),
    ReadApiAccessPolicy: request({}),
    UpdateApiAccessPolicy: request({ MaxAccessKeyExpirationSeconds: whole, RequireTrustedEnv: flag }),
    CreateAccessKey: request({
        ExpirationDate: text.optional(),
        Tag: text.optional(),
        UserName: text.optional(),
    }),
    ReadAccessKeys: request({
        UserName: text.optional(),
        Tag: text.optional(),
        Filters: filters("AccessKeyIds", "States"),
    }),
    UpdateAccessKey: request({
        AccessKeyId: text,
        State: text.optional(),
        ExpirationDate: text.optional(),
        ClearExpirationDate: flag.optional(),
        Tag: text.optional(),
        ClearTag: flag.optional(),
        UserName: text.optional(),
    }),
    DeleteAccessKey: request({ AccessKeyId: text, UserName: text.optional() }),
    ReadUsers: request({
        Filters: filters("UserIds"),
        FirstItem: whole.optional(),
        ResultsPerPage: whole.optional(),
    }),
    CreateUser: request({ UserName: text, Path: text.optional(), UserEmail: text.optional() }),
    UpdateUser: request({
        UserName: text,
        NewUserName: text.optional(),
        NewPath: text.optional(),
        NewUserEmail: text.optional(),
    }),
    DeleteUser: request({ UserName: text }),
    ReadVms: request({
        Filters: vmFilters,
        NextPageToken: text.optional(),
        ResultsPerPage: whole.optional(),
    }),
} as const;

export type CallName = keyof typeof requests;
export type RequestOf<Call extends CallName> = z.infer<(typeof requests)[Call]>;

export function isCall(name: string): name is CallName {
    return Object.hasOwn(requests, name);
}

/** The refusal for the first thing wrong with a request. */
export function refusalOf(error: z.ZodError, given: unknown): Refusal {
    const issue = error.issues[0];
    if (issue === undefined) return parameter.malformedBody("The request is malformed.");
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
        return parameter.unknown([path, issue.keys[0] ?? ""].filter((part) => part !== "").join("."));
    }
    if (issue.code !== "invalid_type") return parameter.invalid(path, "it is out of its type's range.");
    if (path === "") return parameter.malformedBody("The body must be a JSON object.");
    const absent =
        issue.path.length === 1 && typeof given === "object" && given !== null && !Object.hasOwn(given, path);
    return absent ? parameter.missing(path) : parameter.wrongType(path, issue.expected);
}
