/** Drills a snapshot: restored into a node of its own, signed in to, and compared with what its manifest says. */
import { z } from "zod";
import { openServer, type VaultServer } from "../../client";
import { VaultRefusal } from "../../errors";
import { connectActive } from "../active-node";
import { readCanary } from "../canary";
import { differencesFrom, readInventory, type Inventory } from "../inventory";
import { logIn, type Login } from "../login";
import { inventoryOf, type Manifest } from "../manifest";
import { SnapshotRefused } from "../refuse";
import { giveVerified, type RestoreEvent, type RestoreOptions } from "../restore";
import type { SnapshotStore } from "../store";
import { verifySnapshot, type Verified } from "../verify";
import { withNode, type DrillNode, type NodeOptions } from "./node";
import { refuseReach } from "./reach";

export interface DrillOptions {
    readonly store: SnapshotStore;
    readonly found: Verified;
    /** Works in the snapshot's own data, from 127.0.0.1. */
    readonly login: Login;
    readonly node: NodeOptions;
    /** Whether the user says that the node reaches nothing but S3, STS and KMS. */
    readonly isolated: boolean;
    readonly report: (event: DrillEvent) => void;
    /** Ends the drill early. */
    readonly signal?: AbortSignal;
    readonly parts?: RestoreOptions["parts"];
}

/** What happens on the way, for whoever watches. */
export type DrillEvent =
    | Exclude<RestoreEvent, { readonly event: "active-node" }>
    | { readonly event: "starting"; readonly program: string }
    | { readonly event: "started"; readonly address: string }
    | { readonly event: "answering"; readonly restoredMs: number };

/** A snapshot that passed: how much of it was compared, and found to be the same. */
export interface Drilled {
    /** From the moment it was sent until the node answered with its data. */
    readonly restoredMs: number;
    /** What the restored server has; undefined where the manifest does not say what it must have. */
    readonly inventory: Inventory | undefined;
}

/**
 * Drills one snapshot. Nothing is started before it was read whole and is what its manifest says, and whatever happens
 * then, the node is gone at the end, with its folder.
 * @throws SnapshotRefused where the snapshot fails, StoreFailed, VaultRefusal, VaultUnreachable; PortcullisError
 * `InvalidConfiguration` where the program or the folder cannot be used
 */
export async function drillSnapshot(options: DrillOptions): Promise<Drilled> {
    const { store, found, isolated, report, node, signal } = options;
    const stopped = whenStopped(signal);
    refuseReach(inventoryOf(found.manifest), isolated);
    let bytes = 0;
    const verified = verifySnapshot(store, found, (chunk) => {
        report({ event: "reading", bytes: (bytes += chunk.length), of: found.manifest.size });
    });
    const { sha256 } = await Promise.race([verified, stopped]);
    report({ event: "whole", sha256 });
    report({ event: "starting", program: node.program });
    return withNode(node, (running) => drillAt(running, options), stopped);
}

async function drillAt(node: DrillNode, options: DrillOptions): Promise<Drilled> {
    const { found, login, report, parts } = options;
    report({ event: "started", address: node.target.address });
    const token = await initialise(node);
    const started = performance.now();
    await giveVerified(node.target, {
        ...{ token, parts: parts ?? {}, store: options.store, found },
        report: (event) => {
            if (event.event !== "active-node") report(event);
        },
    });
    const restoredMs = Math.round(performance.now() - started);
    report({ event: "answering", restoredMs });
    const active = await connectActive(node.target, parts);
    try {
        const index = await active.index();
        if (index < found.manifest.index) throw failed([`its last entry is ${index}`], found.manifest);
        const own = await signIn(active.server, login);
        const inventory = await compare(active.server, own, found.manifest);
        return { restoredMs, inventory };
    } finally {
        active.close();
    }
}

const initSchema = z.object({ root_token: z.string().min(1) });
const healthSchema = z.object({ sealed: z.boolean() });

/** Makes a cluster of this node, for only such takes a snapshot; its token and its one recovery share are kept nowhere. */
async function initialise({ target, lastWords }: DrillNode): Promise<string> {
    const server = openServer(target, undefined, { timeoutMs: 60_000 });
    try {
        const body = { recovery_shares: 1, recovery_threshold: 1 };
        const { data } = await server.call("POST", "sys/init", initSchema, { body, once: true });
        const end = Date.now() + 60_000;
        for (;;) {
            const { status } = await server.call("GET", "sys/health", healthSchema, {
                accept: [429, 472, 473, 501, 503],
            });
            if (status === 200) return data.root_token;
            if (Date.now() > end) {
                throw new SnapshotRefused(
                    `The server that was started does not open by itself. It says: ${lastWords()}`,
                    "See whether the seal of --seal-file is the cluster's own, and the rights to its key.",
                );
            }
            await new Promise((resolve) => setTimeout(resolve, 200));
        }
    } finally {
        server.close();
    }
}

async function signIn(server: VaultServer, login: Login): Promise<string> {
    try {
        return await logIn(server, login);
    } catch (error) {
        if (!(error instanceof VaultRefusal)) throw error;
        throw new SnapshotRefused(
            `The restored server does not let the drill sign in. ${error.problem}`,
            "See whether the AppRole and its secret id were there, and bound to 127.0.0.1 alone, when the snapshot was taken: secret ids that are newer are not in it, and neither are those that it holds as expired.",
            error,
        );
    }
}

/** Compares the canary and, where the manifest says what there was, all of that. */
async function compare(
    server: VaultServer,
    token: string,
    manifest: Manifest,
): Promise<Inventory | undefined> {
    const canary = await readCanary(server, token, manifest.canary.mount);
    if (canary?.nonce !== manifest.canary.nonce) {
        throw failed([canary === undefined ? "there is no canary" : "its canary is another"], manifest);
    }
    const wanted = inventoryOf(manifest);
    if (wanted === undefined) return undefined;
    const inventory = await readInventory(server, token);
    const differences = differencesFrom(wanted, inventory);
    if (differences.length > 0) throw failed(differences, manifest);
    return inventory;
}

/** How many differences are named. */
const NAMED = 20;

function failed(differences: readonly string[], { id }: Manifest): SnapshotRefused {
    const more = differences.length > NAMED ? `; and ${differences.length - NAMED} more` : "";
    return new SnapshotRefused(
        `The server restored from ${id} is not what the snapshot's manifest says: ${differences.slice(0, NAMED).join("; ")}${more}.`,
        "Save a new snapshot and drill it. Where that fails too, do not rely on these snapshots: compare the production server with what is named here.",
    );
}

/** Rejects once the drill is to end early; never resolves. */
function whenStopped(signal: AbortSignal | undefined): Promise<never> {
    const stopped = new Promise<never>((_, reject) => {
        const stop = (): void => {
            reject(
                new SnapshotRefused(
                    "The drill was told to end before it was done, and says nothing of the snapshot.",
                    "Run it again, with more time where a deadline ended it.",
                ),
            );
        };
        if (signal?.aborted === true) stop();
        signal?.addEventListener("abort", stop, { once: true });
    });
    stopped.catch(() => undefined);
    return stopped;
}
