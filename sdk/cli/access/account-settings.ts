/** Which account a command means: its flags first, then the environment and the profiles. */
import { PortcullisError } from "../../../provider/errors";
import { settingsFromProcess, type OutscaleSettings } from "../../../provider/outscale/settings";

/** The flags that lead to an account. Keys are not among them: arguments are open to every user of a machine. */
export interface AccountFlags {
    readonly profile?: string;
    readonly configFile?: string;
    readonly region?: string;
    readonly endpoint?: string;
    readonly caFile?: string;
    readonly x509CertPath?: string;
    readonly x509KeyPath?: string;
}

/**
 * See `resolveSettings`, with the flags in the place of the stack's configuration.
 * @throws PortcullisError `InvalidConfiguration`
 */
export function accountSettings({
    profile,
    configFile,
    region,
    endpoint,
    caFile,
    x509CertPath,
    x509KeyPath,
}: AccountFlags): OutscaleSettings {
    try {
        return settingsFromProcess({
            profile,
            configFile,
            region,
            endpoint,
            caFile,
            x509CertPath,
            x509KeyPath,
        });
    } catch (error) {
        // A command has no stack, whose configuration that refusal speaks of.
        if (!(error instanceof PortcullisError) || error.property !== "accessKeyId") throw error;
        throw new PortcullisError({
            code: error.code,
            property: error.property,
            problem: "No access key and secret key were found in the environment or a profile.",
            remedy:
                "Set OSC_ACCESS_KEY and OSC_SECRET_KEY, or name a profile of ~/.osc/config.json that has access_key and " +
                "secret_key (--profile).",
        });
    }
}
