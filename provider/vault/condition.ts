/** In what condition a cluster is, told from what one of its nodes answers. */
import { z } from "zod";
import { PortcullisError } from "../errors";
import { VaultRefusal, VaultUnreachable } from "./errors";
import type { VaultServer } from "./client";

/**
 * - `ready`: initialised and unsealed, and the active node, or a standby at which an administrator signed in.
 * - `unseen`: a standby at which nobody signed in, for no certificate is at hand: a node that was removed looks the same.
 * - `uninitialised`: the node has no data: it has not joined the cluster yet, or the cluster's data is lost.
 * - `sealed`: the node cannot use the key of its seal, or is just starting.
 * - `leaderless`: the node answers, and knows no active node: the quorum is lost, or it is cut off from the others.
 * - `removed`: the node is no member of the cluster's Raft configuration any more, whatever its health answers.
 * - `shut`: the administrator whose certificate is at hand cannot sign in.
 */
export type Condition = "ready" | "unseen" | "uninitialised" | "sealed" | "leaderless" | "removed" | "shut";

/** The conditions in which nothing is known to be amiss. */
export type FineCondition = "ready" | "unseen";

export function isFine(condition: Condition): condition is FineCondition {
    return condition === "ready" || condition === "unseen";
}

/** What one node was seen to answer. */
export interface Observation {
    readonly initialized: boolean;
    readonly sealed: boolean;
    readonly standby: boolean;
    /** What newer Vault says of itself; OpenBao and older Vault never do. */
    readonly removedFromCluster: boolean;
    /** How an administrator's login went; `unanswered` where no node could carry it out. */
    readonly signIn: "done" | "refused" | "unanswered" | "untried";
    /** Whether the node knows an active node, where nobody signed in; a removed one goes on to name the last. */
    readonly leader?: boolean | undefined;
    /**
     * Whether what was written through this node, the login, came back to it; absent where nothing was. A node that was
     * removed goes on as a standby and even passes calls on, but the log does not reach it any more.
     */
    readonly follows?: boolean | undefined;
}

export function conditionOf(seen: Observation): Condition {
    if (seen.removedFromCluster) return "removed";
    if (!seen.initialized) return "uninitialised";
    if (seen.sealed) return "sealed";
    if (seen.signIn === "unanswered" || seen.leader === false) return "leaderless";
    if (seen.signIn === "refused") return "shut";
    if (seen.standby && seen.follows === false) return "removed";
    if (seen.standby && seen.signIn === "untried") return "unseen";
    return "ready";
}

/**
 * What the holders of the shares do to let administrators in again. OpenBao since 2.5.3 refuses it at every listener that
 * does not allow it, and its command since 2.6 asks for a token first.
 */
export const MAKE_ROOT =
    "make a root token (of OpenBao by its API: `curl --unix-socket /var/lib/openbao/recovery.sock -X PUT http://localhost/v1/sys/generate-root/attempt` as root on a node of VaultCluster, elsewhere at a listener with `disable_unauthed_generate_root_endpoints = false`, then each share to `sys/generate-root/update`; of Vault by `vault operator generate-root`), set PORTCULLIS_VAULT_RECOVERY_TOKEN to it";

/** The error of a call that this condition does not allow; nothing was changed. */
export function refusalFor(condition: Exclude<Condition, FineCondition>, address: string): PortcullisError {
    const { problem, remedy } = words(condition);
    return new PortcullisError({
        code: condition === "shut" ? "Lockout" : "ServiceError",
        property: "address",
        problem: `The node that answers at ${address} ${problem} Nothing was changed.`,
        remedy,
    });
}

function words(condition: Exclude<Condition, FineCondition>): {
    readonly problem: string;
    readonly remedy: string;
} {
    switch (condition) {
        case "uninitialised":
            return {
                problem: "is not initialised, while this stack has initialised its cluster.",
                remedy: "Where the node is new, wait until it has joined, and run `pulumi refresh`. Where the cluster's data is lost, `pulumi up --replace` with this resource's URN initialises it anew, for a snapshot to be restored into it.",
            };
        case "sealed":
            return {
                problem: "is sealed.",
                remedy: "See in its log why the key of its seal cannot be used: KMS, the network to it, the node's rights or the key's state. It unseals by itself once it can; run again then.",
            };
        case "leaderless":
            return {
                problem:
                    "knows no active node: the cluster has lost its quorum, or the node is cut off from it.",
                remedy: "Ask another node (`sys/leader`). Bring back nodes until most of the voters live, or replace this one where the others have a leader. Run again then.",
            };
        case "removed":
            return {
                problem:
                    "was removed from the cluster, though its health answers as that of a standby: what is written does not reach it any more, and what it shows is old.",
                remedy: "Replace the node: it can only join again with empty storage. The load balancer must not lead to it.",
            };
        case "shut":
            return {
                problem: "does not let the administrator sign in whose certificate VAULT_CLIENT_CERT names.",
                remedy: `Use a certificate that the last deployment declared. Where none of them works, have the holders of the recovery shares ${MAKE_ROOT}, and run again: the administrators are written anew, and the token is revoked.`,
            };
    }
}

const sealStatusSchema = z.object({
    initialized: z.boolean(),
    sealed: z.boolean(),
    recovery_seal: z.boolean().default(false),
    cluster_name: z.string().optional(),
    cluster_id: z.string().optional(),
    removed_from_cluster: z.boolean().default(false),
});
export type SealStatus = z.output<typeof sealStatusSchema>;

/** What `sys/seal-status` answers; nobody has to sign in for it. */
export async function sealStatusOf(server: VaultServer, fresh = false): Promise<SealStatus> {
    return (await server.call("GET", "sys/seal-status", sealStatusSchema, { fresh })).data;
}

const healthSchema = z.object({
    standby: z.boolean().default(false),
    removed_from_cluster: z.boolean().default(false),
});
/** Each says something of the node, and none is an error of the call. */
const HEALTH = [429, 472, 473, 474, 501, 503, 530];

/** What `sys/health` answers. */
export async function healthOf(server: VaultServer): Promise<{
    readonly standby: boolean;
    readonly removedFromCluster: boolean;
}> {
    const { status, data } = await server.call("GET", "sys/health", healthSchema, { accept: HEALTH });
    return { standby: data.standby, removedFromCluster: data.removed_from_cluster || status === 530 };
}

const leaderSchema = z.object({
    leader_address: z.string().default(""),
    raft_applied_index: z.number().optional(),
});

/** Whether the node knows an active node; nobody has to sign in for it. */
export async function knowsLeader(server: VaultServer): Promise<boolean> {
    return (await server.call("GET", "sys/leader", leaderSchema)).data.leader_address !== "";
}

/** How far into the log the node is; nobody has to sign in for it. Absent where it does not say. */
export async function appliedIndexOf(server: VaultServer): Promise<number | undefined> {
    return (await server.call("GET", "sys/leader", leaderSchema)).data.raft_applied_index;
}

/** How long a node that lives may take to apply what was written, in ms: an election passes. */
const APPLYING_MS = 8_000;

/** Whether the node gets beyond this place in the log, after something was written through it. */
export async function followsBeyond(server: VaultServer, before: number | undefined): Promise<boolean> {
    const end = Date.now() + APPLYING_MS;
    for (;;) {
        const now = await appliedIndexOf(server);
        if (now === undefined || before === undefined || now > before) return true;
        if (Date.now() > end) return false;
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

/** Whether a login failed because no node could carry it out, and not because of who asked. */
export function isUnanswered(error: unknown): boolean {
    if (error instanceof VaultRefusal) return error.status === 307 || error.status >= 472;
    return error instanceof VaultUnreachable;
}
