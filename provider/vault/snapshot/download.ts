/** A snapshot as it comes from the active node: a stream that ends only where the whole answer came. */
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { reasonOf } from "../../https/failure";
import { VaultRefusal, VaultUnreachable } from "../errors";
import type { VaultTarget } from "../client";
import { agentOf } from "../transport";

const CALL = "GET sys/storage/raft/snapshot";

export interface DownloadOptions {
    /** How long the stream may stand still, in ms; a server writes its data out before the first byte. Default: 300000. */
    readonly stallMs?: number;
}

/**
 * Asks for a snapshot. The bytes come as they are wanted, so that a slow reader slows the server and fills no memory.
 * @throws VaultRefusal, VaultUnreachable: also from the stream, where it breaks or stands still
 */
export async function* downloadSnapshot(
    target: VaultTarget,
    token: string,
    { stallMs = 300_000 }: DownloadOptions = {},
): AsyncGenerator<Uint8Array> {
    const { host } = new URL(target.address);
    const agent = agentOf({ ...target, keepAlive: false });
    const silence = (error: unknown): VaultUnreachable =>
        new VaultUnreachable({ call: CALL, host, reason: reasonOf(codeOf(error)), maySent: true });
    try {
        const answer = await answerTo(target, token, agent, stallMs).catch((error: unknown) => {
            throw silence(error);
        });
        // A redirect is no snapshot either, and its body no reason worth reading.
        if (answer.statusCode !== 200) {
            answer.destroy();
            throw new VaultRefusal(CALL, answer.statusCode ?? 0, []);
        }
        try {
            for await (const chunk of answer) yield chunk as Buffer;
        } catch (error) {
            throw silence(error);
        }
        if (!answer.complete) throw silence(Object.assign(new Error("cut short"), { code: "ECONNRESET" }));
    } finally {
        agent.destroy();
    }
}

function answerTo(
    target: VaultTarget,
    token: string,
    agent: ReturnType<typeof agentOf>,
    stallMs: number,
): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
        const outgoing = request(new URL("/v1/sys/storage/raft/snapshot", target.address), {
            agent,
            headers: { "X-Vault-Token": token, "X-Vault-Request": "true" },
        });
        outgoing.setTimeout(stallMs, () => {
            outgoing.destroy(Object.assign(new Error("stood still"), { code: "ETIMEDOUT" }));
        });
        outgoing.on("error", reject);
        outgoing.on("response", resolve);
        outgoing.end();
    });
}

/** The platform's code of an error, where it has one. */
export function codeOf(error: unknown): string | undefined {
    return error instanceof Error && "code" in error && typeof error.code === "string"
        ? error.code
        : undefined;
}
