/** Makes the account's API client from the stack's configuration, the environment and the profile files. */
import type { ReadConfig } from "../serve";
import { createOutscaleApi, type OutscaleApi } from "./api/client";
import { argumentNames, settingsFromProcess } from "./settings";

/**
 * The client for the account that the stack's configuration names, by keys such as `outscale:region` and
 * `outscale:profile`; what it leaves out comes from the environment, then from the profile files.
 * @throws PortcullisError InvalidConfiguration, naming the setting and the remedy.
 */
export function connectOutscale(config: ReadConfig): OutscaleApi {
    const given = Object.fromEntries(argumentNames.map((name) => [name, config(`outscale:${name}`)]));
    return createOutscaleApi(settingsFromProcess(given));
}
