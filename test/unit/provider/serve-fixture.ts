/** Resource types that do nothing, served, for the tests of the bridge. */
import type { ResourceType } from "../../../provider/resource";
import { serve, type ServedProvider } from "../../../provider/serve";

export type Bag = Record<string, unknown>;
export type Type = ResourceType<Bag, Bag, string>;

export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const PROVIDER = "exports.handler = …";

/** A type that does nothing, with some of its functions replaced. */
export function typeWith(over: Partial<Type> = {}): Type {
    return {
        token: "test:Type",
        check: (inputs) => ({ inputs: inputs as Bag, failures: [] }),
        diff: () => ({ changed: [], replaces: [] }),
        create: (inputs) => Promise.resolve({ id: "id", state: inputs }),
        read: (id, state) => Promise.resolve({ id, state }),
        update: (_id, _state, inputs) => Promise.resolve(inputs),
        delete: () => Promise.resolve(),
        ...over,
    };
}
export const served = (over: Partial<Type> = {}): ServedProvider => serve(typeWith(over), () => "client");

export async function rejection(promise: Promise<unknown>): Promise<Error & Bag> {
    const outcome = await promise.then(
        () => "not rejected",
        (error: unknown) => error,
    );
    if (!(outcome instanceof Error)) throw new Error(String(outcome));
    return outcome as Error & Bag;
}
