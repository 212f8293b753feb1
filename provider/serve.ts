/** The bridge's other half, which the engine's plugin process runs: a resource's functions as a dynamic provider. */
import { setTimeout as sleep } from "node:timers/promises";
import { Declarations } from "./declarations";
import { hasUnknown } from "./inputs";
import { PartialFailure, UNKNOWN, type Context, type PlannedInputs, type ResourceType } from "./resource";
import { UNKNOWN_SENTINELS } from "./unknown-sentinels";

/** Reads a value of the stack's configuration by its full key (`outscale:region`), decrypted. */
export type ReadConfig = (key: string) => string | undefined;

/** What the dynamic provider process asks of a provider. Source: cmd/dynamic-provider of @pulumi/pulumi. */
export interface ServedProvider {
    configure(request: { config: { get(key: string): string | undefined } }): Promise<void>;
    check(
        olds: unknown,
        news: unknown,
    ): Promise<{ inputs: Bag; failures: { property: string; reason: string }[] }>;
    diff(id: string, olds: Bag, news: Bag): Promise<ServedDiff>;
    create(inputs: Bag): Promise<{ id: string; outs: Bag }>;
    read(id: string, props: Bag): Promise<{ id: string; props: Bag }>;
    update(id: string, olds: Bag, news: Bag): Promise<{ outs: Bag }>;
    delete(id: string, props: Bag): Promise<void>;
}

interface ServedDiff {
    changes: boolean;
    replaces: string[];
    deleteBeforeReplace: boolean;
}

type Bag = Record<string, unknown>;

const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Serves a resource. `connect` makes its client from the stack's configuration, at the first call that needs one,
 * so that a preview needs no credentials. `declared` is shared by all types of a process.
 */
export function serve<Inputs extends object, State extends Inputs, Client>(
    type: ResourceType<Inputs, State, Client>,
    connect: (config: ReadConfig) => Client,
    declared = new Declarations(),
): ServedProvider {
    let config: ReadConfig = () => undefined;
    let client: Client | undefined;
    const now = (): Date => new Date();
    const context = (): Context<Client> => {
        client ??= connect(config);
        return { client, now, declared, sleep: (ms) => sleep(ms) };
    };
    // The engine hands back what `check` and the calls below returned, so inputs and states have their types.
    const inputsOf = (bag: Bag): Inputs => fromEngine(bag) as Inputs;
    const plannedOf = (bag: Bag): PlannedInputs<Inputs> => fromEngine(bag) as PlannedInputs<Inputs>;
    const stateOf = (bag: Bag): State => fromEngine(bag) as State;

    return {
        configure({ config: stack }) {
            config = (key) => stack.get(key);
            return Promise.resolve();
        },
        check: plainly((olds: unknown, news: unknown) => {
            const last = fromEngine(olds ?? {}) as object;
            const { inputs, failures } = type.check(fromEngine(news), now(), last);
            if (!hasUnknown(inputs)) declared.add(type.token, { inputs, last });
            return Promise.resolve({
                inputs: toEngine(inputs) as Bag,
                // Without a property of its own: the engine would print the property's value beside it.
                failures: failures.map(({ property, reason }) => ({
                    property: "",
                    reason: `${property}: ${reason}`,
                })),
            });
        }),
        diff: plainly((_id: string, olds: Bag, news: Bag) => {
            const { changed, replaces, deleteBeforeReplace } = type.diff(
                stateOf(olds),
                plannedOf(news),
                now(),
            );
            return Promise.resolve({
                changes: changed.length > 0,
                replaces: [...replaces],
                deleteBeforeReplace: deleteBeforeReplace ?? false,
            });
        }),
        create: plainly(async (inputs: Bag) => {
            const { id, state } = await keepingWhatWasMade(inputs, () =>
                type.create(inputsOf(inputs), context()),
            );
            return { id, outs: toEngine(state) as Bag };
        }),
        read: plainly(async (id: string, props: Bag) => {
            const live = await type.read(id, stateOf(props), context());
            return live === undefined
                ? { id: "", props: {} }
                : { id: live.id, props: toEngine(live.state) as Bag };
        }),
        update: plainly(async (id: string, olds: Bag, news: Bag) => {
            const state = await keepingWhatWasMade(news, () =>
                type.update(id, stateOf(olds), inputsOf(news), context()),
            );
            return { outs: toEngine(state) as Bag };
        }),
        delete: plainly((id: string, props: Bag) => type.delete(id, stateOf(props), context())),
    };
}

/** Values as the resource contract has them: unknowns as UNKNOWN, no nulls, none of the engine's own properties. */
export function fromEngine(value: unknown): unknown {
    if (typeof value === "string") return UNKNOWN_SENTINELS.has(value) ? UNKNOWN : value;
    if (Array.isArray(value)) return value.map(fromEngine);
    if (typeof value !== "object" || value === null) return value ?? undefined;
    return Object.fromEntries(
        Object.entries(value)
            .filter(([key, part]) => part !== null && part !== undefined && !key.startsWith("__"))
            .map(([key, part]) => [key, fromEngine(part)]),
    );
}

/** Values as the engine has them. */
export function toEngine(value: unknown): unknown {
    if (value === UNKNOWN) return UNKNOWN_TEXT;
    if (Array.isArray(value)) return value.map(toEngine);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, part]) => part !== undefined)
            .map(([key, part]) => [key, toEngine(part)]),
    );
}

/** What the dynamic provider process reads off an error to keep an object that was made before a later step failed. */
class InitializationError extends Error {
    constructor(
        public readonly id: string,
        public readonly properties: Bag,
        public readonly reasons: readonly string[],
    ) {
        super(reasons.join("; "));
    }
}

async function keepingWhatWasMade<T>(inputs: Bag, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (!(error instanceof PartialFailure)) throw error;
        // State without the provider's text could never be updated or deleted again.
        const properties = { ...(toEngine(error.state) as Bag), __provider: inputs.__provider };
        throw new InitializationError(error.id, properties, [error.message]);
    }
}

/** The process prints an error's stack to users; ours say what to do instead of where they were thrown. */
function plainly<Args extends unknown[], T>(
    work: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
    return async (...args) => {
        try {
            return await work(...args);
        } catch (error) {
            if (error instanceof Error && error.name !== "Error" && !isBug(error)) error.stack = "";
            throw error;
        }
    };
}

function isBug(error: Error): boolean {
    return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
