/** What a drill is told beside the settings of the other snapshot commands: its node, and what that may reach. */
import { parseSealBlock } from "../../../provider/vault/snapshot/drill/seal-block";
import type { NodeOptions } from "../../../provider/vault/snapshot/drill/node";
import { refuseSetting } from "../../../provider/vault/snapshot/refuse";
import { readSetting, type DrillFlags, type Environment } from "./settings";

const ISOLATED = "PORTCULLIS_SNAPSHOT_ISOLATED";

/** @throws PortcullisError `InvalidConfiguration`, with nothing of a file's content */
export function drillNodeOf(flags: DrillFlags, environment: Environment): NodeOptions {
    return {
        program: flags.server,
        seal: parseSealBlock(readSetting(flags.sealFile, "--seal-file")),
        workDir: flags.workDir,
        environment,
    };
}

/**
 * Whether the user promises that the node reaches nothing but S3, STS and KMS.
 * @throws PortcullisError `InvalidConfiguration` where the environment says neither yes nor no
 */
export function isIsolated({ isolated }: DrillFlags, { [ISOLATED]: said = "" }: Environment): boolean {
    if (isolated === true || said === "true") return true;
    if (said === "" || said === "false") return false;
    throw refuseSetting(
        ISOLATED,
        `${ISOLATED} is neither true nor false.`,
        "Say true only where the network lets the drill reach S3, STS and KMS alone.",
    );
}
