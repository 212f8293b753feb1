/** The contract that every custom resource fulfils: plain functions over inputs, state and context. */

import type { Declarations } from "./declarations";

/** A value that only the deployment itself will know; previews carry it in place of the real one. */
export const UNKNOWN: unique symbol = Symbol("unknown until deployed");
export type Unknown = typeof UNKNOWN;

/** `T` as a preview sees it: any part of it may still be unknown. */
export type Planned<T> =
    | Unknown
    | (T extends readonly (infer Item)[]
          ? readonly Planned<Item>[]
          : T extends object
            ? { readonly [Key in keyof T]: Planned<T[Key]> }
            : T);

/** The inputs of a resource as a preview sees them: the object itself is known, any property may not be. */
export type PlannedInputs<T> = { readonly [Key in keyof T]: Planned<T[Key]> };

/** What a resource's functions may use besides their arguments. */
export interface Context<Client> {
    readonly client: Client;
    /** The present moment. */
    readonly now: () => Date;
    /** What the running program declares. */
    readonly declared: Declarations;
    /** Waits, in milliseconds. */
    readonly sleep: (ms: number) => Promise<void>;
}

/** One input that `check` refuses: the property's path (`rules[2].cns`) and a sentence for the user. */
export interface CheckFailure {
    readonly property: string;
    readonly reason: string;
}

export interface CheckResult<Inputs> {
    /** The inputs, normalised wherever they are known. */
    readonly inputs: PlannedInputs<Inputs>;
    readonly failures: readonly CheckFailure[];
}

/** What changed between a state and the inputs wanted, by property. */
export interface DiffResult {
    /** Every property whose value differs by meaning. */
    readonly changed: readonly string[];
    /** Those of `changed` that need a new object. */
    readonly replaces: readonly string[];
    /** Whether the old object must go before the new one can exist. False unless said. */
    readonly deleteBeforeReplace?: boolean;
}

export interface Created<State> {
    readonly id: string;
    readonly state: State;
}

/**
 * A resource as plain functions, knowing nothing of Pulumi.
 *
 * `check` and `diff` do no I/O and let unknown values through. `State` echoes `Inputs`: what `create`, `read` and
 * `update` return is all that later calls get to see. `read` returns nothing where the object is gone.
 */
export interface ResourceType<Inputs extends object, State extends Inputs, Client> {
    /** `<module>:<Type>`, for example `outscale:ApiAccessRule`. Never renamed: it stands in users' state. */
    readonly token: string;
    /** `last` are the inputs of the last deployment, or an empty object: not validated. */
    check(inputs: unknown, now: Date, last: unknown): CheckResult<Inputs>;
    diff(state: State, inputs: PlannedInputs<Inputs>, now: Date): DiffResult;
    create(inputs: Inputs, context: Context<Client>): Promise<Created<State>>;
    read(id: string, state: State, context: Context<Client>): Promise<Created<State> | undefined>;
    update(id: string, state: State, inputs: Inputs, context: Context<Client>): Promise<State>;
    delete(id: string, state: State, context: Context<Client>): Promise<void>;
}

/**
 * Thrown by `create` or `update` when the object exists and a later step failed: its id and state are kept,
 * so that the next run continues instead of making a second one.
 */
export class PartialFailure<State> extends Error {
    public readonly reason: Error;

    /** `reason` is what the later step threw, whatever it is. */
    constructor(
        public readonly id: string,
        public readonly state: State,
        reason: unknown,
    ) {
        const error = reason instanceof Error ? reason : new Error(String(reason));
        super(error.message, { cause: error });
        this.reason = error;
        this.name = "PartialFailure";
    }
}
