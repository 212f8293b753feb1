/** A snapshot as it comes from the active node: a stream that ends only where the whole answer came. */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { VaultTarget } from "../client";
import { VaultRefusal } from "../errors";
import { raftCall } from "./raft-call";

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
    const { name, outgoing, silence, close } = raftCall(target, token, { method: "GET", stallMs });
    try {
        const answer = await answerTo(outgoing).catch((error: unknown) => {
            throw silence(error);
        });
        // A redirect is no snapshot either, and its body no reason worth reading.
        if (answer.statusCode !== 200) {
            answer.destroy();
            throw new VaultRefusal(name, answer.statusCode ?? 0, []);
        }
        try {
            for await (const chunk of answer) yield chunk as Buffer;
        } catch (error) {
            throw silence(error);
        }
        if (!answer.complete) throw silence(Object.assign(new Error("cut short"), { code: "ECONNRESET" }));
    } finally {
        close();
    }
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
        outgoing.on("error", reject);
        outgoing.on("response", resolve);
        outgoing.end();
    });
}
