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

/** The canary's mount goes with the role: what is in it is written anew by every save. */
export function snapshotRole(name: string, options: SnapshotRoleOptions, chain: Chain): AppRoleAccess {
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
    return appRole(
        name,
        {
            ...{ suffix: "snapshot", property: "snapshot", settings, boundCidrs, backend },
            policyName: `${prefix}-${settings.name}`,
            policy: snapshotPolicy(settings.canaryMount),
        },
        chain,
    );
}
