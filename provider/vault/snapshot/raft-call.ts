/** The call by which the active node gives a snapshot and takes one: streamed, and given up where it stands still. */
import type { ClientRequest } from "node:http";
import { request } from "node:https";
import { reasonOf } from "../../https/failure";
import { systemCodeOf } from "../../system-code";
import type { VaultTarget } from "../client";
import { VaultUnreachable } from "../errors";
import { agentOf } from "../transport";

const PATH = "sys/storage/raft/snapshot";

export interface RaftCall {
    /** As errors name it, as "GET sys/storage/raft/snapshot". */
    readonly name: string;
    /** Not ended yet. */
    readonly outgoing: ClientRequest;
    /** The error of a call that got no whole answer. */
    readonly silence: (error: unknown) => VaultUnreachable;
    /** Ends its connection. */
    readonly close: () => void;
}

export interface RaftCallOptions {
    readonly method: "GET" | "POST";
    readonly headers?: Readonly<Record<string, string | number>>;
    /** How long nothing may move, in ms. */
    readonly stallMs: number;
}

export function raftCall(
    target: VaultTarget,
    token: string,
    { method, headers, stallMs }: RaftCallOptions,
): RaftCall {
    const name = `${method} ${PATH}`;
    const { host } = new URL(target.address);
    const agent = agentOf({ ...target, keepAlive: false });
    const outgoing = request(new URL(`/v1/${PATH}`, target.address), {
        method,
        agent,
        headers: { "X-Vault-Token": token, "X-Vault-Request": "true", ...headers },
    });
    outgoing.setTimeout(stallMs, () => {
        outgoing.destroy(Object.assign(new Error("stood still"), { code: "ETIMEDOUT" }));
    });
    return {
        name,
        outgoing,
        silence: (error) =>
            new VaultUnreachable({ call: name, host, reason: reasonOf(systemCodeOf(error)), maySent: true }),
        close: () => {
            outgoing.destroy();
            agent.destroy();
        },
    };
}
