/** Saves one snapshot: canary, index, archive checked while it is uploaded, manifest last. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { PortcullisError } from "../../errors";
import type { ClientParts, VaultServer, VaultTarget } from "../client";
import { nothing } from "../client";
import { VaultRefusal } from "../errors";
import { connectActive, type ActiveNode } from "./active-node";
import { openArchiveCheck, type ArchiveFacts } from "./archive";
import { newNonce, readCanary, writeCanary, type Canary } from "./canary";
import { CANARY_KEY } from "./canary-path";
import { downloadSnapshot, type DownloadOptions } from "./download";
import { readInventory, type Inventory } from "./inventory";
import { logIn, type Login } from "./login";
import { manifestText, type Manifest } from "./manifest";
import { checkPlace, manifestKey, snapshotId, snapshotKey, type SnapshotPlace } from "./names";
import { SnapshotRefused } from "./refuse";
import type { SnapshotStore } from "./store";

export interface SaveOptions {
    readonly vault: VaultTarget;
    readonly login: Login;
    readonly store: SnapshotStore;
    readonly place: SnapshotPlace;
    /** The mount of the canary: KV version 1. */
    readonly canaryMount: string;
    /** Said in the manifest. */
    readonly kmsKeyId?: string | undefined;
    readonly report: (event: SaveEvent) => void;
    readonly parts?: ClientParts & DownloadOptions;
}

/** What happens on the way, for whoever watches. */
export type SaveEvent =
    | { readonly event: "active-node"; readonly address: string }
    | { readonly event: "canary"; readonly index: number }
    | { readonly event: "streaming"; readonly bytes: number }
    | { readonly event: "checked"; readonly size: number; readonly index: number; readonly sha256: string }
    | { readonly event: "warning"; readonly text: string };

export interface Saved {
    readonly key: string;
    readonly manifest: Manifest;
}

/** Tokens last longer than this, in ms. */
const SHORT_TRANSFER_MS = 60_000;

const healthSchema = z.object({ version: z.string(), cluster_id: z.string() });

/**
 * Saves a snapshot of the active node. Where it rejects, no upload was completed or the snapshot has no manifest, and
 * nothing counts as good; nothing is ever deleted.
 * @throws SnapshotRefused, StoreFailed, VaultRefusal, VaultUnreachable
 */
export async function saveSnapshot(options: SaveOptions): Promise<Saved> {
    checkPlace(options.place);
    const node = await connectActive(options.vault, options.parts);
    try {
        options.report({ event: "active-node", address: node.target.address });
        const tokens: string[] = [];
        const signIn = async (): Promise<string> => {
            const token = await logIn(node.server, options.login);
            tokens.push(token);
            return token;
        };
        try {
            return await saveFrom(node, signIn, options);
        } finally {
            for (const token of tokens) await signOut(node.server, token);
        }
    } finally {
        node.close();
    }
}

async function saveFrom(
    node: ActiveNode,
    signIn: () => Promise<string>,
    options: SaveOptions,
): Promise<Saved> {
    const first = await signIn();
    let token = first;
    const { place, store, canaryMount, report, kmsKeyId } = options;
    // It answers 200 only where it is active, and that it is was seen.
    const { data: health } = await node.server.call("GET", "sys/health", healthSchema, { accept: [429] });
    const inventory = await inventoryFor(node.server, token, report);
    const before = await readCanary(node.server, token, canaryMount);
    const startedAt = new Date();
    const canary: Canary = {
        nonce: newNonce(),
        writtenAt: startedAt.toISOString(),
        lastGood: before?.lastGood,
    };
    await writeCanary(node.server, token, canaryMount, canary);
    const written = await node.index();
    report({ event: "canary", index: written });

    const id = snapshotId(startedAt, written);
    const key = snapshotKey(place, id);
    const facts = await transfer(node, token, key, options, (found) => {
        refuseStale(found.index, written, before?.lastGood?.index ?? 0);
    });
    if (Date.now() - startedAt.getTime() > SHORT_TRANSFER_MS) {
        // The first token may have ended meanwhile; so may what one signs in by, and then the first one has to do.
        token = await signIn().catch(() => first);
    }
    // Where it could not be listed before, once is warning enough.
    const inventoryAfter = inventory && (await inventoryFor(node.server, token, report));
    const manifest: Manifest = {
        ...{ version: 1, id, cluster: place.cluster },
        ...{ clusterId: health.cluster_id, serverVersion: health.version },
        ...{ size: facts.size, sha256: facts.sha256, index: facts.index, term: facts.term },
        savedAt: startedAt.toISOString(),
        canary: { mount: canaryMount, key: CANARY_KEY, nonce: canary.nonce },
        ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
        ...recorded(inventory, inventoryAfter),
    };
    await store.put(manifestKey(place, id), manifestText(manifest));
    const lastGood = { index: facts.index, at: manifest.savedAt };
    await writeCanary(node.server, token, canaryMount, { ...canary, lastGood }).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : "unknown";
        report({
            event: "warning",
            text: `The snapshot is good, but Vault's canary does not say so: the next one is compared with an older index. ${why}`,
        });
    });
    return { key, manifest };
}

/** What the server has; undefined, with a warning, where that cannot be listed: a save is worth more than its drill. */
async function inventoryFor(
    server: VaultServer,
    token: string,
    report: SaveOptions["report"],
): Promise<Inventory | undefined> {
    try {
        return await readInventory(server, token);
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        const isForbidden = error instanceof VaultRefusal && error.status === 403;
        const remedy = isForbidden ? " Give the role the policy that VaultPki writes." : "";
        report({
            event: "warning",
            text: `The manifest does not record what mounts, policies and issuers there are: a drill compares the canary alone, and wants --isolated.${remedy} ${error.message}`,
        });
        return undefined;
    }
}

/** What could be read twice alike is recorded once; what could be read once alone says nothing of what changed. */
function recorded(
    before: Inventory | undefined,
    after: Inventory | undefined,
): Pick<Manifest, "inventory" | "inventoryAfter"> {
    if (before === undefined || after === undefined) return {};
    return { inventory: before, ...(isDeepStrictEqual(before, after) ? {} : { inventoryAfter: after }) };
}

/**
 * Streams the archive into the bucket, and completes the upload only once the archive is whole and `judge` has not
 * refused it.
 */
async function transfer(
    node: ActiveNode,
    token: string,
    key: string,
    { store, report, parts }: SaveOptions,
    judge: (facts: ArchiveFacts) => void,
): Promise<ArchiveFacts> {
    const upload = store.upload(key);
    const check = openArchiveCheck();
    try {
        let bytes = 0;
        for await (const chunk of downloadSnapshot(node.target, token, parts)) {
            await check.write(chunk);
            await upload.write(chunk);
            report({ event: "streaming", bytes: (bytes += chunk.length) });
        }
        const facts = await check.end();
        judge(facts);
        report({ event: "checked", size: facts.size, index: facts.index, sha256: facts.sha256 });
        await upload.complete();
        return facts;
    } catch (error) {
        check.stop();
        const left = await upload.abort();
        if (left !== undefined) {
            report({
                event: "warning",
                text: `Parts of the upload that was given up are still in the bucket, where they are no object: a lifecycle rule for incomplete uploads removes them. ${left}`,
            });
        }
        throw error;
    }
}

/**
 * Refuses the copy of a node that lags, and a copy from before.
 * @param written the active node's index once the canary was written
 * @param lastGood the index of the last good snapshot, 0 where there was none
 */
export function refuseStale(index: number, written: number, lastGood: number): void {
    const remedy = "Look at what stands between here and the active node, and run again.";
    if (index < written) {
        throw new SnapshotRefused(
            `The snapshot ends with entry ${index}, and the active node had ${written} before it was asked for: it is the copy of a node that lags, or an old one.`,
            remedy,
        );
    }
    if (index < lastGood) {
        throw new SnapshotRefused(
            `The snapshot ends with entry ${index}, and the last good one with ${lastGood}: the index went back.`,
            remedy,
        );
    }
}

/** The token would end by itself soon: that it cannot be revoked spoils nothing. */
async function signOut(server: VaultServer, token: string): Promise<void> {
    await server
        .call("POST", "auth/token/revoke-self", nothing, { token, accept: [403], patienceMs: 2_000 })
        .catch(() => undefined);
}
