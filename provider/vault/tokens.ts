/** Tokens of administrators who are administrators no more: found by the role they signed in under, and ended. */
import { z } from "zod";
import { nothing } from "./client";
import type { Session } from "./session";

const keysSchema = z.object({ data: z.object({ keys: z.array(z.string()) }).optional() });
const selfSchema = z.object({ data: z.object({ accessor: z.string() }) });
const lookupSchema = z.object({
    data: z.object({ path: z.string(), meta: z.record(z.string(), z.string()).nullish() }).optional(),
});

/** A token that has ended since it was listed. */
const GONE = [400, 403, 404];

/**
 * Ends every token that was signed in for under one of the roles of the auth method `cert`, and with it the tokens that
 * it made; only the session's own goes on, which ends with the session. Without this they work for up to an hour more.
 * What such a token made without a parent (`no_parent`), or changed, stays: nothing tells whose it was.
 *
 * The server lists tokens by their accessors alone, so each is looked up: one call a token of the whole cluster.
 */
export async function endTokensOf({ server, token }: Session, roles: readonly string[]): Promise<void> {
    if (roles.length === 0) return;
    const own = (await server.call("GET", "auth/token/lookup-self", selfSchema, { token })).data.data
        .accessor;
    const listed = await server.call("GET", "auth/token/accessors?list=true", keysSchema, {
        token,
        accept: [404],
    });
    for (const accessor of listed.data.data?.keys ?? []) {
        if (accessor === own) continue;
        const asked = { token, body: { accessor }, accept: GONE };
        const { data } = await server.call("POST", "auth/token/lookup-accessor", lookupSchema, asked);
        const role = data.data?.meta?.cert_name;
        if (data.data?.path !== "auth/cert/login" || role === undefined || !roles.includes(role)) continue;
        await server.call("POST", "auth/token/revoke-accessor", nothing, asked);
    }
}
