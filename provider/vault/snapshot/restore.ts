/** Restores a snapshot: read whole first, then given to the server, then seen to be there. */
import { z } from "zod";
import { openServer, type ClientParts, type VaultServer, type VaultTarget } from "../client";
import { VaultRefusal, VaultUnreachable, VaultUnusableAnswer } from "../errors";
import { connectActive } from "./active-node";
import { readCanary, type Canary } from "./canary";
import { canaryPath } from "./canary-path";
import { refuseForeign } from "./foreign";
import { SnapshotRefused } from "./refuse";
import { sendSnapshot, type SendOptions } from "./send";
import type { SnapshotStore } from "./store";
import { unchangedBytes, verifySnapshot, type Verified } from "./verify";

export interface RestoreOptions {
    readonly vault: VaultTarget;
    /** May update `sys/storage/raft/snapshot`. */
    readonly token: string;
    readonly store: SnapshotStore;
    readonly found: Verified;
    readonly report: (event: RestoreEvent) => void;
    readonly parts?: ClientParts & SendOptions & { readonly settleMs?: number };
}

/** What happens on the way, for whoever watches. */
export type RestoreEvent =
    | { readonly event: "active-node"; readonly address: string }
    | { readonly event: "reading"; readonly bytes: number; readonly of: number }
    | { readonly event: "whole"; readonly sha256: string }
    | { readonly event: "restoring"; readonly bytes: number; readonly of: number }
    | { readonly event: "taken" };

export interface Restored {
    readonly address: string;
    /**
     * Whether the canary was read with its nonce. It cannot be where the token is none of the snapshot's: that the server
     * calls itself by the snapshot's cluster id is what was seen then.
     */
    readonly canary: "read" | "not-read";
}

/** How long the server may take until it answers with the snapshot's data, in ms. */
const SETTLE_MS = 300_000;
const PAUSE_MS = 500;
/** How long a server may take to begin with what it has taken, in ms. */
const SAME_CANARY_MS = 5_000;

/**
 * Restores a snapshot at the active node. Nothing is sent before the archive was read whole and is what its manifest
 * says, and what is sent is compared once more: its last bytes go only where it is the same.
 * @throws SnapshotRefused, StoreFailed, VaultRefusal, VaultUnreachable
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<Restored> {
    const { vault, token, store, found, report, parts } = options;
    const of = found.manifest.size;
    await requireUnsealed(vault, parts);
    const node = await connectActive(vault, parts);
    const { target } = node;
    report({ event: "active-node", address: target.address });
    let before: Canary | undefined;
    try {
        await refuseForeign(node.server, token, found.manifest);
        before = await canaryBefore(node.server, token, found.manifest);
    } finally {
        node.close();
    }
    let read = 0;
    const facts = await verifySnapshot(store, found, (chunk) => {
        report({ event: "reading", bytes: (read += chunk.length), of });
    });
    report({ event: "whole", sha256: facts.sha256 });
    return { address: target.address, canary: await giveVerified(target, { ...options, before }) };
}

/**
 * Gives a snapshot that was verified to the active node, and waits until the node answers with its data.
 * @throws SnapshotRefused, StoreFailed, VaultRefusal, VaultUnreachable
 */
export async function giveVerified(target: VaultTarget, options: Settling): Promise<Restored["canary"]> {
    const { token, store, found, report, parts } = options;
    const of = found.manifest.size;
    const chunks = (async function* () {
        let bytes = 0;
        for await (const chunk of unchangedBytes(store, found)) {
            report({ event: "restoring", bytes: (bytes += chunk.length), of });
            yield chunk;
        }
    })();
    await sendSnapshot(target, token, { chunks, size: of }, parts);
    report({ event: "taken" });
    return settled(target, options);
}

/** What is given, and the canary that the server has before it takes it, where it has one. */
type Settling = Omit<RestoreOptions, "vault"> & { readonly before?: Canary | undefined };

/**
 * Whoever may not read the canary would not see either whether the snapshot is there: a server answers before it has
 * taken it in, and calls itself by the same cluster id before and after.
 */
async function canaryBefore(
    server: VaultServer,
    token: string,
    { canary: { mount } }: Verified["manifest"],
): Promise<Canary | undefined> {
    try {
        return await readCanary(server, token, mount);
    } catch (error) {
        if (!(error instanceof VaultRefusal) || error.status !== 403) throw error;
        throw new SnapshotRefused(
            `The token may not read ${canaryPath(mount)}, so that nobody would see whether the snapshot is there. Nothing was sent.`,
            "Restore with a token that may read that path too.",
            error,
        );
    }
}

const healthSchema = z.object({
    initialized: z.boolean(),
    sealed: z.boolean(),
    cluster_id: z.string().default(""),
});
/** What nodes answer that are not active; 501 and 503 are those of nodes that serve nothing. */
const HEALTHS = [429, 472, 473, 501, 503];

async function healthOf(server: VaultServer) {
    return server.call("GET", "sys/health", healthSchema, { accept: HEALTHS, patienceMs: 5_000 });
}

async function requireUnsealed(vault: VaultTarget, parts: ClientParts = {}): Promise<void> {
    const server = openServer(vault, undefined, parts);
    try {
        const { data: health } = await healthOf(server);
        if (!health.initialized) {
            throw new SnapshotRefused(
                "The server is not initialised, and so takes no snapshot. Nothing was sent.",
                "Initialise it under the seal key of the snapshot: its root token restores, and ends by that.",
            );
        }
        if (health.sealed) {
            throw new SnapshotRefused(
                "The server is sealed, and so takes no snapshot. Nothing was sent.",
                "See why: its log names the key of its seal and what keeps it from using it. Run again once it is unsealed.",
            );
        }
    } finally {
        server.close();
    }
}

/** Waits until the server is unsealed and answers with the snapshot's data. */
async function settled(
    target: VaultTarget,
    { token, found: { manifest }, before, parts = {} }: Settling,
): Promise<Restored["canary"]> {
    const begun = Date.now();
    const end = begun + (parts.settleMs ?? SETTLE_MS);
    // The connection of before is of a server that began anew.
    const server = openServer(target, undefined, parts);
    try {
        while (Date.now() < end) {
            const seen = await look(server, token, manifest).catch((error: unknown) => {
                if (error instanceof VaultUnreachable || error instanceof VaultUnusableAnswer)
                    return undefined;
                if (error instanceof VaultRefusal) return undefined;
                throw error;
            });
            // The last snapshot of this very cluster has the canary that the server has as well: then only time tells.
            const isOther = before?.nonce !== manifest.canary.nonce || Date.now() - begun >= SAME_CANARY_MS;
            if (seen !== undefined && isOther) return seen;
            await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
    } finally {
        server.close();
    }
    throw new SnapshotRefused(
        "The server took the snapshot, and does not answer unsealed with its data.",
        "See its log: whether it unseals, and with which key. What it had before is replaced.",
    );
}

async function look(
    server: VaultServer,
    token: string,
    manifest: Verified["manifest"],
): Promise<Restored["canary"] | undefined> {
    const { status, data: health } = await healthOf(server);
    if (status !== 200 || health.sealed || health.cluster_id !== manifest.clusterId) return undefined;
    try {
        const canary = await readCanary(server, token, manifest.canary.mount);
        return canary?.nonce === manifest.canary.nonce ? "read" : undefined;
    } catch (error) {
        // The token could read it before: it is none of the snapshot's.
        if (error instanceof VaultRefusal && error.status === 403) return "not-read";
        throw error;
    }
}
