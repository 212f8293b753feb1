/** The environment in which nothing that an engine starts can reach an AWS account, whatever this machine knows of one. */
import { devNull } from "node:os";
import type { StandIn } from "./launchers";

/** Where the stand-in's resources are, for it reads the same variable as the real plugin. */
const REGION = "eu-west-3";

/**
 * Variables for a run whose plugins include AWS's stand-in; none for others. Every `AWS_*` of the environment is empty,
 * files of profiles are nobody's, an instance's own role is not asked for, and the stand-in goes before whatever plugin is
 * installed.
 */
export function nowhere(
    standIns: readonly StandIn[],
    environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
    if (!standIns.includes("aws")) return {};
    const foreign = Object.keys(environment).filter((name) => /^AWS_/i.test(name));
    return {
        ...Object.fromEntries(foreign.map((name) => [name, ""])),
        AWS_REGION: REGION,
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
        AWS_EC2_METADATA_DISABLED: "true",
        // The stand-in is on PATH, and an engine that is told to look past PATH would find a real plugin.
        PULUMI_IGNORE_AMBIENT_PLUGINS: "false",
    };
}
