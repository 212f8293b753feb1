/** The policies that VaultPki writes, as Vault reads them: who may do what at which path. */
import { canaryPath } from "../../provider/vault/snapshot/canary-path";

export type Capability = "create" | "read" | "update" | "delete" | "list";

interface Rule {
    readonly path: string;
    readonly capabilities: readonly Capability[];
    /** Whether the answer has to be asked for wrapped, for a day at most. */
    readonly wrapped?: boolean;
}

/** Exactly to have leaves signed by one role: it names no key, no issuer and no other role. */
export function signPolicy(signPath: string): string {
    return policyText([{ path: signPath, capabilities: ["update"] }]);
}

/**
 * Exactly to take a snapshot of the storage, to write the canary before it and read it, and to list what a restored
 * server must have: not to restore one, which is an update of the same path.
 */
export function snapshotPolicy(canaryMount: string): string {
    return policyText([
        { path: "sys/storage/raft/snapshot", capabilities: ["read"] },
        { path: canaryPath(canaryMount), capabilities: ["create", "read", "update"] },
        ...INVENTORY,
    ]);
}

/** Exactly to see whether a restored server has what the snapshot was taken of. */
export function drillPolicy(canaryMount: string): string {
    return policyText([{ path: canaryPath(canaryMount), capabilities: ["read"] }, ...INVENTORY]);
}

/** To list mounts, auth methods, policies and namespaces by their names; a PKI's issuers are listed for everybody. */
const INVENTORY: readonly Rule[] = [
    { path: "sys/mounts", capabilities: ["read"] },
    { path: "sys/auth", capabilities: ["read"] },
    { path: "sys/policies/acl", capabilities: ["list"] },
    { path: "sys/namespaces", capabilities: ["list"] },
];

export interface AdministeredPaths {
    readonly mount: string;
    readonly authMount: string;
    /** Names of the AppRoles. */
    readonly appRoles: readonly string[];
}

/**
 * To look at everything of the authority, revoke, and hand out new secret ids, wrapped ones only. What the program
 * declares (issuer, role, settings) is changed by the program, and nobody issues by this policy.
 */
export function adminPolicy({ mount, authMount, appRoles }: AdministeredPaths): string {
    const listed = ["certs", "certs/revoked", "roles", "issuers", "keys"];
    const seen = ["cert/*", "roles/*", "issuer/*", "config/*", "tidy-status"];
    return policyText([
        ...listed.map((path): Rule => ({ path: `${mount}/${path}`, capabilities: ["list"] })),
        ...seen.map((path): Rule => ({ path: `${mount}/${path}`, capabilities: ["read"] })),
        { path: `${mount}/revoke`, capabilities: ["update"] },
        { path: `${mount}/crl/rotate`, capabilities: ["read", "update"] },
        { path: `${mount}/tidy`, capabilities: ["update"] },
        ...appRoles.flatMap((role): Rule[] => [
            { path: `auth/${authMount}/role/${role}/role-id`, capabilities: ["read"] },
            {
                path: `auth/${authMount}/role/${role}/secret-id`,
                capabilities: ["list", "update"],
                wrapped: true,
            },
            { path: `auth/${authMount}/role/${role}/secret-id-accessor/lookup`, capabilities: ["update"] },
            { path: `auth/${authMount}/role/${role}/secret-id-accessor/destroy`, capabilities: ["update"] },
        ]),
    ]);
}

function policyText(rules: readonly Rule[]): string {
    return rules
        .map(({ path, capabilities, wrapped = false }) => {
            const allowed = capabilities.map((capability) => `"${capability}"`).join(", ");
            const wrapping = wrapped ? '\n  min_wrapping_ttl = "1m"\n  max_wrapping_ttl = "24h"' : "";
            return `path "${path}" {\n  capabilities = [${allowed}]${wrapping}\n}\n`;
        })
        .join("");
}
