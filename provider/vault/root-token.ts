/** The root token: whether one works, and its end, which is seen and not presumed. */
import { z } from "zod";
import { PortcullisError } from "../errors";
import { nothing, type VaultServer } from "./client";
import { VaultRefusal } from "./errors";
import { SETTLING_MS, type Session } from "./session";

const lookupSchema = z.object({
    data: z.object({ accessor: z.string(), policies: z.array(z.string()) }),
});

export interface RootSession extends Session {
    /** Names the token without being it. */
    readonly accessor: string;
}

/**
 * The session of a root token; nothing where the server does not know it.
 * @param settlingMs how long a refusal may still be that of a node that has not heard of it
 */
export async function rootSession(
    server: VaultServer,
    token: string,
    settlingMs = 0,
): Promise<RootSession | undefined> {
    try {
        const { data } = await server.call("GET", "auth/token/lookup-self", lookupSchema, {
            token,
            ...(settlingMs > 0 ? { soonOver: [403], patienceMs: settlingMs } : {}),
        });
        return data.data.policies.includes("root")
            ? { server, token, accessor: data.data.accessor }
            : undefined;
    } catch (error) {
        if (error instanceof VaultRefusal && error.status === 403) return undefined;
        throw error;
    }
}

/** Revokes a root token that is at hand, and sees that it opens nothing any more. */
export async function revokeRoot({ server, token }: Session): Promise<void> {
    // A second call, after an answer that was lost, is refused: then it is done.
    await server.call("POST", "auth/token/revoke-self", nothing, { token, accept: [403] });
    await untilGone(async () => (await rootSession(server, token)) === undefined);
}

/** Revokes a root token that was lost with the run that had it, by its accessor. */
export async function revokeByAccessor({ server, token }: Session, accessor: string): Promise<void> {
    const body = { accessor };
    const gone = [400, 403, 404];
    await server.call("POST", "auth/token/revoke-accessor", nothing, { token, body, accept: gone });
    await untilGone(async () => {
        const { status } = await server.call("POST", "auth/token/lookup-accessor", nothing, {
            token,
            body,
            accept: gone,
        });
        return gone.includes(status);
    });
}

async function untilGone(isGone: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + SETTLING_MS;
    while (!(await isGone())) {
        if (Date.now() > end) {
            throw new PortcullisError({
                code: "ProofFailed",
                problem: "The root token still works after it was revoked.",
                remedy: "Run again; where that does not help, an administrator finds it with `bao list auth/token/accessors`, and ends it with `bao token revoke -accessor`.",
            });
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
}
