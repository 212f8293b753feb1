/** What the test of every resource type needs to know of one. */

export type Bag = Record<string, unknown>;

export interface Subject {
    /** Valid inputs with every property given that can be given together. */
    readonly inputs: () => Bag;
    /** What the state has besides its inputs. */
    readonly outputs: () => Bag;
    /** Inputs that matter at creation alone. */
    readonly ignored: readonly string[];
    /** Properties whose change needs a new object. */
    readonly replacing: readonly string[];
}
