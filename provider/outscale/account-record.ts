/** What an account's keys and policy were before anything of them was changed: kept in state, so that it can be given back. */
import { z } from "zod";
import type { OwnedKey } from "./access-keys";
import type { OutscaleApi } from "./api/client";
import type { Policy } from "./trusted-session";

/** A key as it was found. */
const foundKey = z.object({
    accessKeyId: z.string(),
    userName: z.string().optional(),
    state: z.enum(["ACTIVE", "INACTIVE"]),
    tag: z.string().optional(),
    expirationDate: z.string().optional(),
    creationDate: z.string().optional(),
});

const foundPolicy = z.object({ maxAccessKeyExpirationSeconds: z.number(), requireTrustedEnv: z.boolean() });

/** The form of a record in state. */
export const accountRecord = z.object({ keys: z.array(foundKey), policy: foundPolicy });

/** Every key of root and of every EIM user, without their secrets, and the policy. */
export interface AccountRecord {
    readonly keys: readonly OwnedKey[];
    readonly policy: Policy;
}

export async function readPolicy(
    api: OutscaleApi,
    options: { readonly maxAgeMs?: number } = {},
): Promise<Policy> {
    const { ApiAccessPolicy } = await api.call("ReadApiAccessPolicy", {}, options);
    const { MaxAccessKeyExpirationSeconds, RequireTrustedEnv } = ApiAccessPolicy;
    return {
        maxAccessKeyExpirationSeconds: MaxAccessKeyExpirationSeconds,
        requireTrustedEnv: RequireTrustedEnv,
    };
}
