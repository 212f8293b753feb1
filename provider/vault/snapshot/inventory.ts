/** What a server has, by names and types alone: recorded when a snapshot is saved, compared when one is drilled. */
import { z } from "zod";
import type { VaultServer } from "../client";

const texts = z.record(z.string(), z.string());

/** Names are as the server gives them: paths of mounts end in a slash. Nothing in it is secret. */
export const inventorySchema = z.object({
    /** Secrets engines: path and type, as "pki/" and "pki". */
    mounts: texts,
    /** Auth methods: path and type. */
    auth: texts,
    /** Names of policies. */
    policies: z.array(z.string()),
    /** Ids of the issuers of each mount of type pki. */
    issuers: z.record(z.string(), z.array(z.string())),
    /** OpenBao's namespaces below the root: what is in them is not looked at. */
    namespaces: z.array(z.string()).default([]),
});

export type Inventory = z.infer<typeof inventorySchema>;

/**
 * What was there before a snapshot was taken, and once it was: the same twice, unless something changed meanwhile. What
 * the snapshot holds then lies between the two.
 */
export type InventorySpan = readonly [before: Inventory, after: Inventory];

const tableSchema = z.object({ data: z.record(z.string(), z.looseObject({ type: z.string() })) });
/** A list of nothing is answered with 404 and no data, and so is one of what a product does not have. */
const keysSchema = z.object({ data: z.object({ keys: z.array(z.string()) }).optional() });

/**
 * Reads what there is.
 * @param token may read `sys/mounts` and `sys/auth`, and list `sys/policies/acl` and `sys/namespaces`
 * @throws VaultRefusal with status 403 where it may not, VaultUnreachable
 */
export async function readInventory(server: VaultServer, token: string): Promise<Inventory> {
    const table = async (path: string): Promise<Record<string, string>> => {
        const { data } = await server.call("GET", path, tableSchema, { token });
        return Object.fromEntries(Object.entries(data.data).map(([name, { type }]) => [name, type]));
    };
    const mounts = await table("sys/mounts");
    const auth = await table("sys/auth");
    const policies = await listed(server, "sys/policies/acl", token);
    const namespaces = await listed(server, "sys/namespaces", token);
    const issuers: Record<string, string[]> = {};
    for (const [path, type] of Object.entries(mounts)) {
        // Issuers are listed for everybody, and so without the token.
        if (type === "pki") issuers[path] = await listed(server, `${escaped(path)}issuers`);
    }
    return { mounts, auth, policies, issuers, namespaces };
}

async function listed(server: VaultServer, path: string, token?: string): Promise<string[]> {
    const { data } = await server.call("GET", `${path}?list=true`, keysSchema, { token, accept: [404] });
    return data.data?.keys ?? [];
}

/** A mount's path may hold what means something else in a URL. */
function escaped(path: string): string {
    return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * How a server differs from what was recorded, one text each, as "the mount kv/ is missing"; none where it does not. What
 * changed while the snapshot was taken may be as it was before or as it was after.
 */
export function differencesFrom([before, after]: InventorySpan, found: Inventory): readonly string[] {
    const [earlier, later, now] = [entriesOf(before), entriesOf(after), entriesOf(found)];
    const names = [...new Set([...earlier.keys(), ...later.keys(), ...now.keys()])].sort();
    return names.flatMap((name) => {
        const allowed = [earlier.get(name), later.get(name)];
        const seen = now.get(name);
        if (allowed.includes(seen)) return [];
        if (seen === undefined) return [`${name} is missing`];
        const types = [...new Set(allowed)].filter((type) => type !== undefined);
        return types.length === 0
            ? [`${name} is there, and was not when the snapshot was taken`]
            : [`${name} is of type ${seen}, and was of type ${types.join(" or ")}`];
    });
}

/** Everything by a name of its own, with its type where it has one. */
function entriesOf({ mounts, auth, policies, issuers, namespaces }: Inventory): Map<string, string> {
    return new Map([
        ...Object.entries(mounts).map(([path, type]) => [`the mount ${path}`, type] as const),
        ...Object.entries(auth).map(([path, type]) => [`the auth method ${path}`, type] as const),
        ...policies.map((name) => [`the policy ${name}`, "policy"] as const),
        ...Object.entries(issuers).flatMap(([mount, ids]) =>
            ids.map((id) => [`the issuer ${id} of ${mount}`, "issuer"] as const),
        ),
        ...namespaces.map((name) => [`the namespace ${name}`, "namespace"] as const),
    ]);
}
