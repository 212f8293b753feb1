/** A new account: its region, its first key and the rules that it is born with. */
import { ACCESS_KEY, newAccessKey, newId, newSecretKey, SECRET_KEY } from "./formats";
import type { AccountState, ApiAccessRuleRecord } from "./state";

/** The regions of the specification; any other is refused. */
export const REGIONS = [
    "ap-northeast-1",
    "cloudgouv-eu-west-1",
    "eu-west-2",
    "us-east-2",
    "us-west-1",
] as const;

/**
 * The rules of a new account. The documentation has known several:
 * - `with-cockpit`, its older versions: the world, and Cockpit's address;
 * - `world-only`, its newest: one rule for the world;
 * - `none`, said of cloudgouv-eu-west-1: nobody is admitted until a state is restored.
 */
export type DefaultRules = "with-cockpit" | "world-only" | "none";

export interface AccountSeed {
    /** `eu-west-2` unless given. */
    readonly region?: string | undefined;
    /** `with-cockpit` unless given. */
    readonly defaultRules?: DefaultRules | undefined;
    /** The root user's key: 20 capitals and digits, made up unless given. */
    readonly accessKey?: string | undefined;
    /** 40 capitals and digits, made up unless given. */
    readonly secretKey?: string | undefined;
    /** Ids of the machines that ReadVms lists; none unless given. */
    readonly vms?: readonly string[] | undefined;
}

function ruleFor(ipRange: string, description: string): ApiAccessRuleRecord {
    return {
        ApiAccessRuleId: newId("aar"),
        CaIds: [],
        Cns: [],
        IpRanges: [ipRange],
        Description: description,
    };
}

function rulesOf(kind: DefaultRules): ApiAccessRuleRecord[] {
    switch (kind) {
        case "with-cockpit":
            return [
                ruleFor("0.0.0.0/0", "Allows all IPv4 domain"),
                ruleFor("46.231.144.177/32", "Allows Outscale Cockpit of this region"),
            ];
        case "world-only":
            return [ruleFor("0.0.0.0/0", "Default Rule")];
        case "none":
            return [];
    }
}

/** The account at its birth, `now` in milliseconds. Throws where region or keys have not their form. */
export function initialState(seed: AccountSeed, now: number): AccountState {
    const { region = "eu-west-2", accessKey = newAccessKey(), secretKey = newSecretKey() } = seed;
    if (!REGIONS.some((known) => known === region)) {
        throw new Error(`The region '${region}' is unknown. Use one of ${REGIONS.join(", ")}.`);
    }
    if (!ACCESS_KEY.test(accessKey)) throw new Error("An access key takes 20 capitals and digits.");
    if (!SECRET_KEY.test(secretKey)) throw new Error("A secret key takes 40 capitals and digits.");
    return {
        version: 1,
        region,
        rootAccessKey: accessKey,
        rules: rulesOf(seed.defaultRules ?? "with-cockpit"),
        cas: [],
        policy: { MaxAccessKeyExpirationSeconds: 0, RequireTrustedEnv: false },
        keys: [
            {
                AccessKeyId: accessKey,
                SecretKey: secretKey,
                UserName: null,
                State: "ACTIVE",
                Tag: null,
                CreationDate: now,
                LastModificationDate: now,
                ExpirationDate: null,
            },
        ],
        users: [],
        vms: (seed.vms ?? []).map((id) => ({ VmId: id, State: "running" })),
    };
}
