/** The ACL policies that the initialisation writes, and the rights that an administrator is seen to have before root goes. */

export const ADMINISTRATOR_POLICY = "portcullis-administrator";
export const NODE_POLICY = "portcullis-node";

/** Where the initialisation keeps its record. */
export const RECORD_MOUNT = "portcullis";

type Capability = "create" | "read" | "update" | "patch" | "delete" | "list" | "sudo";

/** One rule of a policy. */
export interface PolicyRule {
    readonly path: string;
    readonly capabilities: readonly Capability[];
}

/**
 * Everything, `sudo` among it: an administrator takes the root token's place, but under a name, for an hour at a time,
 * in the audit log, and until the role is taken away. Whoever may write policies could grant the rest anyway.
 */
const ADMINISTRATOR: readonly PolicyRule[] = [
    { path: "*", capabilities: ["create", "read", "update", "patch", "delete", "list", "sudo"] },
];

/**
 * What a node needs to leave the cluster in order and to see whether it was removed. Measured on OpenBao 2.6.2:
 * `sys/step-down` answers 403 without `sudo`, the others need none.
 */
const NODE: readonly PolicyRule[] = [
    { path: "sys/storage/raft/configuration", capabilities: ["read"] },
    { path: "sys/storage/raft/autopilot/state", capabilities: ["read"] },
    { path: "sys/storage/raft/remove-peer", capabilities: ["update"] },
    { path: "sys/step-down", capabilities: ["update", "sudo"] },
];

/** The policies' texts by name. */
export const POLICIES: Readonly<Record<string, string>> = {
    [ADMINISTRATOR_POLICY]: policyText(ADMINISTRATOR),
    [NODE_POLICY]: policyText(NODE),
};

/** A policy in the language of Vault. */
export function policyText(rules: readonly PolicyRule[]): string {
    return rules
        .map(
            ({ path, capabilities }) =>
                `path ${JSON.stringify(path)} {\n  capabilities = [${capabilities.map((each) => JSON.stringify(each)).join(", ")}]\n}\n`,
        )
        .join("\n");
}

/** What whoever takes the root token's place must be able to do: to configure, to let others in, to keep it alive. */
export const NEEDED: readonly PolicyRule[] = [
    { path: `${RECORD_MOUNT}/initialization`, capabilities: ["create", "read", "update", "delete"] },
    {
        path: `sys/policies/acl/${ADMINISTRATOR_POLICY}`,
        capabilities: ["create", "read", "update", "delete"],
    },
    { path: "sys/mounts/example", capabilities: ["create", "read", "update", "delete", "sudo"] },
    { path: "sys/auth/example", capabilities: ["create", "read", "update", "delete", "sudo"] },
    { path: "auth/cert/certs/example", capabilities: ["create", "read", "update", "delete"] },
    { path: "auth/token/revoke-accessor", capabilities: ["update"] },
    { path: "sys/storage/raft/configuration", capabilities: ["read"] },
    { path: "sys/storage/raft/remove-peer", capabilities: ["update"] },
    { path: "sys/storage/raft/autopilot/configuration", capabilities: ["read", "update"] },
    { path: "sys/storage/raft/snapshot", capabilities: ["read", "update"] },
    { path: "sys/step-down", capabilities: ["update", "sudo"] },
];

/**
 * The rights that are missing, as "update on sys/step-down", from what `sys/capabilities-self` answers of each path;
 * a path that it does not mention grants nothing.
 */
export function missingRights(
    granted: Readonly<Record<string, readonly string[]>>,
    needed: readonly PolicyRule[] = NEEDED,
): readonly string[] {
    return needed.flatMap(({ path, capabilities }) => {
        const has = granted[path] ?? [];
        if (has.includes("root")) return [];
        return capabilities.filter((each) => !has.includes(each)).map((each) => `${each} on ${path}`);
    });
}
