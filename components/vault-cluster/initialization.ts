/** What a cluster's initialisation has to be told of it, in the words of VaultInitialization's arguments. */
import type { AutopilotChoice } from "../../provider/vault/autopilot";
import type { VaultInitializationArgs } from "../../provider/vault/program/initialization";
import { auditDevices } from "./node/server-config";
import { nodePaths, type NodeSettings } from "./node/settings";

/** Arguments of `VaultInitialization`, to be spread into them. All of it is known while the program runs. */
export type ClusterInitialization = Required<
    Pick<VaultInitializationArgs, "product" | "nodes" | "serverName" | "autopilot">
> &
    /** For Vault alone: OpenBao has them in its configuration. */
    Pick<VaultInitializationArgs, "auditDevices">;

/** Autopilot's settings are passed on as they were chosen, so that both sides decide by the same rules. */
export function initializationOf(
    settings: Pick<NodeSettings, "product" | "binary" | "nodes" | "serverName">,
    { deadServerLastContactThreshold, minQuorum }: AutopilotChoice = {},
): ClusterInitialization {
    const { product, nodes, serverName } = settings;
    return {
        product,
        nodes,
        serverName,
        autopilot: {
            ...(deadServerLastContactThreshold !== undefined && { deadServerLastContactThreshold }),
            ...(minQuorum !== undefined && { minQuorum }),
        },
        ...(product === "vault" && { auditDevices: [...auditDevices(nodePaths(settings))] }),
    };
}
