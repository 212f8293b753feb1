/** Decides how autopilot removes dead nodes from the Raft voters: the net below nodes that could not leave by themselves. */
import { DURATION_FORM, durationOrUndefined } from "../duration";
import type { CheckFailure } from "../resource";

/** How many nodes a cluster may have: an even number tolerates no more losses than the odd one below it. */
export const CLUSTER_SIZES = [1, 3, 5, 7] as const;
export type ClusterSize = (typeof CLUSTER_SIZES)[number];

/** What a program may choose. */
export interface AutopilotChoice {
    /** How long a node may be silent before it is removed from the voters, as "5m": 2m to 15m. Default: "5m". */
    readonly deadServerLastContactThreshold?: string | undefined;
    /**
     * How many voters autopilot always leaves, dead ones included: 3 to the number of nodes. Default: 3.
     *
     * With 3, each dead node goes out of the count, so that the living keep their majority, and a cluster that shrinks
     * to 3 in a drought of capacity still survives the loss of one more. With the number of nodes nothing is removed
     * before its replacement is a voter: the set never shrinks, and in the same drought, with 3 alive of 5, one more loss
     * ends it. A majority lost within the threshold ends it either way: without a leader nobody is removed.
     */
    readonly minQuorum?: number | undefined;
}

/** What the server is told; durations are in the form of this package ("5m", "10s"). */
export interface AutopilotConfiguration {
    /** True but on a single node, which has nobody to remove. */
    readonly cleanupDeadServers: boolean;
    readonly deadServerLastContactThreshold: string;
    /** 0 on a single node, where it means nothing. */
    readonly minQuorum: number;
    /** How long a new node must be healthy before it votes. */
    readonly serverStabilizationTime: string;
}

export type AutopilotDecision =
    | { readonly accepted: true; readonly configuration: AutopilotConfiguration }
    | {
          readonly accepted: false;
          /** Each names `deadServerLastContactThreshold` or `minQuorum`. */
          readonly failures: readonly CheckFailure[];
      };

/** The server refuses a smaller one together with the removal of dead nodes. */
export const LEAST_MIN_QUORUM = 3;

const DEFAULT_THRESHOLD = "5m";
const STABILIZATION = "10s";

const MINUTE = 60_000;
const SHORTEST = 2 * MINUTE;
const LONGEST = 15 * MINUTE;
const HOUR = 60 * MINUTE;
/** A removed node is wiped before it can join again, so that one removed too soon is a node lost. */
const TOO_SHORT = MINUTE;

/** The configuration for a cluster of that many nodes, or why it would endanger the cluster. */
export function decideAutopilot(nodes: ClusterSize, choice: AutopilotChoice = {}): AutopilotDecision {
    const { deadServerLastContactThreshold: threshold = DEFAULT_THRESHOLD, minQuorum } = choice;
    const failures = [...thresholdFailures(threshold), ...minQuorumFailures(nodes, minQuorum)];
    if (failures.length > 0) return { accepted: false, failures };
    const isSingle = nodes < LEAST_MIN_QUORUM;
    return {
        accepted: true,
        configuration: {
            cleanupDeadServers: !isSingle,
            deadServerLastContactThreshold: threshold,
            minQuorum: isSingle ? 0 : (minQuorum ?? LEAST_MIN_QUORUM),
            serverStabilizationTime: STABILIZATION,
        },
    };
}

/** Why a threshold is refused: an empty list where it is not. */
export function thresholdFailures(threshold: string): readonly CheckFailure[] {
    const property = "deadServerLastContactThreshold";
    const duration = durationOrUndefined(threshold);
    const refused = (why: string): readonly CheckFailure[] => [
        { property, reason: `${why} Give 2m to 15m, or leave it out, which is ${DEFAULT_THRESHOLD}.` },
    ];
    if (duration === undefined) return refused(`It is no duration: write ${DURATION_FORM}.`);
    if (duration < TOO_SHORT) {
        return refused(
            "After less than a minute autopilot removes nodes that are alive: one that restarts, or a new one that still installs its snapshot, and a removed node must be wiped before it can join again.",
        );
    }
    if (duration < SHORTEST) return refused("It is shorter than a node may need to restart and to catch up.");
    if (duration > HOUR) {
        return refused(
            "Over an hour dead voters pile up while instances are replaced, until the living are no majority of them any more and the cluster is lost for good.",
        );
    }
    if (duration > LONGEST) {
        return refused(
            "So long dead voters count against the majority: a second interruption meanwhile may end the cluster.",
        );
    }
    return [];
}

function minQuorumFailures(nodes: ClusterSize, minQuorum: number | undefined): readonly CheckFailure[] {
    if (minQuorum === undefined) return [];
    const refused = (reason: string): readonly CheckFailure[] => [{ property: "minQuorum", reason }];
    if (nodes < LEAST_MIN_QUORUM)
        return refused(
            "A single node has no other voters to keep. Leave it out, or declare 3 nodes or more.",
        );
    const range =
        nodes === LEAST_MIN_QUORUM ? "Give 3" : `Give a whole number from ${LEAST_MIN_QUORUM} to ${nodes}`;
    if (!Number.isInteger(minQuorum)) return refused(`It is no whole number. ${range}, or leave it out.`);
    if (minQuorum < LEAST_MIN_QUORUM) {
        return refused(
            `With fewer than ${LEAST_MIN_QUORUM} voters the loss of one ends the cluster, and the server refuses it while dead nodes are removed. ${range}, or leave it out.`,
        );
    }
    if (minQuorum > nodes)
        return refused(
            `The cluster has ${nodes} nodes, so that no dead one would ever be removed. ${range}, or leave it out.`,
        );
    return [];
}
