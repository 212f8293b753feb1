/** Who takes snapshots: an AppRole, and the canary that it writes just before each. */
import { appRole, type AppRoleAccess } from "./app-role";
import type { SnapshotRoleArgs } from "./args";
import type { Chain } from "./chain";
import { snapshotPolicy } from "./policies";
import type { SnapshotRoleSettings } from "./settings";
import { vault } from "./vault";

export interface SnapshotRoleOptions {
    readonly settings: SnapshotRoleSettings;
    readonly boundCidrs: SnapshotRoleArgs["boundCidrs"];
    /** Path of the auth method. */
    readonly backend: string;
    /** Begins the name of its policy. */
    readonly prefix: string;
}

/** What a client needs to sign in and take snapshots. */
export interface SnapshotAccess extends AppRoleAccess {
    /** Path of the canary's mount, as "portcullis-canary": VaultBackup's `vault.canaryMount`. */
    readonly canaryMount: string;
}

/** The canary's mount goes with the role: what is in it is written anew by every save. */
export function snapshotRole(name: string, options: SnapshotRoleOptions, chain: Chain): SnapshotAccess {
    const { settings, boundCidrs, backend, prefix } = options;
    const { Mount } = vault();
    chain.add(
        (opts) =>
            new Mount(
                `${name}-canary`,
                {
                    type: "kv",
                    path: settings.canaryMount,
                    // Version 1 keeps no earlier values: the canary is written as often as a snapshot is taken.
                    options: { version: "1" },
                    description: "Written before each snapshot, and read back after a restore",
                },
                opts,
            ),
    );
    const access = appRole(
        name,
        {
            ...{ suffix: "snapshot", property: "snapshot", settings, boundCidrs, backend },
            policyName: `${prefix}-${settings.name}`,
            policy: snapshotPolicy(settings.canaryMount),
        },
        chain,
    );
    return { ...access, canaryMount: settings.canaryMount };
}
