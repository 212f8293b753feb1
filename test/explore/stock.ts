/** Keys and certificates that were made in another run, handed out again: making them is most of what a run costs. */
import { canonicalJson } from "../../provider/canonical-json";
import { REGISTRY, type AnyResourceType } from "../../provider/registry";
import type { Context } from "../../provider/resource";
import type { Random } from "../support/random";

export type Types = Readonly<Record<string, AnyResourceType>>;

/** The provider's own resource types. */
export const TYPES: Types = Object.fromEntries(
    Object.entries(REGISTRY).map(([token, { type }]) => [token, type]),
);

/** What authorities and clients' certificates were made of, and which time in a run it was, with what was made. */
const stock = new Map<string, Promise<unknown>>();

/**
 * The types for one run. Those of `pki:` call nobody: what they give follows from state, inputs and time, but for the
 * chance in keys and serial numbers. So their own functions run once, and each run gets the same answer to the same
 * request; to the second time that it asks within the run, another one, as from a process that starts over.
 */
export function stockedTypes(random: Random): Types {
    const asked = new Map<string, number>();
    const taken = async <T>(request: readonly unknown[], make: () => Promise<T>): Promise<T> => {
        // Others overtake what takes its time to be made.
        for (let ticks = random.below(4); ticks > 0; ticks -= 1) await new Promise(setImmediate);
        const order = canonicalJson(request);
        const time = (asked.get(order) ?? 0) + 1;
        asked.set(order, time);
        const key = `${time} ${order}`;
        // The request holds the token and the function's name, so that what lies there is what it returns.
        const made = (stock.get(key) as Promise<T> | undefined) ?? make();
        stock.set(key, made);
        return made;
    };
    const stocked = (token: string, type: AnyResourceType): AnyResourceType => ({
        ...type,
        create: (inputs, context: Context<never>) =>
            taken([token, "create", inputs, context.now()], () => type.create(inputs, context)),
        update: (id, state, inputs, context: Context<never>) =>
            taken([token, "update", id, state, inputs, context.now()], () =>
                type.update(id, state, inputs, context),
            ),
    });
    return Object.fromEntries(
        Object.entries(TYPES).map(([token, type]) => [
            token,
            token.startsWith("pki:") ? stocked(token, type) : type,
        ]),
    );
}
