/** A small deployment engine: runs resources' plain functions over a graph, in any order that the graph allows. */
import type { OutscaleApi } from "../../provider/outscale/api/client";
import type { AnyResourceType } from "../../provider/registry";
import { PartialFailure, type Context } from "../../provider/resource";
import type { Random } from "../support/random";
import { resolve, type Graph, type Node } from "../support/graph";

type Bag = Record<string, unknown>;

/** One resource as the state file keeps it. */
export interface Entry {
    readonly name: string;
    readonly token: string;
    readonly id: string;
    readonly inputs: Bag;
    readonly state: Bag;
    readonly dependencies: readonly string[];
    /** Replaced, and to be deleted at the end. */
    readonly superseded: boolean;
}

/** What outlives a crash. */
export type StateFile = readonly Entry[];

export interface EngineParts {
    readonly types: Readonly<Record<string, AnyResourceType>>;
    readonly context: Context<OutscaleApi>;
    readonly random: Random;
    /** How many resources are worked on at the same time. */
    readonly parallel: number;
    /** Whether the process has been killed: nothing is saved from then on. */
    readonly dead: () => boolean;
}

/** A check that refused inputs. */
export class CheckRefused extends Error {}

/** Deploys a graph onto a state file and destroys it again, as Pulumi's engine would. */
export class Engine {
    #entries: Entry[];
    #registered = false;

    constructor(
        private readonly parts: EngineParts,
        state: StateFile,
    ) {
        this.#entries = [...state];
    }

    /** Whether the program ran to its end, which is when its outputs are handed out: only deletions come later. */
    public get registered(): boolean {
        return this.#registered;
    }

    public get state(): StateFile {
        return this.#entries;
    }

    /** Creates, updates and replaces in the order of the graph, then deletes what is left over in the reverse. */
    public async up(graph: Graph): Promise<void> {
        const done = new Set<string>();
        await this.#run(
            graph,
            (node) => node.dependencies.every((name) => done.has(name)),
            async (node) => {
                await this.#deploy(node);
                done.add(node.name);
            },
        );
        this.#registered = true;
        const wanted = new Set(graph.map((node) => node.name));
        await this.#deleteAll(this.#entries.filter((entry) => entry.superseded || !wanted.has(entry.name)));
    }

    /** What a preview would change: the names of the resources. Makes no call. */
    public preview(graph: Graph): string[] {
        return graph
            .filter((node) => {
                const { old, inputs, type } = this.#plan(node);
                return (
                    old === undefined ||
                    type.diff(old.state, inputs, this.parts.context.now()).changed.length > 0
                );
            })
            .map((node) => node.name);
    }

    public async refresh(): Promise<void> {
        for (const entry of this.#entries) {
            const live = await this.#type(entry.token).read(entry.id, entry.state, this.parts.context);
            if (this.parts.dead()) return;
            this.#entries = this.#entries.flatMap((each) =>
                each !== entry ? [each] : live === undefined ? [] : [{ ...each, state: live.state }],
            );
        }
    }

    public destroy(): Promise<void> {
        return this.#deleteAll(this.#entries);
    }

    #type(token: string): AnyResourceType {
        const type = this.parts.types[token];
        if (type === undefined) throw new Error(`no such resource type: ${token}`);
        return type;
    }

    #current(name: string): Entry | undefined {
        return this.#entries.find((entry) => entry.name === name && !entry.superseded);
    }

    #plan(node: Node): { old: Entry | undefined; inputs: Bag; type: AnyResourceType } {
        const resolved = resolve(node.inputs, (name, property) => {
            const entry = this.#current(name);
            return property === "id" ? entry?.id : entry?.state[property];
        });
        const old = this.#current(node.name);
        const type = this.#type(node.token);
        const last = old?.inputs ?? {};
        const { inputs, failures } = type.check(resolved, this.parts.context.now(), last);
        const [failure] = failures;
        this.parts.context.declared.add(node.token, { inputs, last });
        if (failure !== undefined)
            throw new CheckRefused(`${node.name}: ${failure.property}: ${failure.reason}`);
        return { old, inputs, type };
    }

    async #deploy(node: Node): Promise<void> {
        const { context } = this.parts;
        const { old, inputs, type } = this.#plan(node);
        const save = (id: string, state: Bag): void => {
            if (this.parts.dead()) return;
            const replaced = old === undefined || old.id === id ? [] : [{ ...old, superseded: true }];
            const { name, token, dependencies } = node;
            const entry = { name, token, id, inputs, state, dependencies, superseded: false };
            this.#entries = [...this.#entries.filter((each) => each !== old), ...replaced, entry];
        };
        try {
            if (old === undefined) {
                const { id, state } = await type.create(inputs, context);
                save(id, state);
                return;
            }
            const { changed, replaces } = type.diff(old.state, inputs, context.now());
            if (changed.length === 0) save(old.id, old.state);
            else if (replaces.length === 0)
                save(old.id, await type.update(old.id, old.state, inputs, context));
            else {
                const { id, state } = await type.create(inputs, context);
                save(id, state);
            }
        } catch (error) {
            // The functions' states are bags of plain values.
            if (error instanceof PartialFailure) save(error.id, error.state as Bag);
            throw error;
        }
    }

    async #deleteAll(doomed: readonly Entry[]): Promise<void> {
        const left = new Set(doomed);
        const names = (entry: Entry): string => entry.name;
        await this.#run(
            doomed,
            (entry) =>
                ![...left].some((other) => other !== entry && other.dependencies.includes(names(entry))),
            async (entry) => {
                await this.#type(entry.token).delete(entry.id, entry.state, this.parts.context);
                left.delete(entry);
                if (!this.parts.dead()) this.#entries = this.#entries.filter((each) => each !== entry);
            },
        );
    }

    /** Works through all items, each as soon as it is ready and chance picks it; stops starting at the first error. */
    async #run<Item>(
        items: readonly Item[],
        ready: (item: Item) => boolean,
        work: (item: Item) => Promise<void>,
    ): Promise<void> {
        const waiting = new Set(items);
        const running = new Set<Promise<void>>();
        const errors: unknown[] = [];
        while (waiting.size > 0 || running.size > 0) {
            const startable = errors.length > 0 || this.parts.dead() ? [] : [...waiting].filter(ready);
            if (startable.length > 0 && running.size < this.parts.parallel) {
                const item = this.parts.random.pick(startable);
                waiting.delete(item);
                const promise = work(item)
                    .catch((error: unknown) => errors.push(error))
                    .then(() => {
                        running.delete(promise);
                    });
                running.add(promise);
                continue;
            }
            if (running.size === 0) break;
            await Promise.race(running);
        }
        if (errors.length > 0) throw errors[0];
        if (waiting.size > 0) throw new Error("the graph has a cycle, or the process is dead");
    }
}
