/** The refusal of a snapshot that is not whole, not fresh or not what it is called. */
import { PortcullisError } from "../../errors";

/** Why a snapshot does not count as good; `problem` and `remedy` are sentences. */
export class SnapshotRefused extends PortcullisError {
    constructor(problem: string, remedy: string, cause?: unknown) {
        super({ code: "ProofFailed", property: "snapshot", problem, remedy, cause });
        this.name = "SnapshotRefused";
    }
}

/** A refusal of a setting of the snapshot commands, by the name under which it is given. */
export function refuseSetting(property: string, problem: string, remedy: string): PortcullisError {
    return new PortcullisError({ code: "InvalidConfiguration", property, problem, remedy });
}
