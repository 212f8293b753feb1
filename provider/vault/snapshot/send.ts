/** Gives a snapshot to the active node, as fast as it takes it, and never by force. */
import type { ClientRequest, IncomingMessage } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { wordsOf, type VaultTarget } from "../client";
import { VaultRefusal, type VaultUnreachable } from "../errors";
import { raftCall } from "./raft-call";
import { SnapshotRefused } from "./refuse";

/** How long the server's word to go on is waited for: what stands between may swallow it. */
const INVITATION_MS = 2_000;

export interface SendOptions {
    /** How long the server may be silent, in ms: it looks through the whole archive before it answers. Default: 300000. */
    readonly stallMs?: number;
}

/**
 * Sends an archive, and resolves once the server has taken it. Where its bytes end early or `chunks` throws, the server
 * gets no whole request, and changes nothing.
 * @param size bytes of the archive
 * @throws SnapshotRefused where the server has another seal, or may have taken it without an answer; VaultRefusal,
 * VaultUnreachable, and whatever `chunks` throws
 */
export async function sendSnapshot(
    target: VaultTarget,
    token: string,
    { chunks, size }: { readonly chunks: AsyncIterable<Uint8Array>; readonly size: number },
    { stallMs = 300_000 }: SendOptions = {},
): Promise<void> {
    const { name, outgoing, silence, close } = raftCall(target, token, {
        method: "POST",
        headers: {
            "Content-Type": "application/gzip",
            "Content-Length": size,
            // Whoever may not restore is refused before the archive is sent: a refusal amid it could be lost with the connection.
            Expect: "100-continue",
        },
        stallMs,
    });
    const state = { over: false };
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on("response", resolve).on("error", reject);
    }).finally(() => {
        state.over = true;
        outgoing.emit("over");
    });
    // It is waited for below; until then an early end is no unhandled one.
    answered.catch(() => undefined);
    let sent = 0;
    try {
        await until(outgoing, "continue", state, INVITATION_MS);
        for await (const chunk of chunks) {
            if (state.over) break;
            sent += chunk.length;
            if (!outgoing.write(chunk)) await until(outgoing, "drain", state);
        }
        if (!state.over) outgoing.end();
        const answer = await answered.catch((error: unknown) => {
            throw unanswered(silence(error), sent === size);
        });
        const { statusCode = 0 } = answer;
        // A refusal is short; whatever breaks while it is read takes nothing but its words.
        const words = wordsOf(await textOf(answer).catch(() => ""), [token]);
        if (statusCode < 200 || statusCode > 299) throw refusal(name, statusCode, words);
    } finally {
        close();
    }
}

function refusal(call: string, status: number, words: readonly string[]): Error {
    if (!words.some((text) => /seal key|unseal keys/.test(text)))
        return new VaultRefusal(call, status, words);
    return new SnapshotRefused(
        "The server cannot open this snapshot: its seal has another key than the one under which it was taken. Nothing was changed.",
        "Start a server with the seal key of then. Do not force it: a server that is forced takes data that it cannot open, and seals itself for good.",
        new VaultRefusal(call, status, words),
    );
}

function unanswered(silent: VaultUnreachable, whole: boolean): Error {
    if (!whole || silent.reason === "untrustedServer") return silent;
    return new SnapshotRefused(
        `The whole snapshot was sent, and no answer came: it may be restored. ${silent.problem}`,
        "Look at the server before anything is done again: with a token of the snapshot, whether the canary has the nonce of the manifest.",
        silent,
    );
}

/** Until this happens to the request, or it is over, however; or the time has passed, where one is given. */
function until(
    outgoing: ClientRequest,
    wanted: "continue" | "drain",
    state: { readonly over: boolean },
    patienceMs?: number,
): Promise<void> {
    return new Promise((resolve) => {
        const events = [wanted, "close", "over"];
        const done = (): void => {
            clearTimeout(timer);
            for (const event of events) outgoing.off(event, done);
            resolve();
        };
        const timer = patienceMs === undefined ? undefined : setTimeout(done, patienceMs);
        for (const event of events) outgoing.on(event, done);
        if (state.over) done();
    });
}
