/** Who besides the nodes may use the key of VaultCluster: roles of the same account, each by its name. */
import type { Place } from "../iam-policies";
import { isPlain } from "../../provider/kubernetes/program/known";
import { refusal } from "../../provider/refusal";
import type { CheckFailure } from "../../provider/resource";

/** No name here has a character that a condition on ARNs would take as a wildcard. */
const ROLE = /^arn:aws[a-z-]*:iam::([0-9]{12}):role\/(?:[A-Za-z0-9+=,.@_-]+\/)*[A-Za-z0-9+=,.@_-]{1,64}$/;

const FORM =
    'Write each as "arn:aws:iam::123456789012:role/vault-backup-drill", in full: no wildcards, no users, no sessions.';

/** What is wrong with those of the texts that are known; outputs are judged once they are. */
export function sealUserFailures(given: unknown, place?: Place): readonly CheckFailure[] {
    if (!Array.isArray(given)) {
        return [{ property: "sealUsers", reason: `It is no list. ${FORM}` }];
    }
    const failures = given.flatMap((one: unknown, index) => {
        const reason = isPlain(one) ? fault(one, place) : undefined;
        return reason === undefined ? [] : [{ property: `sealUsers[${index}]`, reason }];
    });
    if (failures.length === 0 && new Set(given).size < given.length) {
        return [{ property: "sealUsers", reason: "One of them stands there twice. Give each once." }];
    }
    return failures;
}

/** @throws PortcullisError `InvalidInput` where a text that had to be waited for is none of a role of this account */
export function checkedSealUsers(name: string, users: readonly string[], place: Place): readonly string[] {
    const failures = sealUserFailures(users, place);
    if (failures.length > 0) throw refusal("VaultCluster", name, failures);
    return users;
}

function fault(given: unknown, place: Place | undefined): string | undefined {
    const [, account] = (typeof given === "string" ? ROLE.exec(given) : undefined) ?? [];
    if (account === undefined) return `It is no ARN of a role. ${FORM}`;
    if (place === undefined || account === place.account) return undefined;
    return `Its role is of the account ${account}, and the key admits roles of its own account, ${place.account}, alone. Name one of those.`;
}
