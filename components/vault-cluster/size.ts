/** Decides how many nodes a cluster has, how many it may lose, and how many more may run while some are replaced. */
import type { ClusterSize } from "../../provider/vault/autopilot";
import type { CheckFailure } from "../../provider/resource";

export interface SizeChoice {
    readonly mode: "ha" | "dev";
    readonly nodes?: number | undefined;
    readonly onDemandBase?: number | undefined;
}

export interface Size {
    readonly nodes: ClusterSize;
    /** How many of them are on-demand instances. */
    readonly onDemandBase: number;
    /** How many instances may run while some are replaced. */
    readonly most: number;
}

export type SizeDecision =
    | { readonly accepted: true; readonly size: Size }
    | { readonly accepted: false; readonly failures: readonly CheckFailure[] };

/** How many of so many voters have to be alive. */
export function quorum(voters: number): number {
    return Math.floor(voters / 2) + 1;
}

/** The size for what is asked, or why there is none. */
export function decideSize({ mode, nodes, onDemandBase = 0 }: SizeChoice): SizeDecision {
    const count = mode === "dev" ? single(nodes) : several(nodes);
    if (typeof count === "string") return refused("nodes", count);
    const largest = quorum(count);
    if (!Number.isInteger(onDemandBase) || onDemandBase < 0 || onDemandBase > largest) {
        return refused(
            "onDemandBase",
            `It is ${onDemandBase}, and no whole number from 0 to ${largest}, the quorum of ${count}. Give one of these: nodes beyond the quorum keep nothing alive that the quorum does not.`,
        );
    }
    // Room for as many replacements at a time as the cluster may lose: each starts before the one that it replaces ends.
    const room = Math.max(1, count - quorum(count));
    return { accepted: true, size: { nodes: count, onDemandBase, most: count + room } };
}

function single(nodes: number | undefined): 1 | string {
    return nodes === undefined || nodes === 1
        ? 1
        : `It is ${nodes}, and mode "dev" has a single node. Leave it out, or set mode "ha".`;
}

function several(nodes: number | undefined): ClusterSize | string {
    switch (nodes) {
        case undefined:
            return 5;
        case 3:
        case 5:
        case 7:
            return nodes;
        default:
            return `It is ${nodes}. ${why(nodes)} Give 3, 5 or 7; 5 outlives the loss of any two.`;
    }
}

function why(nodes: number): string {
    if (nodes === 1) return 'A single node outlives no loss, and is for mode "dev".';
    if (Number.isInteger(nodes) && nodes > 1 && nodes % 2 === 0) {
        return `An even number tolerates no more losses than ${nodes - 1} would, and has one node more to lose.`;
    }
    return "Clusters have 3, 5 or 7 nodes.";
}

function refused(property: string, reason: string): SizeDecision {
    return { accepted: false, failures: [{ property, reason }] };
}
