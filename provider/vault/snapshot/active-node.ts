/** The active node of a cluster: found from any node's answer, and connected to under the name that was given. */
import { isIP } from "node:net";
import { z } from "zod";
import { openServer, type ClientParts, type VaultServer, type VaultTarget } from "../client";
import { refuseSetting, SnapshotRefused } from "./refuse";

/** What is read of `sys/leader`: what is false, empty or zero may be left out, as a standby does it. */
const leaderSchema = z.object({
    ha_enabled: z.literal(true),
    is_self: z.boolean().default(false),
    leader_address: z.string().default(""),
    raft_applied_index: z.int().nonnegative().default(0),
    raft_committed_index: z.int().nonnegative().default(0),
});
export type LeaderAnswer = Omit<z.infer<typeof leaderSchema>, "ha_enabled">;

/** Where the active node is; undefined where the one that answered knows of none. */
export function activeNodeOf(answer: LeaderAnswer, asked: VaultTarget): VaultTarget | undefined {
    if (answer.is_self) return asked;
    if (answer.leader_address === "") return undefined;
    const address = urlOf(answer.leader_address);
    if (address?.protocol !== "https:") {
        throw refuseSetting(
            "api_addr",
            `The active node calls itself ${JSON.stringify(answer.leader_address.slice(0, 200))}, which is no address over TLS.`,
            "Set `api_addr` of every node to its own https:// address.",
        );
    }
    const { hostname } = new URL(asked.address);
    // Nodes know one another by private addresses, and their certificates bear the name that clients use.
    const serverName = asked.serverName ?? (isIP(bare(hostname)) === 0 ? hostname : undefined);
    return { ...asked, address: address.origin, ...(serverName === undefined ? {} : { serverName }) };
}

/** The active node, connected. */
export interface ActiveNode {
    readonly server: VaultServer;
    readonly target: VaultTarget;
    /** The entry that it has applied or committed last, whichever is later: read anew at each call. */
    index(): Promise<number>;
    close(): void;
}

const PATIENCE_MS = 30_000;
const PAUSE_MS = 500;

/**
 * Finds the active node through the address given, waiting for an election to end. No redirect is followed: tokens go
 * to nodes whose certificate bears the name, and nowhere else.
 * @throws SnapshotRefused where there is none within half a minute; and as calls of a server do
 */
export async function connectActive(asked: VaultTarget, parts: ClientParts = {}): Promise<ActiveNode> {
    requireTls(asked.address);
    const end = Date.now() + (parts.patienceMs ?? PATIENCE_MS);
    for (;;) {
        const first = openServer(asked, undefined, parts);
        let target: VaultTarget | undefined;
        try {
            target = activeNodeOf(await leaderAt(first), asked);
        } finally {
            first.close();
        }
        if (target !== undefined) {
            const server = openServer(target, undefined, parts);
            try {
                // It may have stepped down since: what it says of itself counts.
                if ((await leaderAt(server)).is_self) return activeNode(server, target);
            } catch (error) {
                // A leader that is gone is named by others until one is elected.
                if (Date.now() > end) throw error;
            }
            server.close();
        }
        if (Date.now() > end) {
            throw new SnapshotRefused(
                "The cluster has no active node.",
                "See why it elects none: whether enough nodes run and are unsealed. Run again then.",
            );
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
}

function activeNode(server: VaultServer, target: VaultTarget): ActiveNode {
    return {
        server,
        target,
        async index() {
            const answer = await leaderAt(server);
            if (!answer.is_self) {
                throw new SnapshotRefused(
                    "The active node stepped down while the snapshot was prepared.",
                    "Run again: the new one is found by itself.",
                );
            }
            return Math.max(answer.raft_applied_index, answer.raft_committed_index);
        },
        close: () => {
            server.close();
        },
    };
}

async function leaderAt(server: VaultServer): Promise<LeaderAnswer> {
    const { data } = await server.call("GET", "sys/leader", leaderSchema, { patienceMs: 5_000 });
    return data;
}

function requireTls(address: string): void {
    if (urlOf(address)?.protocol === "https:") return;
    throw refuseSetting(
        "VAULT_ADDR",
        `Vault's address ${JSON.stringify(address.slice(0, 200))} does not begin with https://.`,
        "Give the address over TLS, and in VAULT_CACERT the file of the authority that its certificate leads to.",
    );
}

function urlOf(text: string): URL | undefined {
    return URL.canParse(text) ? new URL(text) : undefined;
}

/** An IPv6 address without the brackets of URLs. */
function bare(hostname: string): string {
    return hostname.replace(/^\[|\]$/g, "");
}
