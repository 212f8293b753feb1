/** Reads all of a live account that decides about access; nothing on it is changed. */
import { PortcullisError } from "../../errors";
import { OutscaleError, type Calls, type OutscaleApi } from "../api/client";
import type { OutscaleSettings } from "../settings";
import type { AccountPicture } from "./explain";
import type { OwnedKey } from "./keys";

type User = Calls["ReadUsers"]["response"]["Users"][number];

/** How many calls are made at once, so that an account with many users is not throttled. */
const AT_ONCE = 8;

/**
 * The account's rules, authorities, policy, and the keys of the root user and of every EIM user. Keys and policy are
 * left out, with a note, where the caller may not read them.
 * @throws OutscaleError where rules or authorities cannot be read, and whatever else a call throws
 */
export async function readAccount(
    api: OutscaleApi,
    { endpoint, region, accessKey }: Pick<OutscaleSettings, "endpoint" | "region" | "accessKey">,
): Promise<AccountPicture> {
    const [{ ApiAccessRules: rules }, { Cas: cas }] = await Promise.all([
        api.call("ReadApiAccessRules", {}),
        api.call("ReadCas", {}),
    ]);
    const policy = await ifPermitted("The API access policy", async () => {
        const { ApiAccessPolicy } = await api.call("ReadApiAccessPolicy", {});
        return { value: ApiAccessPolicy, notes: [] };
    });
    const keys = await ifPermitted("The access keys", () => readKeys(api));
    return {
        source: { kind: "account", endpoint, region },
        rules,
        cas,
        policy: policy.value,
        keys: keys.value,
        callingKey: accessKey,
        notes: [...policy.notes, ...keys.notes],
    };
}

interface Part<T> {
    readonly value: T;
    readonly notes: readonly string[];
}

/** What EIM policies keep from the caller (codes 5 and 7) is a gap in the report; anything else ends it. */
async function ifPermitted<T>(what: string, read: () => Promise<Part<T>>): Promise<Part<T | undefined>> {
    try {
        return await read();
    } catch (error) {
        if (!(error instanceof OutscaleError) || !["5", "7"].includes(error.apiCode ?? "")) throw error;
        return { value: undefined, notes: [`${what} could not be read: ${error.message}`] };
    }
}

async function readKeys(api: OutscaleApi): Promise<Part<readonly OwnedKey[]>> {
    const users = await readUsers(api);
    // Without a name, these are the caller's own.
    const { AccessKeys: own } = await api.call("ReadAccessKeys", {});
    const theirs: OwnedKey[] = [];
    for (let start = 0; start < users.length; start += AT_ONCE) {
        const some = users.slice(start, start + AT_ONCE);
        const read = some.map(async ({ UserName: userName }) => {
            const { AccessKeys } = await api.call("ReadAccessKeys", { UserName: userName });
            return AccessKeys.map((key) => ({ ...key, userName }));
        });
        theirs.push(...(await Promise.all(read)).flat());
    }
    const caller = theirs.find((key) => own.some(({ AccessKeyId }) => AccessKeyId === key.AccessKeyId));
    if (caller === undefined) return { value: [...own, ...theirs], notes: [] };
    return {
        value: theirs,
        notes: [
            `The root user's access keys are not shown: the caller is the EIM user ${caller.userName ?? ""}. ` +
                "Call with a key of the root user to see them.",
        ],
    };
}

/** All of them; whether the API counts the first item from 0 or 1 is not documented, so pages may overlap by one. */
async function readUsers(api: OutscaleApi): Promise<readonly User[]> {
    const users = new Map<string, User>();
    for (;;) {
        const before = users.size;
        const page = await api.call("ReadUsers", before === 0 ? {} : { FirstItem: before });
        for (const user of page.Users) users.set(user.UserId, user);
        if (!page.HasMoreItems) return [...users.values()];
        if (users.size === before) {
            throw new PortcullisError({
                code: "ServiceError",
                problem: `ReadUsers says that there are more users than ${before}, and gives none of them.`,
                remedy: "Run again; if it lasts, report it to OUTSCALE Support.",
            });
        }
    }
}
