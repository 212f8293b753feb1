/** Where the canary is: who writes it, who may, and who reads it back agree on this place. */

/** A mount of KV version 1, unless another is named. */
export const CANARY_MOUNT = "portcullis-canary";
/** One key in it. */
export const CANARY_KEY = "snapshot";

/** The canary's path in Vault's API. */
export function canaryPath(mount: string): string {
    return `${mount}/${CANARY_KEY}`;
}
