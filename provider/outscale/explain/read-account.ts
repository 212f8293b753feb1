/** Reads all of a live account that decides about access; nothing on it is changed. */
import { isWithoutRight, visibleKeys, type OwnedKey } from "../access-keys";
import type { OutscaleApi } from "../api/client";
import type { OutscaleSettings } from "../settings";
import type { AccountPicture } from "./explain";

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
        if (!isWithoutRight(error)) throw error;
        return { value: undefined, notes: [`${what} could not be read: ${error.message}`] };
    }
}

async function readKeys(api: OutscaleApi): Promise<Part<readonly OwnedKey[]>> {
    const { keys, caller } = await visibleKeys(api);
    if (caller === undefined) return { value: keys, notes: [] };
    return {
        value: keys,
        notes: [
            `The root user's access keys are not shown: the caller is the EIM user ${caller}. ` +
                "Call with a key of the root user to see them.",
        ],
    };
}
