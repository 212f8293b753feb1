/** What the rules that OUTSCALE accounts come with look like. They differ by region and over time: none is assumed. */

/**
 * The rule that admits every IPv4 address: "Allows all IPv4 domain" on older accounts, "Default Rule" on newer ones,
 * absent on some regions. Found by what it does, since that is what has to go.
 */
export const WORLD_RULE = { ipRanges: ["0.0.0.0/0"], caIds: [] as string[], cns: [] as string[] };

/** The rule that admits the address of the region's own Cockpit, which differs by region; older accounts only. */
export const COCKPIT_RULE = {
    description: "Allows Outscale Cockpit of this region",
    caIds: [] as string[],
    cns: [] as string[],
};
