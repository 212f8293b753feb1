/** What the running program declares, as far as the engine has had it checked. */
import type { z } from "zod";

/** One resource of the program. */
export interface Declaration {
    readonly inputs: object;
    /** Its inputs at the last deployment that reached it, not validated; an empty object where it is new. */
    readonly last: object;
}

/** The program's resources by type. Deletions come last in a deployment, so they see them all. */
export class Declarations {
    readonly #byToken = new Map<string, Declaration[]>();

    public add(token: string, declaration: Declaration): void {
        this.#byToken.set(token, [...this.of(token), declaration]);
    }

    /** Those of one type; none where nothing is declared, as when a stack is destroyed. */
    public of(token: string): readonly Declaration[] {
        return this.#byToken.get(token) ?? [];
    }

    /** The inputs of those of one type. */
    public inputsOf(token: string): readonly object[] {
        return this.of(token).map(({ inputs }) => inputs);
    }
}

/** Bags of inputs as a schema reads them; what it cannot read is left out. */
export function readable<T>(schema: z.ZodType<T>, bags: readonly object[]): readonly T[] {
    return bags.flatMap((bag) => {
        const { success, data } = schema.safeParse(bag);
        return success ? [data] : [];
    });
}
