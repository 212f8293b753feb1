/** What every call is: a function from the account and a request to a new account and an answer. */
import type { CallName, RequestOf } from "../requests";
import type { AccountState } from "../state";

export interface CallContext {
    readonly now: number;
    /** The owner of the key that signed: null for the root user. */
    readonly userName: string | null;
    /** Refuse DeleteCa while a rule names the CA. */
    readonly refuseDeleteOfUsedCa: boolean;
}

export interface Outcome {
    /** The account afterwards; absent where the call changed nothing. */
    readonly state?: AccountState;
    /** The answer but for its ResponseContext. */
    readonly body: Readonly<Record<string, unknown>>;
}

/** A call that is valid by its types. Throws a Refusal where the account forbids it. */
export type Call<Name extends CallName> = (
    state: AccountState,
    request: RequestOf<Name>,
    context: CallContext,
) => Outcome;

/** Whether a value passes a filter: absent filters pass all, listed values are OR. */
export function passes(wanted: readonly string[] | undefined, ...values: readonly string[]): boolean {
    return wanted === undefined || values.some((value) => wanted.includes(value));
}
